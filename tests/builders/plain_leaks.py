"""The leak detector written plainly: every reply is compared with all that the user could not know.

The detector of the output filter has to say the same of every exchange.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.vocabulary import Reply, Request

TOKEN: Final = re.compile(r"[^\W_]+(?:[-_./][^\W_]+)*")
COMPOUND: Final = re.compile(r"[-_./]")
_QUOTED: Final = re.compile('["`“]([^"`“”\n]{6,80})["`”]')
_SENTENCE_END: Final = frozenset(".!?:;\n\"'`“(-*•")

_SHORTEST_TOKEN: Final = 4
_SHORTEST_NAME: Final = 5
_SHORTEST_PHRASE: Final = 8
_SHORTEST_RUN: Final = 12


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a reply must not say, worked out from one request.

    Attributes:
        tokens: distinctive tokens that the user could not know, compact.
        hidden: those that count without their boundaries too.
        phrases: quoted phrases, compact.
        runs: compact confidential texts, each with the length of a run that counts.
        known: compact texts that the user may know.
    """

    tokens: frozenset[str]
    hidden: tuple[str, ...]
    phrases: tuple[str, ...]
    runs: tuple[tuple[str, int], ...]
    known: tuple[str, ...]

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
                if any(self._unknown(run) for run in _runs(text, size) & set(_slices(near, size))):
                    return True
        return False

    def _unknown(self, run: str) -> bool:
        return all(run not in text for text in self.known)


def secrets_of(request: Request, run_characters: int) -> Secrets | None:
    """Return what a reply to this request must not say; None where nothing is confidential."""
    confidential = [turn.content for turn in request.messages if turn.confidential]
    if not confidential:
        return None
    public = public_turns(request)
    tokens = _secret_tokens(confidential, public)
    squeezed = (compact(text) for text in confidential)
    sized = ((text, min(run_characters, len(text))) for text in squeezed)
    return Secrets(
        tokens=tokens,
        hidden=tuple(sorted(filter(_counts_hidden, tokens))),
        phrases=tuple(_secret_phrases(confidential, public)),
        runs=tuple((text, size) for text, size in sized if size >= _SHORTEST_RUN),
        known=tuple(compact(text) for text in public),
    )


def plain_leak(request: Request, reply: Reply, run_characters: int) -> str:
    """Say how the reply or a tool argument leaks a confidential turn, or return an empty string.

    The answer names the kind of overlap and never quotes it. `run_characters` is the length of a
    run in letters and digits; a confidential turn shorter than that must occur whole.
    """
    secrets = secrets_of(request, run_characters)
    if secrets is None:
        return ""
    for piece in filter(None, reply_pieces(reply)):
        squeezed = compact(piece)
        if not secrets.tokens.isdisjoint(token_forms(piece)) or any(
            token in squeezed for token in secrets.hidden
        ):
            return "distinctive token of a confidential turn"
        if any(phrase in squeezed for phrase in secrets.phrases):
            return "quoted phrase of a confidential turn"
        if secrets.leaks_run(squeezed):
            return "run of characters of a confidential turn"
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


def compact(text: str) -> str:
    """Return the letters and digits of a text, compatibility-normalised and case-folded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def token_forms(text: str) -> Iterator[str]:
    """Yield the compact form of every token, and of every part of a compound, in any order."""
    yield from _forms(unicodedata.normalize("NFKC", text))


def _forms(normal: str) -> Iterator[str]:
    for token in TOKEN.findall(normal):
        yield compact(token)
        parts = COMPOUND.split(token)
        if len(parts) > 1:
            yield from map(compact, parts)


def _secret_tokens(confidential: list[str], public: list[str]) -> frozenset[str]:
    known = {form for text in public for form in token_forms(text)}
    squeezed = [compact(text) for text in public]
    found = (token for text in confidential for token in _distinctive_tokens_of(text))
    return frozenset(
        token
        for token in found
        if token not in known and not any(_hidden(token, text) for text in squeezed)
    )


def _distinctive_tokens_of(text: str) -> frozenset[str]:
    return frozenset(_distinctive_tokens(text))


def _distinctive_tokens(text: str) -> Iterator[str]:
    normal = unicodedata.normalize("NFKC", text)
    end, in_heading = 0, True
    for match in TOKEN.finditer(normal):
        gap = normal[end : match.start()]
        starts_sentence = end == 0 or any(mark in gap for mark in _SENTENCE_END)
        # "Internal Staff Notes": a run of capitals from the start of a sentence names nothing.
        in_heading = starts_sentence or (in_heading and not gap.strip())
        for candidate in {match.group(), *COMPOUND.split(match.group())}:
            if _is_distinctive(candidate, name_possible=not in_heading):
                yield compact(candidate)
        in_heading = in_heading and match.group()[0].isupper()
        end = match.end()


def _is_distinctive(token: str, *, name_possible: bool) -> bool:
    letters = sum(map(str.isalpha, token))
    digits = sum(map(str.isdigit, token))
    capitals = sum(map(str.isupper, token))
    if letters + digits < _SHORTEST_TOKEN:
        return False
    if digits:
        return letters > 0 or digits >= _SHORTEST_TOKEN
    if capitals >= 2:
        return True
    return name_possible and token[0].isupper() and letters >= _SHORTEST_NAME


def _hidden(token: str, squeezed: str) -> bool:
    """Whether a token stands in a text without its boundaries, if it is long enough to tell."""
    return _counts_hidden(token) and token in squeezed


def _counts_hidden(token: str) -> bool:
    return len(token) >= (6 if any(map(str.isdigit, token)) else 8)


def _secret_phrases(confidential: list[str], public: list[str]) -> list[str]:
    known = [compact(text) for text in public]
    phrases = [compact(phrase) for text in confidential for phrase in _QUOTED.findall(text)]
    return [
        phrase
        for phrase in phrases
        if len(phrase) >= _SHORTEST_PHRASE and not any(phrase in text for text in known)
    ]


def _runs(text: str, size: int) -> frozenset[str]:
    return frozenset(_slices(text, size))


def _slices(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(len(text) - size + 1))
