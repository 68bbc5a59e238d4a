"""The command line: parses and renders, and holds no rules."""
