"""A leak detector as products have it: exact and lightly normalised overlap, no decoding.

It looks for pieces of confidential turns that the user could not know: long runs of the same
characters, and distinctive tokens (codes, numbers, names, quoted phrases). Case, spacing and
punctuation are ignored. Encodings, translations and paraphrases pass, as they pass the filters
people deploy: what gets through is for a campaign to measure, not for this module to hide.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shipworthy.instruments.safeguards.output_filter.forms import compact, token_forms
from shipworthy.instruments.safeguards.output_filter.guarded import (
    Guarded,
    counts_hidden,
    guarded_by,
    runs_of,
)
from shipworthy.vocabulary import Reply, Request

_MOST_REMEMBERED: Final = 16
"""Confidential texts whose runs are remembered; a deployment has few system prompts."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a reply must not say, worked out from one request.

    Attributes:
        tokens: distinctive tokens that the user could not know, compact.
        hidden: those that count without their boundaries too.
        phrases: quoted phrases, compact.
        runs: compact confidential texts, each with the length of a run that counts.
        known: what the user may know, compact, one turn a line.
    """

    tokens: frozenset[str]
    hidden: tuple[str, ...]
    phrases: tuple[str, ...]
    runs: tuple[tuple[str, int], ...]
    known: str

    @property
    def widest(self) -> int:
        """Letters and digits of the longest thing that is found without looking at boundaries."""
        sizes = [size for _, size in self.runs]
        return max((*map(len, self.hidden), *map(len, self.phrases), *sizes), default=0)

    def leaks_run(self, squeezed: str) -> bool:
        """Whether a compact text shares a run that the user could not know."""
        return any(self._shares(text, size, squeezed) for text, size in self.runs)

    def _shares(self, text: str, size: int, squeezed: str) -> bool:
        if len(squeezed) < size:
            return False
        # A run holds one whole block of half its length, wherever it begins.
        half = size // 2
        blocks = _runs(text, half)
        for start in range(0, len(squeezed) - half + 1, half):
            if squeezed[start : start + half] in blocks:
                near = squeezed[max(0, start - size + half) : start + size]
                shared = _runs(text, size).intersection(runs_of(near, size))
                if any(run not in self.known for run in shared):
                    return True
        return False


def secrets_of(request: Request, run_characters: int) -> Secrets | None:
    """Return what a reply to this request must not say; None where nothing is confidential."""
    guarded = _guarded(request, run_characters)
    return None if guarded is None else _unknown(guarded, public_turns(request))


def find_leak(request: Request, reply: Reply, run_characters: int) -> str:
    """Say how the reply or a tool argument leaks a confidential turn, or return an empty string.

    The answer names the kind of overlap and never quotes it. `run_characters` is the length of a
    run in letters and digits; a confidential turn shorter than that must occur whole.
    """
    guarded = _guarded(request, run_characters)
    if guarded is None:
        return ""
    secrets: Secrets | None = None
    for piece in filter(None, reply_pieces(reply)):
        squeezed = compact(piece)
        if guarded.touches(squeezed):
            secrets = secrets or _unknown(guarded, public_turns(request))
            found = _leak(secrets, piece, squeezed)
            if found:
                return found
    return ""


def public_turns(request: Request) -> list[str]:
    """Return what the user may know: user turns, and system turns that are not confidential.

    What the assistant said before is no excuse to say it again, so its turns do not count.
    """
    return [
        turn.content
        for turn in request.messages
        if not turn.confidential and turn.role != "assistant"
    ]


def reply_pieces(reply: Reply) -> list[str]:
    """Return all that leaves the model: text, reasoning, and names and arguments of tool calls."""
    called = ((call.name, *call.arguments.values()) for call in reply.tool_calls)
    return [reply.text, reply.reasoning, *(part for parts in called for part in parts)]


def _guarded(request: Request, run_characters: int) -> Guarded | None:
    confidential = tuple([turn.content for turn in request.messages if turn.confidential])
    return guarded_by(confidential, run_characters) if confidential else None


def _leak(secrets: Secrets, piece: str, squeezed: str) -> str:
    if any(token in squeezed for token in secrets.hidden) or not secrets.tokens.isdisjoint(
        token_forms(piece)
    ):
        return "distinctive token of a confidential turn"
    if any(phrase in squeezed for phrase in secrets.phrases):
        return "quoted phrase of a confidential turn"
    if secrets.leaks_run(squeezed):
        return "run of characters of a confidential turn"
    return ""


def _unknown(guarded: Guarded, public: list[str]) -> Secrets:
    """Return what is left of it for a user who knows these turns."""
    known = "\n".join(map(compact, public))  # nothing compact reaches over a line
    # What is no part of the compact text is no token of it either.
    seen = [token for token in guarded.tokens if token in known]
    if not all(map(counts_hidden, seen)):
        forms = {form for text in public for form in token_forms(text)}
        seen = [token for token in seen if counts_hidden(token) or token in forms]
    tokens = guarded.tokens.difference(seen)
    return Secrets(
        tokens=tokens,
        hidden=tuple(sorted(filter(counts_hidden, tokens))),
        phrases=tuple(phrase for phrase in guarded.phrases if phrase not in known),
        runs=guarded.runs,
        known=known,
    )


@lru_cache(maxsize=_MOST_REMEMBERED)
def _runs(text: str, size: int) -> frozenset[str]:
    return frozenset(runs_of(text, size))
