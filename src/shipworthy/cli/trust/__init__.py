"""Checking what others made, what judges said, and this environment."""
