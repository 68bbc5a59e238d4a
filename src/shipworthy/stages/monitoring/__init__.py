"""Has live traffic left what the decision accepted?"""
