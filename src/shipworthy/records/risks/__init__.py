"""Risks: threat models, and the map of what speaks to each threat scenario."""
