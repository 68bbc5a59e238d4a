"""Whether a model treats opposite views alike."""
