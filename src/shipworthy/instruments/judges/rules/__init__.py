"""One rule a file: was the goal of this kind reached, did the answer decline?"""
