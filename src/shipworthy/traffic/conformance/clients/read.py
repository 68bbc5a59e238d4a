"""What a strict client has read."""

import json
from dataclasses import dataclass, field
from typing import Any


class Malformed(Exception):  # noqa: N818 - what the answer is, not what we did wrong
    """An answer that a client of its dialect would not take."""


def need(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise `Malformed` unless it holds."""
    if not holds:
        raise Malformed(otherwise)


@dataclass(slots=True)
class Read:
    """The content of an answer.

    Attributes:
        texts: text by choice, or by message of one answer.
        reasoning: what was thought.
        refusal: text in the place for refusals.
        calls: tool calls, by name and arguments.
        error: whether it is an error instead of an answer.
    """

    texts: dict[int, str] = field(default_factory=dict)
    reasoning: str = ""
    refusal: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    error: bool = False

    def call(self, name: str, written: str) -> None:
        """Add a call whose arguments are written as JSON."""
        try:
            self.calls.append((name, json.loads(written)))
        except ValueError:
            raise Malformed("arguments of a call that are no JSON") from None
