"""What an exchange is beside its verdict: its place in the mix of traffic, and what it is like."""

from array import array
from dataclasses import dataclass

import msgspec

from shipworthy.app.live.monitoring.looking.counting import Beside
from shipworthy.app.live.monitoring.looking.verdicts import (
    DETECTED,
    NO_SCORE,
    REFUSED,
    Assessment,
    Mark,
)
from shipworthy.records.live import ExchangeRecord
from shipworthy.records.live.monitors import MixFeature
from shipworthy.statistics.monitoring import bands, signature, word_features
from shipworthy.vocabulary import Message

_NOTICED = DETECTED | int(Mark.RECORDED_DETECTED)
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Mixing:
    """What is kept beside each exchange: bins of features, and a sketch where there is a key.

    `weak_score`: score from which on an exchange nearly tripped a detector; None where none is.
    """

    features: tuple[MixFeature, ...] = ()
    key: bytes = b""
    weak_score: int | None = None

    def beside(self, record: ExchangeRecord, known: Assessment) -> Beside | None:
        """Return what is kept; nothing of what reached no layer, and where nothing is watched."""
        if not (self.features or self.key) or known.marks & REFUSED:
            return None
        turns = record.content[0].messages if record.content else ()
        bins = {name: _bin(name, record, turns, known) for name in self.features}
        return Beside(
            account=record.account or record.conversation or record.id,
            bins=msgspec.json.encode(bins).decode() if bins else "",
            bands=self._bands(record, turns),
            weak=self._is_weak(known),
        )

    def _bands(self, record: ExchangeRecord, turns: tuple[Message, ...]) -> bytes:
        # Accounts are what acts together: where nobody is told apart, nobody can be grouped.
        if not self.key or not record.account:
            return b""
        found = bands(signature(word_features(_asked(turns), self.key)))
        return array("q", found).tobytes()

    def _is_weak(self, known: Assessment) -> bool:
        if known.marks & _NOTICED:
            return True
        return self.weak_score is not None and known.score >= self.weak_score > NO_SCORE


def bands_of(data: bytes) -> tuple[int, ...]:
    """Return the bands that were kept."""
    found = array("q")
    found.frombytes(data)
    return tuple(found)


def _bin(
    name: MixFeature, record: ExchangeRecord, turns: tuple[Message, ...], known: Assessment
) -> str:
    """Return the bin of a feature; there are few of each, whatever is sent."""
    if name == "route":
        return f"{record.dialect}.stream" if record.stream else record.dialect
    if name == "score":
        score = known.score
        if score == NO_SCORE:
            return _NONE
        return f"{'-' if score < 0 else ''}2^{abs(score).bit_length()}"
    if not turns:
        return _NONE
    size = len(_asked(turns)) if name == "length" else len(turns)
    return f"2^{size.bit_length()}"


def _asked(turns: tuple[Message, ...]) -> str:
    """Return the last turn of the user."""
    return next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
