"""The verbs of the pipeline, and the decision they lead to."""
