"""The stages of the pipeline; they never import each other and meet in typed records."""
