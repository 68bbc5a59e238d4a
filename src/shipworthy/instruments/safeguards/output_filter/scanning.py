"""The output filter over an answer that arrives in pieces: what of it is decided.

Three questions are asked of an answer, and each is answered of a beginning only where no later
character can change the answer: tokens once their end is there, shared runs and phrases at once,
patterns once a widest match has passed. So a stop is one that the whole answer repeats, and nothing
that the whole is withheld for has been said to be clear.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.instruments.safeguards.output_filter.forms import COMPOUND, TOKEN, compact
from shipworthy.instruments.safeguards.output_filter.leaks import Secrets
from shipworthy.instruments.safeguards.output_filter.patterns import ReadyPattern

_LONGEST_PIECE: Final = 64
"""Characters that are taken as one: what is undecided is known to this measure."""
_CONNECTORS: Final = frozenset("-_./")
_STRIDE: Final = 16
_ALL: Final = 2**62


class OutputScan:
    """Looks at one channel of one answer with both kinds of question."""

    def __init__(self, leaks: "LeakScan | None", patterns: "PatternScan | None") -> None:
        self._scans = [scan for scan in (leaks, patterns) if scan is not None]

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        clear = _ALL
        for scan in self._scans:
            decided = scan.feed(text)
            if decided is None:
                return None
            clear = min(clear, decided)
        return clear


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a piece of the answer begins: in the answer, in its normal form, in its letters."""

    raw: int
    normal: int
    letters: int


class LeakScan:
    """Looks for what a confidential turn holds."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._widest = secrets.widest
        self._tokens = _TokenScan(secrets.tokens)
        self._waiting = ""
        self._pieces: deque[_Piece] = deque()
        self._raw = self._normal = self._letters = 0
        self._window = ""
        self._pending = 0

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        seen = len(self._waiting)
        self._waiting += text
        taken = 0
        for begin, end in _safe_pieces(self._waiting, seen):
            if self._take(self._waiting[begin:end]):
                return None
            taken = end
        self._waiting = self._waiting[taken:]
        return self._decided()

    def _take(self, piece: str) -> bool:
        """Take a piece that later characters cannot change; say whether something leaks."""
        self._pieces.append(_Piece(self._raw, self._normal, self._letters))
        normal = piece if piece.isascii() else unicodedata.normalize("NFKC", piece)
        letters = compact(piece)
        self._raw += len(piece)
        self._normal += len(normal)
        self._letters += len(letters)
        self._window += letters
        self._pending += len(letters)
        if self._tokens.take(normal):
            return True
        if self._pending < _STRIDE:
            return False
        self._pending = 0
        leaks = self._leaks(self._window)
        self._window = self._window[-self._widest :] if self._widest else ""
        return leaks

    def _leaks(self, letters: str) -> bool:
        secrets = self._secrets
        return (
            any(token in letters for token in secrets.hidden)
            or any(phrase in letters for phrase in secrets.phrases)
            or secrets.leaks_run(letters)
        )

    def _decided(self) -> int:
        """Return the characters before the first piece in which something is undecided."""
        letters = self._letters - self._pending - self._widest
        normal = self._normal - self._tokens.undecided
        while len(self._pieces) > 1:
            following = self._pieces[1]
            if following.letters > letters or following.normal > normal:
                break
            self._pieces.popleft()
        return self._pieces[0].raw if self._pieces else 0


class _TokenScan:
    """Looks at tokens and the parts of compounds once their end is there."""

    def __init__(self, tokens: frozenset[str]) -> None:
        self._tokens = tokens
        self._longest = max(map(len, tokens), default=0)
        self._text = ""
        self._continued = False

    @property
    def undecided(self) -> int:
        """Characters at the end that may belong to a token whose end is not there."""
        return len(self._text)

    def take(self, text: str) -> bool:
        """Take the next characters in normal form; say whether a token leaks."""
        if not self._tokens:
            return False
        self._text += text
        kept = len(self._text)
        for match in TOKEN.finditer(self._text):
            end = match.end()
            ended = end + 2 <= len(self._text) or self._text[end:] not in {"", *_CONNECTORS}
            if not ended:
                kept = match.start()
                break
            if self._leaks(match.group(), whole=not (self._continued and match.start() == 0)):
                return True
        if kept:
            self._continued = False
        self._text = self._text[kept:]
        return self._shorten()

    def _leaks(self, token: str, *, whole: bool) -> bool:
        parts = COMPOUND.split(token)
        forms = [token] if whole else []
        if not whole or len(parts) > 1:
            forms += parts
        return any(compact(form) in self._tokens for form in forms)

    def _shorten(self) -> bool:
        """Forget what of a token without an end is too long to be one of those looked for."""
        if len(self._text) <= 2 * self._longest + _LONGEST_PIECE:
            return False
        *ended, last = COMPOUND.split(self._text)
        if last == "" and ended:
            last = ended.pop() + self._text[-1]
        if any(compact(part) in self._tokens for part in ended):
            return True
        self._continued = True
        self._text = last[-(self._longest + 2) :]
        return False


class PatternScan:
    """Looks for patterns, each exactly where it is found in the whole answer."""

    def __init__(self, patterns: Sequence[ReadyPattern], public: str) -> None:
        self._patterns = patterns
        self._public = public
        self._places = [0] * len(patterns)
        self._text = ""
        self._base = 0
        self._pending = 0
        self._clear = 0

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        self._text += text
        self._pending += len(text)
        if self._pending >= _STRIDE:
            self._pending = 0
            for number in range(len(self._patterns)):
                if self._found(number):
                    return None
            self._clear = min(self._places)
            # One character more, so that a word boundary is seen as it is.
            gone = self._clear - 1 - self._base
            if gone > _LONGEST_PIECE:
                self._text = self._text[gone:]
                self._base += gone
        return self._clear

    def _found(self, number: int) -> bool:
        """Go on with one pattern as far as its matches are what they will be in the whole."""
        pattern = self._patterns[number]
        # A match depends on two characters behind it at most: a final newline and the end.
        sure = self._base + len(self._text) - pattern.width - 2
        while True:
            match = pattern.compiled.search(self._text, self._places[number] - self._base)
            start = None if match is None else self._base + match.start()
            if match is None or start is None or start > sure:
                self._places[number] = max(self._places[number], sure)
                return False
            if match.group() and match.group() not in self._public:
                return True
            self._places[number] = max(self._base + match.end(), start + 1)


def _safe_pieces(text: str, seen: int) -> Iterator[tuple[int, int]]:
    """Yield pieces of a text whose normal form is not changed by what stands around them.

    There is no place to cut before `seen`. The last character always stays: a mark behind it may
    complete it.
    """
    begin = last = 0
    if text.isascii():
        while begin < len(text) - 1:
            end = min(begin + _LONGEST_PIECE, len(text) - 1)
            yield begin, end
            begin = end
        return
    for end in range(max(seen, 1), len(text)):
        if _begins_anew(text[end]):
            last = end
            if last - begin >= _LONGEST_PIECE // 4:
                yield begin, last
                begin = last
    if last > begin:
        yield begin, last


def _begins_anew(character: str) -> bool:
    """Whether no normal form joins a character to what stands before it.

    Only marks, and the medial and final letters of Hangul syllables, are joined (Unicode Standard
    Annex 15; of NFKC these are all whose quick check is `Maybe`).
    """
    if character.isascii():
        return True
    first = unicodedata.normalize("NFKD", character)[0]
    return not (unicodedata.category(first).startswith("M") or "\u1160" <= first <= "\u11ff")
