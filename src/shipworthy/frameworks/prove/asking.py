"""Questions to the engines: in some profiles, does a rule bind that nothing of a reading covers?

Boxes answer first and give the nearest profile; what they do not settle goes to SAT where
python-sat is installed. All that proofs use of the engines is used here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from shipworthy.frameworks.compare.boxes import (
    Answer,
    Asked,
    Covered,
    Found,
    Unsettled,
    cost_of,
    narrowed,
    nearest,
    region,
)
from shipworthy.frameworks.compare.conditions import ALWAYS, Box, Node, Several, all_of
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.engines import shrunk
from shipworthy.frameworks.compare.solving.cubes import EVERYWHERE, Cube, NormalForms, meets
from shipworthy.frameworks.compare.solving.index import Binding, Index
from shipworthy.frameworks.compare.solving.sat import Excluded, Formula, sat_installed
from shipworthy.frameworks.prove.answers import Judged, Point

ANYTHING = Binding("", ALWAYS, 0, (EVERYWHERE,))
"""In place of a rule: binds in every profile."""

_FORM = 64
"""Cubes that one requirement of a rule may have where a reading is asked about."""

_ASKED = 512
"""Cubes that a situation, or a rule which is itself asked about, may have: worked out once."""

_RULE = 2048
"""Cubes that a rule may have in all; beyond, it is asked about as a tree."""

_BEFORE_SAT = {True: 300, False: 20}
"""Boxes after which SAT is asked where it is installed, with and without a normal form."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A set of profiles: a condition over cells, and its normal form where that is small."""

    node: Node
    cubes: tuple[Cube, ...] | None


@dataclass(slots=True)
class Oracle:
    """Answers questions about what one reading permits."""

    reading: Encoded
    sizes: Sequence[int]
    budget: int
    _formula: Formula | None = None

    def ask(
        self, box: Box, where: Meaning, rule: Binding, level: int, *, near: bool = True
    ) -> Answer:
        """Look for the nearest profile of a set where a rule binds and the reading permits a level.

        Each cube of the set is one search of boxes. SAT answers first where none is `near` enough
        to matter.
        """
        index = self.reading.index
        whole = region(box, index.usual)
        both = Binding(rule.name, all_of(where.node, rule.node), rule.ceiling, None)
        if not near and sat_installed():
            answer = self._by_sat(Asked(whole, both, index, level), near=False)
            if not isinstance(answer, Unsettled):
                return answer
        budget = self.budget
        if sat_installed():
            small = where.cubes is not None and rule.cubes is not None
            budget = min(budget, _BEFORE_SAT[small])
        if where.cubes is None:
            answer = nearest(Asked(whole, both, index, level), budget)
        else:
            starts = (narrowed(whole, one, index.usual) for one in where.cubes if meets(one, box))
            answer = best(nearest(Asked(start, rule, index, level), budget) for start in starts)
        if isinstance(answer, Unsettled) and sat_installed():
            return self._by_sat(Asked(whole, both, index, level))
        return answer

    def _by_sat(self, asked: Asked, *, near: bool = True) -> Answer:
        # the box is part of the condition here, since SAT takes only its deployment types
        if self._formula is None:
            bindings = [rule.binding for rule in self.reading.rules]
            self._formula = Formula(self.sizes, bindings)
        found = self._formula.ask(asked.rule.node, asked.region.box[0], asked.level)
        if found is None:
            return Unsettled(self.budget)
        if isinstance(found, Excluded):
            return Covered(tuple(sorted(found.by)))
        point = shrunk(asked, found.point) if near else found.point
        return Found(cost_of(point, asked.others.usual), point, minimal=False)


def best(answers: Iterable[Answer]) -> Answer:
    """Return the answer to several questions of which one has to be answered by a profile."""
    given = list(answers)
    found = [answer for answer in given if isinstance(answer, Found)]
    unsettled = [answer for answer in given if isinstance(answer, Unsettled)]
    if found:
        first = min(found, key=lambda one: (one.cost, one.point))
        sure = not unsettled and all(one.minimal for one in found)
        return replace(first, minimal=sure)
    if unsettled:
        return Unsettled(sum(answer.examined for answer in unsettled))
    names = {name for answer in given if isinstance(answer, Covered) for name in answer.by}
    return Covered(tuple(sorted(names)))


def first_found(answers: Iterable[Answer]) -> Answer:
    """Return the first profile among the answers; the questions after it are not asked."""
    given = []
    for answer in answers:
        if isinstance(answer, Found):
            return answer
        given.append(answer)
    return best(given)


def nearer(point: Point, usual: Point, answers: Callable[[Point], bool]) -> Point:
    """Move a profile towards the ordinary one until no single field can be set nearer."""
    before = None
    while before != point:
        before = point
        for axis, ordinary in enumerate(usual[1:], start=1):
            here = point[axis]
            for cell in range(ordinary, here, 1 if here > ordinary else -1):
                moved = (*point[:axis], cell, *point[axis + 1 :])
                if answers(moved):
                    point = moved
                    break
    return point


def marked(witness: Judged, answer: Found) -> Judged:
    """Return a witness that says whether it is surely the nearest."""
    return replace(witness, nearest=answer.minimal)


def widened(encoded: Encoded, sizes: Sequence[int]) -> Encoded:
    """Return the same with normal forms of rules that a comparison of large rulebooks leaves out.

    A proof asks hundreds of questions of a few dozen rules, so that they pay.
    """
    forms = small_forms(sizes)
    rules = tuple(
        replace(rule, binding=replace(rule.binding, cubes=_cubes(rule.binds, forms)))
        if rule.binding.cubes is None
        else rule
        for rule in encoded.rules
    )
    usual: Point = encoded.index.usual
    return replace(encoded, rules=rules, index=Index([one.binding for one in rules], sizes, usual))


def small_forms(sizes: Sequence[int]) -> NormalForms:
    """Return normal forms for what changes from question to question."""
    return NormalForms(sizes, _FORM)


def large_forms(sizes: Sequence[int]) -> NormalForms:
    """Return normal forms for what is asked about again and again."""
    return NormalForms(sizes, _ASKED)


def pieces(rule: Binding, forms: NormalForms, unless: Sequence[Node] = ()) -> tuple[Binding, ...]:
    """Return a rule with many requirements as many rules with one each, which bind where it does.

    A rule binds where it applies and its first requirement fails, or its second, and so on. Pieces
    that are among `unless` are left out.
    """
    return tuple(
        Binding(rule.name, node, rule.ceiling, forms.of(node))
        for node in parts(rule.node)
        if node not in unless
    )


def parts(binds: Node) -> list[Node]:
    """Return conditions of which one holds exactly where a rule binds."""
    if isinstance(binds, Several) and len(binds.of) == binds.needed == 2:
        applies, broken = binds.of
        if isinstance(broken, Several) and broken.needed == 1:
            return [all_of(applies, one) for one in broken.of]
    return [binds]


def _cubes(binds: Node, forms: NormalForms) -> tuple[Cube, ...] | None:
    found = [forms.of(part) for part in parts(binds)]
    cubes = {cube for form in found for cube in form or ()}
    return None if None in found or len(cubes) > _RULE else tuple(sorted(cubes))
