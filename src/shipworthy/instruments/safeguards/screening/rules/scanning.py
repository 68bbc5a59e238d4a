"""Rules over an answer that arrives in pieces: what of it can no longer be part of a match.

A match is at most so many characters of its view wide, so what lies further back than that is
decided. The answer's end is held that long; one rule without a limit holds all of it. The text is
scanned a stride at a time, so that the work is a fixed multiple of its length however it is cut.
"""

from collections.abc import Callable, Collection
from typing import Final

from shipworthy.instruments.safeguards.screening.rules.matching import Part, RuleSet, ViewSet
from shipworthy.instruments.safeguards.screening.rules.views import Track

_STRIDES: Final = 4
"""A window is scanned again after a quarter of its width: five times the length in all, at most."""


class RuleScan:
    """Looks at one channel of an answer with the rules that apply to its conversation."""

    def __init__(self, rules: RuleSet, request: Callable[[], str]) -> None:
        """Open.

        `request` gives the conversation so far. Rules that only flag hold nothing back: they are
        found when the answer is whole.
        """
        applying = rules.stopping(request)
        reaches = [(one, rules.reach(one, applying)) for one in rules.sides["reply"]]
        self._views = [_ViewScan(one, applying, reach) for one, reach in reaches if reach != 0]

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        clear = _ALL
        for view in self._views:
            decided = view.feed(text)
            if decided is None:
                return None
            clear = min(clear, decided)
        return clear


class _ViewScan:
    def __init__(self, sets: ViewSet, applying: Collection[int], reach: int | None) -> None:
        self._sets = sets
        self._applying = applying
        self._bounded = reach is not None
        self._width = reach or 0
        self._stride = max(self._width // _STRIDES, 1)
        self._track = Track(sets.view)
        self._window = ""
        self._context = 0
        self._pending = 0
        self._clear = 0

    def feed(self, text: str) -> int | None:
        new = self._track.take(text)
        if not self._bounded:
            return 0
        self._window += new
        self._pending += len(new)
        if self._pending < self._stride:
            return self._clear
        if self._matches():
            return None
        self._pending = 0
        decided = self._track.length - self._width
        if decided > 0:
            self._clear = self._track.raw_offset(decided)
            # One character more, so that a word boundary is seen as it is.
            self._window = self._window[-(self._width + 1) :]
            self._context = 1
        return self._clear

    def _matches(self) -> bool:
        window = self._window.encode("utf-8", "replace")
        hits = self._sets.matcher.match(window)
        if not hits:
            return False
        begin = len(self._window[: self._context].encode("utf-8", "replace"))
        parts: list[Part] = [self._sets.parts[hit] for hit in hits]
        return any(part.rule in self._applying and part.surely_in(window, begin) for part in parts)


_ALL: Final = 2**62
"""More characters than any answer has."""
