"""Every number that a reader meets: its value from the records, its text from its value."""

from shipworthy_verify.claims.battery import agent_counts, human_figures
from shipworthy_verify.claims.book import Records, cells_of, claim_book
from shipworthy_verify.claims.shown import Shown, display, fault

__all__ = [
    "Records",
    "Shown",
    "agent_counts",
    "cells_of",
    "claim_book",
    "display",
    "fault",
    "human_figures",
]
