"""Does the framework bind? What is left when every hedge is used against the public.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shipworthy.frameworks.compare.boxes import Covered, Found
from shipworthy.frameworks.prove.answers import Outcome
from shipworthy.frameworks.prove.release import Release, Releaser, ReleasingSet
from shipworthy.frameworks.prove.situations import Situation
from shipworthy.frameworks.semantics.readings import both_readings, hedged, hostile_hedges
from shipworthy.records import LevelField, Rulebook
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class Vanished:
    """A rule, requirement or definition that the hostile reading does not have, and by what."""

    kind: str
    name: str
    hedges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """How much of a rulebook is at the developer's discretion: what vanishes, of how much."""

    vanished: tuple[Vanished, ...]
    rules: int
    requirements: int
    definitions: int

    def count(self, kind: str) -> int:
        """Return how many of a kind vanish."""
        return sum(one.kind == kind for one in self.vanished)


@dataclass(frozen=True, slots=True)
class Loosening:
    """Whether the hostile reading permits a level that the charitable one forbids, somewhere.

    When it is refuted, `sets` are the smallest sets of hedges that do it in the nearest profile.
    """

    deployment: str
    level: str
    outcome: Outcome
    sets: tuple[ReleasingSet, ...] = ()
    complete: bool = True


def discretion_gap(rulebook: Rulebook) -> Gap:
    """Return what vanishes in the hostile reading, of how many rules and so on (4.1)."""
    used = hostile_hedges(rulebook)
    hostile = both_readings(rulebook).hostile
    left = {rule.id for rule in hostile.rules}
    vanished = []
    for one in hedged(rulebook):
        names = tuple(name for name in one.discretion if name in used)
        if names:
            vanished.append(Vanished(one.kind, one.name, names))
    named = {one.name for one in vanished if one.kind == "rule"}
    for rule in rulebook.rules:
        # a rule goes too when all that it asks for goes
        if rule.id not in left and rule.id not in named:
            by = dict.fromkeys(name for one in rule.requires for name in one.discretion)
            vanished.append(Vanished("rule", rule.id, tuple(name for name in by if name in used)))
    fields = [one for one in rulebook.fields if isinstance(one, LevelField)]
    return Gap(
        vanished=tuple(vanished),
        rules=len(rulebook.rules),
        requirements=sum(len(rule.requires) for rule in rulebook.rules),
        definitions=sum(len(field.definitions) for field in fields),
    )


def loosenings(releaser: Releaser, kinds: Iterable[DeploymentType]) -> Iterator[Loosening]:
    """Yield for each deployment type and level whether hedges loosen it, with a witness (4.2)."""
    ground = releaser.ground
    for kind in kinds:
        for level in range(1, len(ground.ladder)):
            name = (kind.value, ground.ladder[level])
            answer = ground.released([kind], releaser.hostile, level)
            if isinstance(answer, Found):
                sets, complete = releaser.of_profile(answer, level)
                yield Loosening(*name, "refuted", sets, complete)
            else:
                yield Loosening(*name, "proved" if isinstance(answer, Covered) else "unknown")


def releases(
    releaser: Releaser, situations: Iterable[Situation], kinds: list[DeploymentType]
) -> Iterator[Release]:
    """Yield for each situation and deployment type what releases it to go (4.3)."""
    for situation in situations:
        yield from releaser.of_situation(situation, kinds)
