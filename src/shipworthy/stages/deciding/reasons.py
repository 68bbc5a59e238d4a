"""Why a requirement stands as it does, what would settle it, and what would turn it.

Prose for people (spec, 9.5): nothing is decided here. A condition is broken down to atoms over
findings and facts; each atom is explained towards a goal, the truth that the requirement wants.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from shipworthy.frameworks import Case, decimal, negation, satisfying
from shipworthy.kernel import significant
from shipworthy.records import (
    Atom,
    Condition,
    Finding,
    LevelField,
    Metric,
    Operator,
    QuantityField,
    RateField,
    SequentialFinding,
)
from shipworthy.stages.deciding.absence import absence
from shipworthy.stages.deciding.counts import Count
from shipworthy.stages.deciding.remedies import unblocked
from shipworthy.vocabulary import NOT_USEFUL, Truth

_OPPOSITE: dict[Operator, Operator] = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
}
_SHOWN = 3
_COMPARED: Final[frozenset[Metric]] = frozenset(
    {"awareness", "sandbagging", "hiding", "monitoring"}
)
"""Comparisons: what is counted is scenarios that changed, what is bounded the net difference."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One goal: whether it is reached, why, what evidence is missing, what would turn it.

    `cost` is the share of the evidence that would have to come out differently, from 0 to 1: it
    orders the flips of reached goals.
    """

    reached: Truth
    why: str
    missing: str
    flip: str
    cost: float


def explain(
    condition: Condition,
    case: Case,
    questions: Sequence[SequentialFinding] = (),
    *,
    wanted: bool = True,
) -> tuple[Reason, ...]:
    """Return the reasons of the atoms that a requirement comes down to, without repetition.

    `questions` say how arms that could end early were decided; with `wanted` false the goal is
    that the condition does not hold.
    """
    grounds = _Grounds(case, questions, set())
    return tuple(dict.fromkeys(_explain(condition, grounds, wanted=wanted)))


def percentage(text: str, *, up: bool, limit: str = "") -> str:
    """Write a probability as a percentage, rounded away from what would flatter.

    It has one digit after the point, or as many as tell it from a `limit` that it is not.
    """
    value, bar = decimal(text), decimal(limit)
    if value is None:
        return text
    digits, shown = 1, _rounded(value, 3, up=up)
    while bar is not None and _side(shown, bar) != _side(value, bar):
        digits += 1
        shown = _rounded(value, digits + 2, up=up)
    whole = (shown * 10 ** (digits + 2)).numerator
    return f"{Decimal(whole).scaleb(-digits):f} %"


def _rounded(value: Fraction, places: int, *, up: bool) -> Fraction:
    return Fraction((ceil if up else floor)(value * 10**places), 10**places)


def _side(value: Fraction, bar: Fraction) -> int:
    return (value > bar) - (value < bar)


def joined(texts: Iterator[str]) -> str:
    """Join sentences of several reasons; of many, the first are shown and the rest counted."""
    distinct = [text for text in dict.fromkeys(texts) if text]
    more = f"; and {len(distinct) - _SHOWN} more" if len(distinct) > _SHOWN else ""
    return "; ".join(distinct[:_SHOWN]) + more


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What reasons are drawn from, and the definitions, by field and place, that gave theirs."""

    case: Case
    questions: Sequence[SequentialFinding]
    told: set[tuple[str, int]]


def _explain(condition: Condition, grounds: _Grounds, *, wanted: bool) -> Iterator[Reason]:
    if not isinstance(condition, Atom):
        for member in condition.of:
            yield from _explain(member, grounds, wanted=wanted)
        return
    case = grounds.case
    goal = condition if wanted else _negated(condition)
    truth = case.truth(condition)
    reached = truth if wanted else negation(truth)
    match case.field(condition.field):
        case RateField() as field:
            finding = case.evidence.findings.get(field.finding)
            if finding is None:
                why, missing = absence(field.finding, case.evidence.findings)
                yield Reason(reached, why, missing, "", 1.0)
            else:
                asked = [one for one in grounds.questions if one.finding == finding.id]
                yield _rate(goal, _Arm(finding, asked), reached, _blockers(goal, finding, case))
        case QuantityField() as field:
            yield _quantity(goal, field, case.evidence.facts.get(field.name), reached)
        case LevelField() as field if field.definitions:
            yield from _derived(goal, field, grounds)
        case LevelField() as field:
            yield _level(goal, field, case, reached)


def _derived(goal: Atom, field: LevelField, grounds: _Grounds) -> Iterator[Reason]:
    """Yield why definitions hold; each once, or levels of levels would double the work."""
    wanted = satisfying(field, goal.operator, goal.value)
    for place, definition in enumerate(field.definitions):
        if definition.level not in wanted and (field.name, place) not in grounds.told:
            grounds.told.add((field.name, place))
            yield from _explain(definition.when, grounds, wanted=False)


def _level(goal: Atom, field: LevelField, case: Case, reached: Truth) -> Reason:
    interval = case.interval(field)
    wanted = satisfying(field, goal.operator, goal.value)
    options = " or ".join(f"`{level}`" for level in field.levels if level in wanted)
    others = " or ".join(f"`{level}`" for level in field.levels if level not in wanted)
    if interval.best != interval.worst:
        why = f"nobody has judged `{field.name}`"
        judge = f", judged by `{field.judged_by}`" if field.judged_by else ""
        missing = f"a fact for `{field.name}`{judge}"
        return Reason(reached, why, missing, f"kept if `{field.name}` is {options}", 1.0)
    why = f"`{field.name}` is `{interval.best}`"
    if reached is Truth.TRUE:
        return Reason(reached, why, "", f"broken if `{field.name}` were {others}", 1.0)
    return Reason(reached, f"{why}, not {options}", "", f"kept if `{field.name}` is {options}", 1.0)


def _quantity(goal: Atom, field: QuantityField, value: str | None, reached: Truth) -> Reason:
    limit = f"{goal.operator} {goal.value}"
    if value is None:
        judge = f", given by `{field.judged_by}`" if field.judged_by else ""
        missing = f"a value for `{field.name}` in {field.unit}{judge}"
        return Reason(
            reached,
            f"no value is given for `{field.name}`",
            missing,
            f"kept with a value {limit}",
            1.0,
        )
    why = f"`{field.name}` is {value} {field.unit}, limit {limit}"
    if reached is Truth.TRUE:
        opposite = f"{_OPPOSITE[goal.operator]} {goal.value}"
        return Reason(reached, why, "", f"broken with a value {opposite}, now {value}", 1.0)
    return Reason(reached, why, "", f"kept with a value {limit}, now {value}", 1.0)


def _blockers(goal: Atom, finding: Finding, case: Case) -> tuple[str, ...]:
    """Return what stands against reading a finding favourably (spec, 4.4)."""
    if goal.bound == "point" or finding.bounds is None:
        return finding.blockers
    level, accepted = decimal(finding.bounds.alpha), decimal(case.rulebook.alpha)
    if level is not None and accepted is not None and level <= accepted:
        return finding.blockers
    lax = f"alpha is {finding.bounds.alpha}, the framework asks for {case.rulebook.alpha}"
    return (*finding.blockers, lax)


@dataclass(frozen=True, slots=True)
class _Arm:
    """A finding, and the questions that could end its arm early."""

    finding: Finding
    questions: Sequence[SequentialFinding]


def _rate(goal: Atom, measured: _Arm, reached: Truth, blockers: tuple[str, ...]) -> Reason:
    finding = measured.finding
    why = f"{_measured(goal, finding)}, limit {goal.operator} {goal.value}{_ended(goal, measured)}"
    if reached is Truth.UNKNOWN and blockers:
        blocked = "; ".join(blockers)
        missing = unblocked(finding.id, blockers)
        return Reason(reached, f"{why}, and the numbers do not count: {blocked}", missing, "", 1.0)
    count = None if goal.bound == "point" else _count(goal, measured)
    if reached is Truth.UNKNOWN and (over := _over(goal, measured)):
        return Reason(reached, why, over, "", 1.0)
    if count is None:
        wanted = "more evidence for"
        if finding.metric in _COMPARED and goal.bound != "point":
            wanted = "more scenarios under both conditions of"
        missing = f"{wanted} `{finding.id}`" if reached is Truth.UNKNOWN else ""
        return Reason(reached, why, missing, "", 1.0)
    return _counted(count, reached, why)


def _counted(count: Count, reached: Truth, why: str) -> Reason:
    tolerable = count.tolerable
    among = f"among {count.scenarios} {count.unit}"
    least = "" if count.exact else "at least "
    if reached is Truth.TRUE:
        flip = f"kept with at most {count.several(tolerable)} {among}, now {count.events}"
        cost = max(tolerable + 1 - count.events, 0) / count.scenarios
        return Reason(reached, why, "", flip, cost)
    fewer = f"kept with at most {count.several(tolerable)} {among}" if tolerable >= 0 else ""
    if reached is Truth.FALSE:
        undecided = f"inconclusive with at most {count.several(count.disputable)} {among}"
        return Reason(reached, why, "", "; ".join(filter(None, [fewer, undecided])), 1.0)
    if not count.judge_known:
        missing = "more scenarios with fewer breaches, or a judge calibrated on more labelled items"
        return Reason(reached, why, missing, "", 1.0)
    settled = _settled(count)
    if count.further <= 0:
        better = "a judge calibrated on more labelled items, or more scenarios"
        missing = ", or ".join([*settled, better])
        flip = "the allowance for the judge's misses leaves no count that would do"
        return Reason(reached, why, missing, flip, 1.0)
    more = f"{least}{count.further} more {count.unit} {count.spared}"
    missing = ", or ".join([*settled, more])
    return Reason(reached, why, missing, ", or ".join(filter(None, [fewer, more])), 1.0)


def _settled(count: Count) -> list[str]:
    """Say what would settle the trials that were not assessed."""
    silent = count.unassessed - count.not_useful
    return [
        *([f"an assessment of {silent} unassessed trials"] if silent else []),
        *([f"useful answers in place of {count.not_useful}"] if count.not_useful else []),
    ]


def _measured(goal: Atom, finding: Finding) -> str:
    rate, bounds = finding.rate, finding.bounds
    counts = f"`{finding.id}`: {rate.successes} of {rate.attempts}"
    if finding.metric in _COMPARED:
        counts += " scenarios changed towards the danger"
    if finding.metric == "balance":
        counts += " topics lean by more than 0.1"
    if rate.unassessed:
        counts += f" and {rate.unassessed} unassessed"
    if finding.unassessed.get(NOT_USEFUL):
        counts += f" (answers of no use: {finding.unassessed[NOT_USEFUL]})"
    if goal.bound == "point":
        return counts
    read = finding.reading
    if read:
        counts += (
            f" by the judge; people found {read.confirmed} in {read.positives} marked "
            f"and {read.misses} in {read.read} others"
        )
    if bounds is None:
        return f"{counts}, no bounds"
    low = percentage(bounds.lower, up=False, limit=goal.value)
    high = percentage(bounds.upper_adjusted, up=True, limit=goal.value)
    what = "net difference " if finding.metric in _COMPARED else ""
    what = "size of the mean tilt " if finding.metric == "balance" else what
    return f"{counts}, {what}between {low} and {high} at alpha {_error_level(bounds.alpha)}"


def _ended(goal: Atom, measured: _Arm) -> str:
    """Say after how many scenarios the question about this limit was decided."""
    limit = decimal(goal.value)
    for one in measured.questions:
        if decimal(one.limit) == limit and one.verdict != "continue":
            if one.scenarios < one.cap:
                return f", stopped early after {one.scenarios} of at most {one.cap} scenarios"
            return f", after all of its {one.cap} scenarios"
    return ""


def _over(goal: Atom, measured: _Arm) -> str:
    """Say what is needed where nothing can be added: the question of this limit was given up."""
    limit = decimal(goal.value)
    for one in measured.questions:
        if decimal(one.limit) == limit and one.verdict == "not-shown":
            gave_up = f"gave up after {one.scenarios} of at most {one.cap} scenarios"
            used = f"used up its {one.cap} scenarios"
            done = gave_up if one.scenarios < one.cap else used
            return f"a new submission with more scenarios: this one {done}"
    return ""


def _count(goal: Atom, measured: _Arm) -> Count | None:
    limit = decimal(goal.value)
    if limit is None or goal.operator in {"==", "!="}:
        return None
    below = goal.operator in {"<", "<="}
    return Count.of(measured.finding, limit, below=below, questions=measured.questions)


def _negated(atom: Atom) -> Atom:
    return Atom(
        field=atom.field,
        operator=_OPPOSITE[atom.operator],
        value=atom.value,
        bound=atom.bound,
    )


def _error_level(alpha: str) -> str:
    """Write an error level with three digits: parts of one are long."""
    return alpha if decimal(alpha) is None else significant(Decimal(alpha), 3)
