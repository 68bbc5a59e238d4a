"""Tables that users bring: how their lines are read, and how a row becomes a task."""
