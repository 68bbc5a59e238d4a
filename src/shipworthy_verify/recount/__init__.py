"""From trial records to the findings and pairs that a bundle must hold (spec/claims.md)."""

from shipworthy_verify.recount.languages import language_claims
from shipworthy_verify.recount.tallies import Recount

__all__ = ["Recount", "language_claims"]
