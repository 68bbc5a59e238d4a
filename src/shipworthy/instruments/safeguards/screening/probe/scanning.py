"""The probe over an answer that arrives in pieces: windows are scored as they fill."""

from typing import Final

from shipworthy.instruments.safeguards.screening.probe.features import BEFORE, BLOCK, Score
from shipworthy.instruments.safeguards.screening.rules.views import Track


class ProbeScan:
    """Scores each window of `before` and the answer once it is full.

    What lies before the first window that is not full has been scored with all that can be said
    of it. A window at or above the threshold either ends the answer, or holds what follows for the
    expert to see.
    """

    def __init__(self, score: Score, before: bytes, threshold: int, *, halts: bool) -> None:
        self._score = score
        self._threshold = threshold
        self._halts = halts
        self._crossed = False
        self._track = Track("folded")
        self._prompt: Final = len(before)
        self._data = bytearray(before)
        self._base = 0
        self._next = 0
        self._starts: list[int] = []
        self._clear = 0

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        new = self._track.take(text)
        start = self._track.length - len(new)
        if self._crossed:
            return self._clear
        if new.isascii():
            self._data += new.encode()
            self._starts.extend(range(start, start + len(new)))
        else:
            for at, character in enumerate(new, start):
                encoded = character.encode()
                self._data += encoded
                self._starts.extend([at] * len(encoded))
        return self._score_full()

    def _score_full(self) -> int | None:
        moved = False
        while self._base + len(self._data) >= self._next + 2 * BLOCK:
            begin = self._next - self._base
            back = max(0, begin - BEFORE)
            window = bytes(self._data[back : begin + 2 * BLOCK])
            if self._score(window, begin - back) >= self._threshold:
                self._crossed = True
                if self._halts:
                    return None
                return self._clear
            self._next += BLOCK
            moved = True
            self._forget()
        if moved and self._next >= self._prompt:
            # The view's character of the byte that the first window without an end begins with.
            at = self._next - max(self._prompt, self._base)
            self._clear = max(self._clear, self._track.raw_offset(self._starts[at]))
        return self._clear

    def _forget(self) -> None:
        """Drop what no later window needs."""
        keep = self._next - BEFORE - self._base
        if keep > 0:
            gone = min(keep, len(self._data))
            answered = max(0, self._base + gone - max(self._prompt, self._base))
            del self._data[:gone]
            del self._starts[:answered]
            self._base += gone
