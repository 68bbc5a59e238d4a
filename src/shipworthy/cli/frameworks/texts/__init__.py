"""Frameworks, comparisons, findings and proofs as lines of text."""
