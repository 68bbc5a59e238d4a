"""The report as canonical JSON: the same document, the same claims, one byte string."""

from shipworthy.kernel import canonical_bytes
from shipworthy.stages.reporting.document import Document


def render_json(document: Document) -> bytes:
    """Return the document as canonical JSON (keys sorted, no floats), with a final newline."""
    return canonical_bytes(document) + b"\n"
