"""What remains of a framework in the hostile reading.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shipworthy.frameworks.compare.boxes import Covered, Found
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.prove.answers import Judged, Outcome
from shipworthy.frameworks.prove.asking import best, marked
from shipworthy.frameworks.prove.grounds import Grounds
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class Depth:
    """The lowest decision that a reading can force on anybody, with the nearest such profile.

    `witness` is nothing where no rule can bind, or where `settled` is false.
    """

    level: str
    witness: Judged | None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Floor:
    """How far down either reading can force a decision; refuted where hedges raise the floor."""

    deployment: str
    outcome: Outcome
    charitable: Depth
    hostile: Depth


@dataclass(frozen=True, slots=True)
class Remaining:
    """A rule that still binds somewhere in the hostile reading.

    `lost` are its requirements that hedges released; `settled` is false when it may never bind.
    """

    rule: str
    ceiling: str
    lost: tuple[str, ...]
    settled: bool = True


def floors(ground: Grounds, hostile: Encoded, kinds: Iterable[DeploymentType]) -> Iterator[Floor]:
    """Yield for each deployment type how far down either reading can force a decision (5.2)."""
    for kind in kinds:
        depths = [_depth(ground, reading, kind) for reading in (ground.charitable, hostile)]
        outcome: Outcome = "unknown"
        if all(depth.settled for depth in depths):
            outcome = "proved" if depths[0].level == depths[1].level else "refuted"
        yield Floor(kind.value, outcome, depths[0], depths[1])


def remaining(
    ground: Grounds, hostile: Encoded, kinds: Iterable[DeploymentType]
) -> Iterator[Remaining]:
    """Yield the rules of the gate that the hostile reading leaves, in order (5.1)."""
    asked = list(kinds)
    before = {rule.name: rule.rule for rule in ground.charitable.rules}
    for rule in hostile.rules:
        answers = [ground.binding(kind, rule) for kind in asked]
        if all(isinstance(answer, Covered) for answer in answers):
            continue
        left = {one.id for one in rule.rule.requires}
        lost = tuple(one.id for one in before[rule.name].requires if one.id not in left)
        settled = any(isinstance(answer, Found) for answer in answers)
        yield Remaining(rule.name, rule.rule.ceiling, lost, settled)


def _depth(ground: Grounds, reading: Encoded, kind: DeploymentType) -> Depth:
    for level in sorted({rule.ceiling for rule in reading.rules}):
        answers = [ground.binding(kind, rule) for rule in reading.rules if rule.ceiling == level]
        answer = best(answers)
        if isinstance(answer, Found):
            witness = marked(ground.judged(answer.point, reading), answer)
            if witness.decision != ground.ladder[level]:
                raise RuntimeError(f"the lowest level does not replay: {witness}")
            return Depth(witness.decision, witness)
        if not isinstance(answer, Covered):
            return Depth(ground.ladder[level], None, settled=False)
    return Depth(ground.ladder[-1], None)
