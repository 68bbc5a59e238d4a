"""The gateway: safeguards in the serving path."""
