"""What the model says, before any wire format; and where the mark is planted in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.records.live import ApiDialect

BEFORE: Final = "The café opens at nine. "
AFTER: Final = " Näher am Markt 🙂 is another."


@dataclass(frozen=True, slots=True)
class Said:
    """One answer.

    Attributes:
        parts: text, in the parts (blocks) of one message; a dialect without parts joins them.
        reasoning: what is thought first.
        calls: tool calls, by name and arguments as JSON text.
        refusal: a refusal, in the dialects that have a place for it.
        second: text of a second choice, or of a second message of the same answer.
        unknown: value of a field that no dialect has.
    """

    parts: tuple[str, ...] = (BEFORE + AFTER,)
    reasoning: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    refusal: str = ""
    second: str = ""
    unknown: str = ""

    @property
    def text(self) -> str:
        """The text of the first choice or message."""
        return "".join(self.parts)


CHANNELS: Final[Mapping[ApiDialect, tuple[str, ...]]] = {
    "chat": (
        "text",
        "reasoning",
        "call-name",
        "call-arguments",
        "call-nested",
        "refusal",
        "second",
        "unknown",
    ),
    "completions": ("text", "second", "unknown"),
    "responses": (
        "text",
        "reasoning",
        "call-name",
        "call-arguments",
        "call-nested",
        "refusal",
        "second",
        "second-part",
        "over-parts",
        "unknown",
    ),
    "messages": (
        "text",
        "reasoning",
        "call-name",
        "call-arguments",
        "call-nested",
        "second-part",
        "over-parts",
        "unknown",
    ),
}
"""Places of an answer that a dialect has."""


def plant(channel: str, secret: str) -> Said:
    """Return an answer that says `secret` in a channel, and plain words elsewhere."""
    around = f"{BEFORE}{secret}{AFTER}"
    half = len(secret) // 2
    nested = _arguments({"rows": [{"note": _arguments({"deep": around})}]})
    planted = {
        "text": Said(parts=(around,)),
        "reasoning": Said(reasoning=around),
        "call-name": Said(calls=((f"find_{secret}", '{"place":"Markt"}'),)),
        "call-arguments": Said(calls=(("find", _arguments({"place": around})),)),
        "call-nested": Said(calls=(("find", nested),)),
        "refusal": Said(parts=("",), refusal=around),
        "second": Said(second=around),
        "second-part": Said(parts=(BEFORE, around)),
        "over-parts": Said(parts=(BEFORE + secret[:half], secret[half:] + AFTER)),
        "unknown": Said(unknown=around),
    }
    return planted[channel]


def _arguments(tree: Mapping[str, object]) -> str:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
