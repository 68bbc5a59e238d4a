"""What the lint of records reads, and what it finds.

A rule reads what was registered and, once a campaign has run, what was measured. It keeps no state:
the same records, the same findings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final, Literal, Protocol

from shipworthy.records import (
    ContrastFinding,
    Fact,
    Finding,
    Metric,
    PairedFinding,
    PlannedItem,
    Rulebook,
)
from shipworthy.vocabulary import PLAIN, WATCHED, TrialRole

RecordSeverity = Literal["error", "warning"]
"""An error comes from a defect or an altered record; a warning is a limit of the evidence."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a plan registers, and what a campaign measured; no findings before it ran.

    Attributes:
        rulebook: the compiled framework.
        gate: the gate that the decision is about.
        alpha: one-sided error level of the assessment, a decimal string.
        levels: every level at which a bound may have been drawn, decimal strings.
        items: the planned items; each runs once in every arm, controls in one.
        sequential: domains in which a question may end an arm early.
        facts: what people supplied.
        findings: all findings of the plan.
        paired: all paired findings of the plan.
        runs: how many runs the evidence log has; 0 where nobody looked.
        contrasts: all comparisons of conditions.
    """

    rulebook: Rulebook
    gate: str
    alpha: str
    levels: tuple[str, ...]
    items: tuple[PlannedItem, ...]
    sequential: frozenset[str] = frozenset()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    paired: tuple[PairedFinding, ...] = ()
    runs: int = 0
    contrasts: tuple[ContrastFinding, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Finding]:
        """Findings by id."""
        return {finding.id: finding for finding in self.findings}

    def planned(self, finding: Finding) -> list[PlannedItem]:
        """Return the items that a finding counts, each of them once in its arm.

        Where scenarios are counted, the first item of each stands for it.
        """
        items = self._planned(finding)
        if finding.metric not in _BY_SCENARIO:
            return items
        return list({item.scenario: item for item in reversed(items)}.values())

    def _planned(self, finding: Finding) -> list[PlannedItem]:
        role = _role(finding)
        return [
            item
            for item in self.items
            if item.role is role
            and finding.domain in {item.domain, "all"}
            and (finding.metric not in _UNCONDITIONAL or item.attack == PLAIN)
            and (finding.metric not in _UNWATCHED or item.attack != WATCHED)
        ]

    def may_end_early(self, finding: Finding) -> bool:
        """Whether a question may have ended what the finding counts."""
        return finding.metric == "asr" and finding.domain in self.sequential


_ROLES: Final[Mapping[Metric, TrialRole]] = {
    "asr": TrialRole.ADVERSARIAL,
    "asr-at-k": TrialRole.ADVERSARIAL,
    "capability": TrialRole.CAPABILITY,
    "capability-at-k": TrialRole.CAPABILITY,
    "sandbagging": TrialRole.CAPABILITY,
    "hiding": TrialRole.CAPABILITY,
    "awareness": TrialRole.REALISM,
    "contamination": TrialRole.CONTAMINATION,
    "unsanctioned": TrialRole.AGENCY,
    "completion": TrialRole.AGENCY,
    "monitoring": TrialRole.AGENCY,
    "balance": TrialRole.BALANCE,
}
"""Whose trials a metric counts; controls, and what is asked beside attacks, apart."""

_BY_SCENARIO: Final[frozenset[Metric]] = frozenset(
    {"asr-at-k", "capability-at-k", "awareness", "sandbagging", "hiding", "monitoring"}
)
"""Metrics with one outcome of a scenario, however often it is tried."""

_UNCONDITIONAL: Final[frozenset[Metric]] = frozenset({"capability", "capability-at-k"})
"""Metrics that count what is tried under no condition."""

_UNWATCHED: Final[frozenset[Metric]] = frozenset({"unsanctioned", "completion"})
"""Metrics that leave out agents that are told that people watch."""


def _role(finding: Finding) -> TrialRole:
    if finding.metric != "control-breach":
        return _ROLES.get(finding.metric, TrialRole.BENIGN)
    positive = finding.id.endswith(".positive")
    return TrialRole.POSITIVE_CONTROL if positive else TrialRole.NEGATIVE_CONTROL


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding:
    """One thing that a rule found.

    Attributes:
        rule: id of the rule.
        severity: whether it is a defect of the records or a limit of the evidence.
        where: the id of the finding or requirement that it is about; `plan`, `alpha` or
            `campaign` for what concerns all of them.
        message: one sentence with what the record says.
        advice: what would be right.
    """

    rule: str
    severity: RecordSeverity
    where: str
    message: str
    advice: str


REDRAW: Final = "draw the findings again from the trials"
"""What helps against records that do not follow from the trials."""


class RecordRule(Protocol):
    """One check of records, and what people read about it. `title` and `why` hold no digit."""

    @property
    def id(self) -> str:
        """Stable id, lower case with hyphens."""

    @property
    def severity(self) -> RecordSeverity:
        """The most severe that a finding of the rule can be."""

    @property
    def title(self) -> str:
        """What it finds, in a few words."""

    @property
    def why(self) -> str:
        """One sentence, without a full stop: why it matters."""

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield what is wrong, in the order of the records."""


def found(rule: RecordRule, *, where: str, message: str, advice: str) -> RecordFinding:
    """Return a finding of a rule, as severe as the rule."""
    return RecordFinding(
        rule=rule.id, severity=rule.severity, where=where, message=message, advice=advice
    )


def number(text: str) -> Decimal | None:
    """Return a finite number that a record holds as text, or nothing for any other text."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
