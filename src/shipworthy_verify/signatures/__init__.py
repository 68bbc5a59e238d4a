"""Signed statements and checkpoints, and the signature scheme under them."""

from shipworthy_verify.signatures.envelopes import Statement, open_checkpoint, open_statement

__all__ = ["Statement", "open_checkpoint", "open_statement"]
