"""What a simulated campaign brings: its outcomes, its runs in the log."""
