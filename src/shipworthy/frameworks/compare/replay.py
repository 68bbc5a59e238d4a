"""Every witness is replayed: a profile becomes evidence, and the plain evaluator judges it.

The search works on cells and never touches the evaluator. A witness that the evaluator does not
confirm on both sides is a defect of the search and is never shown (`spec/comparison.md`, 4).
"""

from fractions import Fraction
from typing import Final, get_args

from shipworthy.frameworks.compare.boxes import Point
from shipworthy.frameworks.compare.cells import Cell, plain
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.profiles import Space
from shipworthy.frameworks.semantics.atoms import decimal
from shipworthy.frameworks.semantics.evaluation import Evaluation, Evidence, Gate, evaluate
from shipworthy.kernel import digest_text
from shipworthy.records import Bounds, Finding, Metric
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
    """Evaluate a profile on both sides and return what the plain evaluator says.

    Raises:
        RuntimeError: when the evaluator does not confirm the levels that the search computed.
    """
    alpha = min((side.rulebook.alpha for side in sides), key=lambda text: decimal(text) or 0)
    case = evidence(space, point, alpha)
    answers = []
    for side in sides:
        answer = evaluate(side.rulebook, case, gate)
        wanted = side.level(point)
        for level in (answer.level_worst, answer.level_best):
            if side.positions[level] != wanted:
                raise RuntimeError(
                    f"the comparison and the evaluator disagree on `{side.rulebook.id}`, "
                    f"gate `{gate}`, profile {point}"
                )
        answers.append(answer)
    return answers[0], answers[1]


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
