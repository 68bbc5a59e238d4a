"""Calendar dates, as ISO 8601 writes them."""

import re
from typing import Final

from shipworthy.frameworks.language.reader import Faults, Section
from shipworthy.frameworks.language.shape import DATE
from shipworthy.frameworks.language.yaml_positions import TextNode
from shipworthy.kernel import is_day

_DATE: Final = re.compile(DATE)


def read_date(section: Section, key: str, faults: Faults) -> TextNode:
    """Read the date under `key`; a blank text when the key is absent or names no day."""
    blank = TextNode("", section.location)
    if key not in section:
        return blank
    node = section.scalar(key)
    if not node.text or is_day(node.text):
        return node
    message = f"`{node.text}` is not a date"
    advice = "write YYYY-MM-DD"
    if _DATE.fullmatch(node.text):
        advice = "the calendar has no such day"
    faults.add("type", message, node.location, advice)
    return blank


def read_period(section: Section, faults: Faults) -> tuple[str, str, str]:
    """Read `from`, `until` and `review_by` (language 1.2)."""
    start, end, review = (read_date(section, key, faults) for key in ("from", "until", "review_by"))
    for key, node in (("until", end), ("review_by", review)):
        if start.text and node.text and node.text < start.text:
            message = f"`{key}` is `{node.text}`, before `from`"
            faults.add("period", message, node.location, f"`from` is `{start.text}`")
    return start.text, end.text, review.text
