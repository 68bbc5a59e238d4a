"""Hyperscan as the matcher of rules, in a process of its own: a crash there is an error here."""

from shipworthy.instruments.safeguards.screening.hyperscan.matcher import HyperscanSets

__all__ = ["HyperscanSets"]
