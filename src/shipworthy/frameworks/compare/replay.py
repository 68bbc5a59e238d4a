"""Every witness is replayed: a profile becomes evidence, and both sides are evaluated on it.

The search works on cells and never touches the evaluator. A witness that is not confirmed on both
sides is a defect of the search and is never shown (`spec/comparison.md`, 4).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import msgspec

from shipworthy.frameworks.compare.cells import Cell, plain
from shipworthy.frameworks.compare.conditions import Point
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.profiles import WHERE, Space
from shipworthy.frameworks.semantics.atoms import decimal
from shipworthy.frameworks.semantics.evaluation import Evaluation, Evidence, Gate, evaluate
from shipworthy.frameworks.semantics.tables import DecisionTable
from shipworthy.kernel import digest_text
from shipworthy.records import Bounds, Finding, Rulebook, metric_of
from shipworthy.vocabulary import Arm, DeploymentType, Rate

_PLAN: Final = digest_text("a profile of a comparison, measured by nobody")
_FEW_RULES: Final = 400
"""Rules of both sides together up to which every witness is replayed in full (4.1)."""

_INSIDE: Final = Cell("any number", Fraction(1, 4), Fraction(3, 4))


class Cases:
    """Evidence that says of a case exactly what a profile says; parts of it are made once."""

    def __init__(self, space: Space, alpha: str) -> None:
        self._space = space
        self._alpha = alpha
        self._facts: dict[tuple[int, int], str] = {}
        self._findings: dict[tuple[str, tuple[tuple[str, int], ...]], Finding] = {}

    def evidence(self, point: Point) -> Evidence:
        """Return the evidence of a profile."""
        facts: dict[str, str] = {}
        numbers: dict[str, dict[str, Cell]] = {}
        for place, (axis, index) in enumerate(zip(self._space.axes, point, strict=True)):
            if axis.key.kind in {"level", "quantity"}:
                facts[axis.key.name] = self._fact(place, index)
            else:
                numbers.setdefault(axis.key.name, {})[axis.key.kind] = axis.cells[index]
        deployment = DeploymentType(facts.pop(WHERE.name))
        findings = {name: self._finding(name, cells) for name, cells in numbers.items()}
        return Evidence(findings, facts, deployment)

    def _fact(self, place: int, index: int) -> str:
        key = (place, index)
        if key not in self._facts:
            axis = self._space.axes[place]
            cell = axis.cells[index]
            exact = axis.key.kind == "quantity"
            self._facts[key] = plain(cell.middle) if exact else cell.label
        return self._facts[key]

    def _finding(self, name: str, cells: dict[str, Cell]) -> Finding:
        key = (name, tuple((kind, id(cell)) for kind, cell in cells.items()))
        if key not in self._findings:
            self._findings[key] = _finding(name, cells, self._alpha)
        return self._findings[key]


def evidence(space: Space, point: Point, alpha: str) -> Evidence:
    """Return evidence that says of a case exactly what the profile says."""
    return Cases(space, alpha).evidence(point)


def replay(
    space: Space, point: Point, gate: Gate, sides: tuple[Encoded, Encoded]
) -> tuple[Evaluation, Evaluation]:
    """Evaluate a profile on all rules of both sides by the plain evaluator.

    Raises:
        RuntimeError: when it does not confirm the levels that the search computed.
    """
    case = evidence(space, point, _alpha(sides))
    answers = []
    for side in sides:
        answer = evaluate(side.rulebook, case, gate)
        _check(side, point, (answer.level_worst, answer.level_best))
        answers.append(answer)
    return answers[0], answers[1]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A confirmed witness: both levels, and the plain evaluation of the rules that forbid it."""

    old_level: str
    new_level: str
    binding: Evaluation


class Replay:
    """Confirms the witnesses of a comparison; `sides` are the old one and the new one.

    Up to 400 rules, the plain evaluator confirms both levels on all of them. Beyond, the decision
    tables of both sides do, which take their truths from it, and the plain evaluator confirms the
    rules that forbid.
    """

    def __init__(self, space: Space, gate: Gate, sides: tuple[Encoded, Encoded]) -> None:
        self._gate: Gate = gate
        self._sides = sides
        self._cases = Cases(space, _alpha(sides))
        self._tables: list[DecisionTable] = []
        self._few = sum(len(side.rules) for side in sides) <= _FEW_RULES
        self._places = [{rule.name: i for i, rule in enumerate(side.rules)} for side in sides]

    def witness(self, point: Point, *, forward: bool) -> Replayed:
        """Confirm a witness: the old side forbids what the new one permits, or the other way.

        Raises:
            RuntimeError: when a side does not confirm the level that the search computed.
        """
        if not self._tables:
            self._tables = [DecisionTable(side.rulebook, self._gate) for side in self._sides]
        case = self._cases.evidence(point)
        found = [table.decide(case) for table in self._tables]
        for side, levels in zip(self._sides, found, strict=True):
            _check(side, point, levels)
            if self._few:
                plainly = evaluate(side.rulebook, case, self._gate)
                _check(side, point, (plainly.level_worst, plainly.level_best))
        forbids = 0 if forward else 1
        binding = self._binding(forbids, point)
        strict = evaluate(binding, case, self._gate)
        _check(self._sides[forbids], point, (strict.level_worst, strict.level_best))
        return Replayed(found[0].worst, found[1].worst, strict)

    def _binding(self, which: int, point: Point) -> Rulebook:
        """Return the rulebook with those rules alone that bind in the profile."""
        side, places = self._sides[which], self._places[which]
        binding = sorted(places[name] for name in side.index.binding(point))
        rules = tuple(side.rules[place].rule for place in binding)
        return msgspec.structs.replace(side.rulebook, rules=rules)


def _alpha(sides: tuple[Encoded, Encoded]) -> str:
    """Return the smaller alpha: bounds at it count on both sides."""
    return min((side.rulebook.alpha for side in sides), key=lambda text: decimal(text) or 0)


def _check(side: Encoded, point: Point, levels: tuple[str, ...]) -> None:
    wanted = side.level(point)
    for level in levels:
        if side.positions[level] != wanted:
            raise RuntimeError(
                f"the comparison and the evaluator disagree on `{side.rulebook.id}`, "
                f"profile {point}"
            )


def _finding(name: str, cells: dict[str, Cell], alpha: str) -> Finding:
    bounds = cells.get("bounds", cells.get("point", _INSIDE))
    rate = cells.get("point", bounds).middle
    rest = name.partition(".")[2]
    return Finding(
        id=name,
        metric=metric_of(name) or "asr",
        domain=rest.partition(".")[0],
        arm=Arm.BARE if rest.endswith(Arm.BARE.value) else Arm.SAFEGUARDED,
        rate=Rate(successes=rate.numerator, attempts=rate.denominator, unassessed=0),
        bounds=Bounds(
            method="profile",
            alpha=alpha,
            lower=plain(bounds.low),
            upper=plain(bounds.high),
            upper_adjusted=plain(bounds.high),
            scenarios=rate.denominator,
            scenarios_with_success=rate.numerator,
            design_effect="1.000000",
        ),
        judges=(),
        plan=_PLAN,
    )
