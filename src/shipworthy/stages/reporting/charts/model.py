"""What a figure says, apart from how it is drawn: labels, links and claim ids, no numbers."""

from typing import Literal

from shipworthy.kernel import Record

State = Literal["kept", "broken", "inconclusive", "none"]
"""What the decision says of the requirements that read a row; `none`: no requirement reads it."""


class IntervalMark(Record, frozen=True, kw_only=True):
    """Claim ids of an observed rate, its bounds and the bound that a gate reads."""

    point: str
    lower: str
    upper: str
    adjusted: str


class ForestRow(Record, frozen=True, kw_only=True):
    """One domain. A missing mark means that nothing was assessed; it is drawn as such."""

    label: str
    target: str
    """Where the row's numbers stand, `#` and an anchor."""
    before: IntervalMark | None
    after: IntervalMark | None
    limits: tuple[str, ...]
    """Claim ids of the limits that requirements set on the row's rate."""
    state: State


class ForestPlot(Record, frozen=True, kw_only=True, tag="forest"):
    """Rates before and after safeguards, worst first."""

    title: str
    description: str
    rows: tuple[ForestRow, ...]


class HeatCell(Record, frozen=True, kw_only=True):
    """Counts of one attack in one domain; `shade` orders the upper bounds, lightest 0."""

    successes: str
    attempts: str
    unassessed: str
    """Claim id, or empty when every trial was assessed."""
    breached: bool
    shade: int


class HeatRow(Record, frozen=True, kw_only=True):
    """One domain; `None` means not tested."""

    label: str
    target: str
    cells: tuple[HeatCell | None, ...]


class HeatMap(Record, frozen=True, kw_only=True, tag="heat-map"):
    """Domains by attacks under one arm, worst domain first."""

    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


Chart = ForestPlot | HeatMap
