"""Simulated campaigns that put every promise of the statistics to the test; see `catalogue`."""
