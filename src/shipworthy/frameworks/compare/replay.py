"""Every witness is replayed: a profile becomes evidence, and both sides are evaluated on it.

The search works on cells and never touches the evaluator. A witness that is not confirmed on both
sides is a defect of the search and is never shown (`spec/comparison.md`, 4).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, get_args

import msgspec

from shipworthy.frameworks.compare.cells import Cell, plain
from shipworthy.frameworks.compare.conditions import Point
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.profiles import Space
from shipworthy.frameworks.semantics.atoms import decimal
from shipworthy.frameworks.semantics.evaluation import Evaluation, Evidence, Gate, evaluate
from shipworthy.frameworks.semantics.tables import DecisionTable
from shipworthy.kernel import digest_text
from shipworthy.records import Bounds, Finding, Metric, Rulebook
from shipworthy.vocabulary import Arm, DeploymentType, Rate

_PLAN: Final = digest_text("a profile of a comparison, measured by nobody")
_INSIDE: Final = Cell("any number", Fraction(1, 4), Fraction(3, 4))


def evidence(space: Space, point: Point, alpha: str) -> Evidence:
    """Return evidence that says of a case exactly what the profile says."""
    facts: dict[str, str] = {}
    numbers: dict[str, dict[str, Cell]] = {}
    where, *axes = space.axes
    for axis, index in zip(axes, point[1:], strict=True):
        cell = axis.cells[index]
        match axis.key.kind:
            case "level":
                facts[axis.key.name] = cell.label
            case "quantity":
                facts[axis.key.name] = plain(cell.middle)
            case kind:
                numbers.setdefault(axis.key.name, {})[kind] = cell
    findings = {name: _finding(name, cells, alpha) for name, cells in numbers.items()}
    return Evidence(findings, facts, DeploymentType(where.cells[point[0]].label))


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

    forbids: str
    permits: str
    binding: Evaluation


class Replay:
    """Confirms the witnesses of one direction; `sides` are the forbidding one, the permitting one.

    Levels are confirmed on all rules by the decision tables of both sides, which take their truths
    from the plain evaluator; the rules that forbid are evaluated by the plain evaluator itself.
    """

    def __init__(self, space: Space, gate: Gate, sides: tuple[Encoded, Encoded]) -> None:
        self._space = space
        self._gate: Gate = gate
        self._sides = sides
        self._alpha = _alpha(sides)
        self._tables: list[DecisionTable] = []

    def witness(self, point: Point) -> Replayed:
        """Confirm a witness.

        Raises:
            RuntimeError: when a side does not confirm the level that the search computed.
        """
        if not self._tables:
            books = (side.rulebook for side in self._sides)
            self._tables = [DecisionTable(book, self._gate) for book in books]
        case = evidence(self._space, point, self._alpha)
        found = [tuple(table.decide(case)) for table in self._tables]
        for side, levels in zip(self._sides, found, strict=True):
            _check(side, point, levels)
        binding = self._binding(self._sides[0], point)
        strict = evaluate(binding, case, self._gate)
        _check(self._sides[0], point, (strict.level_worst, strict.level_best))
        return Replayed(found[0][0], found[1][0], strict)

    def _binding(self, side: Encoded, point: Point) -> Rulebook:
        """Return the rulebook with those rules alone that bind in the profile."""
        names = set(side.index.binding(point))
        rules = tuple(rule.rule for rule in side.rules if rule.name in names)
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
    word, _, rest = name.partition(".")
    known: tuple[Metric, ...] = get_args(Metric)
    metric: Metric = next((one for one in known if one == word), "asr")
    return Finding(
        id=name,
        metric=metric,
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
