"""Simulated endpoints and bundles, for our tests and for authors of plug-ins."""
