"""Watching live traffic: sources, scores, windows, alarms, and what follows for the decision."""
