"""What monitoring says: alarms, places relative to an accepted band, and what follows.

Numbers with a fraction are decimal strings: lower limits rounded down, upper limits rounded up.
"""

from typing import Final, Literal, get_args

from shipworthy.kernel import Record, derive_id
from shipworthy.records.live.reopenings import ReopeningAction

AlarmKind = Literal["rise", "silence", "recalibrate", "cluster"]
"""What an alarm is about.

`rise`: a rate lies above its baseline. `silence`: data that were expected are missing, so nothing
is known. `recalibrate`: traffic no longer looks like that on which thresholds were set; no incident
by itself. `cluster`: several accounts send like things that nearly trip a detector.
"""

ALARM_KINDS: Final[tuple[AlarmKind, ...]] = get_args(AlarmKind)

BandPlace = Literal["inside", "outside", "not-shown"]
"""Where a live rate lies, as far as it is shown. `not-shown` is never taken for `inside`."""

FollowingAction = ReopeningAction | Literal["page-only"]
"""What follows for the decision; `page-only` opens an incident and leaves it standing."""


class SinceChange(Record, frozen=True, kw_only=True):
    """What was counted since the most likely moment of a change, and the rate that it shows.

    Each limit is one-sided at `alpha`, valid although the moment was chosen by the data and
    whenever it is looked at. `estimate` counts unassessed requests as events, as the detector does.
    """

    change_ms: int
    requests: int
    events: int
    unassessed: int
    estimate: str
    lower: str
    upper: str
    alpha: str


class Alarm(Record, frozen=True, kw_only=True, tag="alarm"):
    """One alarm.

    Attributes:
        kind: what it is about.
        metric: id of the metric; of `silence` the source or metric that is missing, of
            `recalibrate` the feature, of `cluster` the signal.
        key: the series, or the id of the cluster.
        at_ms: end of the window that raised it.
        evidence: level of the detector, or the e-value; empty for `silence`.
        needed: what it had to reach.
        baseline: the rate that counted as normal, or empty.
        since: for a rise, what was counted since the change.
        accounts: for a cluster, how many distinct accounts are in it; else 0.
        why: one line for people, without content of exchanges.
    """

    kind: AlarmKind
    metric: str
    key: str = ""
    at_ms: int
    evidence: str = ""
    needed: str = ""
    baseline: str = ""
    since: SinceChange | None = None
    accounts: int = 0
    why: str

    @property
    def id(self) -> str:
        """The same alarm has the same id, however often it is raised from the same windows."""
        return derive_id("alarm", self.kind, self.metric, self.key, self.at_ms)


class AcceptedBand(Record, frozen=True, kw_only=True):
    """What a decision accepted of one metric: a live rate at most `upper`.

    `source` names where the limit comes from: the id of a finding, or `calibration`.
    """

    metric: str
    key: str = ""
    upper: str
    source: str


class BandFinding(Record, frozen=True, kw_only=True, tag="band"):
    """Where a live rate lies relative to its band, with the limits that show it.

    Limits are one-sided at `alpha` each and hold whenever somebody looks. `outside`: `lower` lies
    above the band. `inside`: `upper` does not. Otherwise `not-shown`, also without any request.
    """

    band: AcceptedBand
    place: BandPlace
    lower: str
    upper: str
    alpha: str
    requests: int
    from_ms: int
    until_ms: int


class ReopenRule(Record, frozen=True, kw_only=True):
    """One row of the table that says what follows.

    `metric` is a metric id or the begin of one that ends with `.` (`prevalence.`), or `*`.
    `when` is a kind of alarm, or `outside` for a band that is left.
    """

    metric: str
    when: Literal["rise", "silence", "recalibrate", "cluster", "outside"]
    action: FollowingAction


class ReopenProposal(Record, frozen=True, kw_only=True, tag="reopen-proposal"):
    """What the table says must happen to the decision, and the alarms and bands that say so."""

    action: FollowingAction
    causes: tuple[str, ...]
    at_ms: int
