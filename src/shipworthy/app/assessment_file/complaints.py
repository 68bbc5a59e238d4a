"""What a check says of an assessment, and what its texts may hold."""

from shipworthy.app.assessment_file.toml_positions import KeyPath

Complaint = tuple[str, str, KeyPath, str]
"""Code, message, where, and what would be right."""


def says_something(text: str) -> bool:
    """Whether a text holds a letter or digit: invisible characters name nobody."""
    return any(map(str.isalnum, text))


def unprintable(text: str) -> str:
    """Return the first character that could move the cursor or reorder text, escaped."""
    odd = (sign for sign in text if not (sign.isprintable() or sign in "\n\t"))
    return next((sign.encode("unicode_escape").decode() for sign in odd), "")
