"""The smallest sets of hedges that release what the charitable reading forbids.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shipworthy.frameworks.compare.boxes import Answer, Covered, Found
from shipworthy.frameworks.compare.conditions import all_of, any_of, truth
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.frameworks.prove.answers import Judged, Outcome, Point
from shipworthy.frameworks.prove.asking import marked, nearer
from shipworthy.frameworks.prove.grounds import Grounds
from shipworthy.frameworks.prove.situations import Situation
from shipworthy.frameworks.prove.smallest import smallest_sets
from shipworthy.frameworks.semantics.evaluation import evaluate
from shipworthy.frameworks.semantics.readings import hedged, hostile_hedges, read_as
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class ReleasingSet:
    """Hedges that together permit what the charitable reading forbids, and such a profile.

    `forbidden` is the profile under the charitable reading, `released` with the hedges used.
    """

    hedges: tuple[str, ...]
    forbidden: Judged
    released: Judged


@dataclass(frozen=True, slots=True)
class Release:
    """All smallest sets of the developer's hedges that release a situation, smallest first.

    What counts is what rules about the situation forbid. `proved`: no set releases any of it;
    `blocked_by` are the rules about it that bind somewhere in it all the same, and without any
    there was `nothing_to_release`. `complete` says that there are no further sets, `minimal` that
    none of these could be smaller.
    """

    situation: str
    deployment: str
    level: str
    outcome: Outcome
    sets: tuple[ReleasingSet, ...] = ()
    complete: bool = True
    minimal: bool = True
    blocked_by: tuple[str, ...] = ()
    nothing_to_release: bool = False


@dataclass(slots=True)
class Releaser:
    """Asks which sets of hedges release profiles of one ground; encodes each reading once."""

    ground: Grounds
    limit: int
    _readings: dict[frozenset[str], Encoded] = field(default_factory=dict)

    @property
    def hedges(self) -> tuple[str, ...]:
        """Return the developer's hedges that release anything, in the order of the rulebook."""
        book = self.ground.rulebook
        used = {name for one in hedged(book) for name in one.discretion} & hostile_hedges(book)
        return tuple(one.id for one in book.hedges if one.id in used)

    @property
    def hostile(self) -> Encoded:
        """Return the hostile reading."""
        return self.reading(frozenset(self.hedges))

    def reading(self, used: frozenset[str]) -> Encoded:
        """Return the rulebook under a set of hedges."""
        if not used:
            return self.ground.charitable
        if used not in self._readings:
            self._readings[used] = self.ground.encoded(read_as(self.ground.rulebook, used))
        return self._readings[used]

    def of_situation(
        self, situation: Situation, kinds: Sequence[DeploymentType]
    ) -> Iterator[Release]:
        """Yield for each deployment type what releases a forbidden profile of it to go (4.3)."""
        ground = self.ground
        # most situations are released nowhere, which one search can say of all types at once
        everywhere = ground.released(kinds, self.hostile, ground.go, situation, near=False)
        for kind in kinds:
            answer = everywhere
            if not isinstance(everywhere, Covered):
                answer = ground.released([kind], self.hostile, ground.go, situation, near=False)
            yield self._of(situation, kind, answer)

    def _of(self, situation: Situation, kind: DeploymentType, answer: Answer) -> Release:
        ground = self.ground
        name = (situation.name, kind.value, ground.ladder[ground.go])
        if isinstance(answer, Covered):
            blocked = self._blocking(situation, kind)
            return Release(*name, "proved", blocked_by=blocked, nothing_to_release=not blocked)
        if not isinstance(answer, Found):
            return Release(*name, "unknown", complete=False, minimal=False)
        family = _Family(self, situation, kind, answer)
        sets = smallest_sets(self.hedges, family.releases, self.limit)
        shown = tuple(
            self._set(names, family.near(names, nearest=not place), situation)
            for place, names in enumerate(sets.found)
        )
        return Release(*name, "refuted", shown, sets.complete, sets.minimal)

    def of_profile(self, at: Found, level: int) -> tuple[tuple[ReleasingSet, ...], bool]:
        """Return the smallest sets that permit a level in one profile, and whether these are all.

        The hostile reading has to permit it.
        """
        ground = self.ground
        case = evidence(ground.space, at.point, ground.rulebook.alpha)

        def permits(used: frozenset[str]) -> bool:
            decision = evaluate(read_as(ground.rulebook, used), case, ground.gate).level_worst
            return ground.ladder.index(decision) >= level

        sets = smallest_sets(self.hedges, permits, self.limit)
        return tuple(self._set(names, at, None) for names in sets.found), sets.complete

    def _set(self, names: tuple[str, ...], at: Found, situation: Situation | None) -> ReleasingSet:
        readings = (self.ground.charitable, self.reading(frozenset(names)))
        charitable, released = (
            marked(self.ground.judged(at.point, reading, situation), at) for reading in readings
        )
        ladder = self.ground.ladder
        if ladder.index(charitable.decision) >= ladder.index(released.decision):
            raise RuntimeError(f"the release by {', '.join(names)} does not replay: {released}")
        return ReleasingSet(names, charitable, released)

    def _blocking(self, situation: Situation, kind: DeploymentType) -> tuple[str, ...]:
        """Return the rules that the hostile reading keeps below go somewhere in the situation."""
        ground = self.ground
        return tuple(
            rule.name
            for rule in self.hostile.rules
            if rule.ceiling < ground.go
            and rule.name in ground.about[situation]
            and not isinstance(ground.binding(kind, rule, situation), Covered)
        )


@dataclass(slots=True)
class _Family:
    """Which sets of hedges release one situation; a profile found before answers faster."""

    releaser: Releaser
    situation: Situation
    kind: DeploymentType
    hostile: Found
    _met: list[Point] = field(default_factory=list)

    def releases(self, used: frozenset[str]) -> bool | None:
        """Return whether a set releases a profile of the situation, nothing if not settled."""
        reading = self.releaser.reading(used)
        points = (self.hostile.point, *self._met)
        if any(reading.level(point) >= self.releaser.ground.go for point in points):
            return True
        ground = self.releaser.ground
        answer = ground.released([self.kind], reading, ground.go, self.situation, near=False)
        if isinstance(answer, Found):
            self._met.append(answer.point)
        return None if not isinstance(answer, Covered | Found) else isinstance(answer, Found)

    def near(self, names: tuple[str, ...], *, nearest: bool) -> Found:
        """Return a profile that a set releases, in which no single field can be set nearer.

        The `nearest` of all takes a search for each set, situation and type, and these are many.
        """
        ground = self.releaser.ground
        reading = self.releaser.reading(frozenset(names))
        if nearest:
            answer = ground.released([self.kind], reading, ground.go, self.situation)
            if isinstance(answer, Found):
                return answer
        rules = [
            rule.binds
            for rule in ground.charitable.rules
            if rule.ceiling < ground.go and rule.name in ground.about[self.situation]
        ]
        where = all_of(ground.meaning(self.situation).node, any_of(*rules))

        def answers(point: Point) -> bool:
            here = tuple(1 << cell for cell in point)
            return bool(truth(where, here)) and reading.level(point) >= ground.go

        start = next(one for one in (self.hostile.point, *self._met) if answers(one))
        point = nearer(start, ground.space.usual, answers)
        return replace(self.hostile, point=point, minimal=False)
