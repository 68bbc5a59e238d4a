"""Is a gateway, ours or not, safe to put in front of a model? A suite that finds out."""
