"""Checking what others made, and this environment."""
