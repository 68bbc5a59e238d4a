"""Testing any gateway: the stand around it, and what the outcomes amount to."""
