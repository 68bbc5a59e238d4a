"""Serving behind safeguards."""
