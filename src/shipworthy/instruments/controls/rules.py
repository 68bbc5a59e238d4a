"""The rules that monitors, approval policies and limits are made of."""

from typing import Literal

from shipworthy.instruments.controls.patterns import CallPattern
from shipworthy.kernel import Record


class Signal(Record, frozen=True, kw_only=True):
    """Calls that add to suspicion."""

    call: CallPattern
    score: int

    def __post_init__(self) -> None:
        _require("score", self.score)


class Flow(Record, frozen=True, kw_only=True):
    """Calls of `sink` that add to suspicion when a call of `source` came before."""

    source: CallPattern
    sink: CallPattern
    score: int

    def __post_init__(self) -> None:
        _require("score", self.score)


class ApprovalRule(Record, frozen=True, kw_only=True):
    """What the person who is asked says of certain calls."""

    call: CallPattern
    verdict: Literal["approve", "deny"]


class RateLimit(Record, frozen=True, kw_only=True):
    """At most so many calls of some tools, carried out within so many steps."""

    calls: CallPattern
    at_most: int
    steps: int

    def __post_init__(self) -> None:
        _require("at_most", self.at_most)
        if self.steps < 1:
            raise ValueError(f"`steps` must be at least 1, not {self.steps}")


class AmountLimit(Record, frozen=True, kw_only=True):
    """At most such a sum of an argument over all calls carried out."""

    calls: CallPattern
    argument: str
    at_most: int

    def __post_init__(self) -> None:
        _require("at_most", self.at_most)


def _require(name: str, value: int) -> None:
    if value < 0:
        raise ValueError(f"`{name}` cannot be negative, and is {value}")
