"""Can a dangerous situation be deployed? Clause numbers are those of `spec/proofs.md`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shipworthy.frameworks.compare.boxes import Covered, Found
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.profiles import WHERE
from shipworthy.frameworks.prove.answers import Judged, Outcome, Point, ReadingName, Setting
from shipworthy.frameworks.prove.asking import marked
from shipworthy.frameworks.prove.grounds import Grounds
from shipworthy.frameworks.prove.situations import Situation
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class Stopped:
    """Whether every profile of a situation stays below go, for one deployment type.

    When it is refuted, `witness` is the nearest profile that may go. When it is proved, in every
    profile of the situation one of `stopped_by` binds; `never` says that there is no such profile.
    """

    situation: str
    deployment: str
    reading: ReadingName
    outcome: Outcome
    witness: Judged | None = None
    stopped_by: tuple[str, ...] = ()
    never: bool = False
    relies_on: tuple[Setting, ...] = ()
    """What the witness has at its least risky and cannot do without: with the riskiest value of one
    of these (`ordinary`), its decision falls below go."""


def stopped(
    ground: Grounds,
    reading: Encoded,
    name: ReadingName,
    situations: Iterable[Situation],
    kinds: list[DeploymentType],
) -> Iterator[Stopped]:
    """Yield the answer for each situation and deployment type (3)."""
    for situation in situations:
        for kind in kinds:
            yield _stopped(ground, reading, name, situation, kind)


def _stopped(
    ground: Grounds,
    reading: Encoded,
    name: ReadingName,
    situation: Situation,
    kind: DeploymentType,
) -> Stopped:
    answer = ground.permitted(kind, situation, reading, ground.go)
    asked = (situation.name, kind.value, name)
    if isinstance(answer, Found):
        witness = marked(ground.judged(answer.point, reading, situation), answer)
        if ground.ladder.index(witness.decision) < ground.go:
            raise RuntimeError(f"the witness of `{situation.name}` does not replay: {witness}")
        relied = tuple(_relied(ground, reading, answer.point))
        return Stopped(*asked, "refuted", witness, relies_on=relied)
    if isinstance(answer, Covered):
        # nothing has to hold a situation back that does not exist
        return Stopped(*asked, "proved", stopped_by=answer.by, never=not answer.by)
    return Stopped(*asked, "unknown")


def _relied(ground: Grounds, reading: Encoded, point: Point) -> Iterator[Setting]:
    for place, axis in enumerate(ground.space.axes):
        if axis.key == WHERE or point[place] != axis.usual:
            continue
        worst = 0 if axis.usual else len(axis.cells) - 1
        moved = (*point[:place], worst, *point[place + 1 :])
        if reading.level(moved) < ground.go:
            yield Setting(str(axis.key), axis.cells[axis.usual].label, axis.cells[worst].label)
