"""Comparisons of conditions: limits without their table, and limits that nothing can clear."""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Final

from shipworthy.records import (
    JUDGE_SHARE,
    Atom,
    ContrastFinding,
    Finding,
    Metric,
    RateField,
    atoms_of,
    metric_of,
)
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    REDRAW,
    Recorded,
    RecordFinding,
    RecordSeverity,
    found,
    number,
)
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.vocabulary import TrialRole

_COMPARED: Final[dict[Metric, TrialRole]] = {
    "awareness": TrialRole.REALISM,
    "sandbagging": TrialRole.CAPABILITY,
    "hiding": TrialRole.CAPABILITY,
    "monitoring": TrialRole.AGENCY,
}
"""Comparisons of two conditions, and whose trials they compare."""

_UNJUDGED: Final[frozenset[Metric]] = frozenset({"monitoring"})
_MOST: Final = 1_000_000
"""Above so many scenarios nobody needs to know the number."""


class ContrastWithoutTable:
    """Finds limits of a difference whose table is missing or holds other counts."""

    id: ClassVar[str] = "contrast-without-table"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "a difference of conditions without its table"
    why: ClassVar[str] = (
        "a gate reads the limit, and only the table says on which scenarios what changed"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such limit, and for each table that nothing reads."""
        tables = {table.id: table for table in recorded.contrasts}
        for finding in recorded.findings:
            if finding.metric not in _COMPARED:
                continue
            table = tables.pop(finding.id, None)
            if fault := "has no table" if table is None else _other(finding, table):
                yield self._found(finding.id, fault)
        for name in sorted(tables):
            yield self._found(name, "is a table without a finding")

    def _found(self, where: str, fault: str) -> RecordFinding:
        return found(self, where=where, message=f"`{where}` {fault}", advice=REDRAW)


class DifferenceOutOfReach:
    """Finds limits on a difference that no number of scenarios, or not the planned one, can show.

    It says nothing of what will be measured: even where nothing at all differs, the limit stays
    above what is asked for.
    """

    id: ClassVar[str] = "difference-out-of-reach"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a limit on a difference that cannot be shown"
    why: ClassVar[str] = (
        "such a requirement stays inconclusive even where the condition changes nothing"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each atom of a requirement that asks for such a limit."""
        rates = {one.name: one for one in recorded.rulebook.fields if isinstance(one, RateField)}
        for rule in recorded.rulebook.rules:
            for requirement in rule.requires if rule.gate == recorded.gate else ():
                for atom in atoms_of(requirement.condition):
                    field = rates.get(atom.field)
                    if field and (fault := _out_of_reach(atom, field.finding, recorded)):
                        yield found(
                            self,
                            where=f"{rule.id}/{requirement.id}",
                            message=f"`{rule.id}/{requirement.id}`: {fault}",
                            advice="ask for less, or compare more scenarios",
                        )


def _other(finding: Finding, table: ContrastFinding) -> str:
    """Say how a table contradicts its finding."""
    rate = finding.rate
    counts = (table.second_only, table.units, table.open)
    if counts != (rate.successes, rate.attempts, rate.unassessed):
        return (
            f"says {rate.successes} of {rate.attempts} and {rate.unassessed} open, its table "
            f"{counts[0]} of {counts[1]} and {counts[2]}"
        )
    if finding.bounds is None:
        return ""
    for said, told in ((finding.bounds.lower, table.lower), (finding.bounds.upper, table.upper)):
        limit, cut = number(said), number(told)
        if limit is None or cut is None or limit != max(cut, Decimal(0)):
            return f"has a limit of {said}, its table one of {told}"
    return ""


def _out_of_reach(atom: Atom, name: str, recorded: Recorded) -> str:
    """Say why an upper limit can never lie below what an atom asks for; empty when it can."""
    metric, asked = metric_of(name), number(atom.value)
    if metric not in _COMPARED or asked is None:
        return ""
    if atom.bound != "upper" or atom.operator not in {"<", "<="}:
        return ""
    if asked < 0 or (asked == 0 and atom.operator == "<"):
        return f"no number of scenarios shows `{name}` {atom.operator} {atom.value}"
    planned = _planned(name, metric, recorded)
    level = number(recorded.levels[-1])
    if not planned or level is None or not 0 < level < Decimal("0.5") or asked == 0:
        return ""
    alpha = float(level) / 2 * (1.0 if metric in _UNJUDGED else 1.0 - JUDGE_SHARE)
    if clopper_pearson_upper(0, planned, alpha) < asked:
        return ""
    return (
        f"{planned} scenarios leave `{name}` at most {_shown(planned, alpha)} where nothing "
        f"differs, and {atom.value} is asked for{_least(asked, alpha)}"
    )


def _planned(name: str, metric: Metric, recorded: Recorded) -> int:
    domain = name.split(".")[1] if name.count(".") > 1 else ""
    return len(
        {
            item.scenario
            for item in recorded.items
            if item.role is _COMPARED[metric] and item.domain == domain
        }
    )


def _shown(planned: int, alpha: float) -> str:
    return f"{clopper_pearson_upper(0, planned, alpha):.4f}"


def _least(asked: Decimal, alpha: float) -> str:
    """Say how many scenarios would do where nothing differs."""
    low, high = 1, _MOST
    if clopper_pearson_upper(0, high, alpha) >= asked:
        return ""
    while low < high:
        middle = (low + high) // 2
        if clopper_pearson_upper(0, middle, alpha) < asked:
            high = middle
        else:
            low = middle + 1
    return f"; it takes {low} or more"
