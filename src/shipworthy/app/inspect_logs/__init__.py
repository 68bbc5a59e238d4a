"""Logs of Inspect at both edges: read into a campaign, written from one."""
