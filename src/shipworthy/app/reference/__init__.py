"""The reference: schemas and pages that are made from the code, never written by hand."""

from shipworthy.app.reference.diagnostic_codes import diagnostic_codes
from shipworthy.app.reference.pages import reference_files
from shipworthy.app.reference.schemas import FORMATS, Format

__all__ = ["FORMATS", "Format", "diagnostic_codes", "reference_files"]
