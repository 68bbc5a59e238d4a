"""Is a gateway, ours or not, safe to put in front of a model? A black-box suite that finds out."""
