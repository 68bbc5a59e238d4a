"""Serving behind safeguards: from a deployment file to a gateway that listens."""
