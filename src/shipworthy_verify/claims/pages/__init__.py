"""What a reader of a report sees, and the markup that it may be written in."""

from shipworthy_verify.claims.pages.shown import Mark, read_document, read_page, verdict_faults

__all__ = ["Mark", "read_document", "read_page", "verdict_faults"]
