"""How exchanges are kept apart and in order: names, times, the way into the log."""
