"""Opposite views, counted again from trials and scenarios (spec/claims.md, opposite views)."""

from shipworthy_verify.recount.balance.findings import Balances

__all__ = ["Balances"]
