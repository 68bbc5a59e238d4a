"""What is known of one exchange, by its record and by looking again, and how it is counted."""
