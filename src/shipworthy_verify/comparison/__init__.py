"""Check that the verdict of a comparison follows from two rulebooks and a certificate.

Shares no code with Shipworthy. A certificate says how to cut all situations into boxes in each of
which a rule surely does not bind, or one rule of the other side surely covers it; and which
situations show the opposite. `sides` evaluates both rulebooks over such boxes from
`spec/semantics.md`, `checking` walks the certificate, `verdicts` draws the verdicts again.
"""

from shipworthy_verify.comparison.checking import Verified, verify_comparison

__all__ = ["Verified", "verify_comparison"]
