"""Situations that become a go because something is asked for now where nothing was asked before.

Levels alone do not make a go: some requirement has to be kept (`spec/semantics.md` 6.3). Where the
old framework asks for nothing it is inconclusive for ever; a new rule with a requirement that is
easily kept turns that into a go, although every level stayed or sank. The comparison of levels does
not see it (`spec/comparison.md` 8.2), so it is asked here.
"""

from collections.abc import Iterator, Mapping

import msgspec

from shipworthy.frameworks.amendment.loosened import Loosened
from shipworthy.frameworks.compare import Change
from shipworthy.frameworks.compare.boxes import Covered, Found, Question, search
from shipworthy.frameworks.compare.conditions import Node, any_of
from shipworthy.frameworks.compare.encoding import encode
from shipworthy.frameworks.compare.profiles import Space, shared_space
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import AllOf, AnyOf, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType


def newly_go(old: Rulebook, new: Rulebook, gate: Gate, budget: int) -> Iterator[Loosened]:
    """Yield one item when the new framework can say go where nothing could be kept in the old."""
    if gate not in old.decisions or gate not in new.decisions:
        return
    kinds = [
        kind
        for kind in DeploymentType
        if kind.value in old.deployments and kind.value in new.deployments
    ]
    space = shared_space(old, new, gate)
    ladder = new.decisions[gate]
    positions = {level: place for place, level in enumerate(ladder)}
    after = encode(new, gate, space, positions)
    go = ladder.index(new.go[gate])
    keeps = any_of(*_kept(new, gate, space).values())
    before = [(f"old {name}", node) for name, node in _kept(old, gate, space).items()]
    usual = (0, *space.usual[1:])
    question = Question(space.among(kinds), usual, keeps, (*after.below(go), *before))
    answer = search(question, budget)
    if isinstance(answer, Covered):
        return
    settled = isinstance(answer, Found)
    where = _situation(space, answer.point) if isinstance(answer, Found) else ""
    yield Loosened(
        kind="new-go",
        name="",
        change=Change.LOOSER if settled else Change.UNKNOWN,
        what=f"{where}: a go, where the old framework asked for nothing that could be kept"
        if settled
        else f"whether gate `{gate}` says go where nothing was asked for before was not settled",
        gate=gate,
    )


def _kept(rulebook: Rulebook, gate: Gate, space: Space) -> Mapping[str, Node]:
    """Return, for each rule that asks for something, where it applies and some of that is kept."""
    asking = [rule for rule in rulebook.rules if rule.gate == gate and rule.requires]
    level = rulebook.decisions[gate][0]
    rules = tuple(
        Rule(
            id=rule.id,
            gate=gate,
            when=AllOf(
                of=(
                    *((rule.when,) if rule.when else ()),
                    AnyOf(of=tuple(one.condition for one in rule.requires)),
                )
            ),
            requires=(),
            ceiling=level,
            clauses=(),
        )
        for rule in asking
    )
    alone = msgspec.structs.replace(rulebook, rules=rules)
    return {one.name: one.binds for one in encode(alone, gate, space, {level: 0}).rules}


def _situation(space: Space, point: tuple[int, ...]) -> str:
    where, *axes = space.axes
    settings = [
        f"{axis.key} {axis.cells[cell].label}"
        for axis, cell in zip(axes, point[1:], strict=True)
        if cell != axis.usual
    ]
    return f"deployment {', '.join([where.cells[point[0]].label, *settings])}"
