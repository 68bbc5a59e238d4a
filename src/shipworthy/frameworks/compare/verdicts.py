"""The comparison: verdicts by gate, deployment type and decision level, and the fate of rules.

Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from shipworthy.frameworks.compare.boxes import DEFAULT_BUDGET, Engine
from shipworthy.frameworks.compare.correspondence.ladders import check_map, shared_positions
from shipworthy.frameworks.compare.correspondence.scales import FieldMap, mapped
from shipworthy.frameworks.compare.encoding import Encoded, encode, refuse_invalid
from shipworthy.frameworks.compare.engines import EngineChoice
from shipworthy.frameworks.compare.fates import (
    Effort,
    Fate,
    Leaving,
    Permission,
    RuleFate,
    Witness,
    permissions,
)
from shipworthy.frameworks.compare.profiles import shared_space
from shipworthy.frameworks.compare.replay import Replay, replay
from shipworthy.frameworks.compare.terms import (
    Change,
    OneSidedHedge,
    Term,
    compare_gate_terms,
    compare_terms,
    missing_gate,
    one_sided_hedges,
    together,
)
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Digest, Problem
from shipworthy.records import Rulebook
from shipworthy.vocabulary import DeploymentType

GATES: tuple[Gate, ...] = ("deploy", "develop")


@dataclass(frozen=True, slots=True)
class LevelVerdict:
    """Whether permission of a decision level (or a higher one) changed for a deployment type."""

    deployment: str
    level: str
    change: Change


@dataclass(frozen=True, slots=True)
class GateComparison:
    """One gate: the rules of either side that the other does not keep, with witnesses.

    `permits_more` is the nearest profile in which the new side permits more than the old one,
    `permits_less` the nearest the other way round. `only_old` and `only_new` are blind spots:
    what one side alone reads. `go` is the level at which the new side says go: the verdict on it
    says whether a model may ship that could not, as far as levels decide. `engines` are what
    answered: the search of boxes, and SAT for questions that were too much for it.
    """

    gate: Gate
    change: Change
    go: str
    engines: tuple[Engine, ...]
    levels: tuple[LevelVerdict, ...]
    old_rules: tuple[RuleFate, ...]
    new_rules: tuple[RuleFate, ...]
    permits_more: Witness | None
    permits_less: Witness | None
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Which rulebook was compared."""

    id: str
    version: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole answer; `change` takes every gate and every term together (6).

    `assumptions` are the scale maps that it rests on, `levels` the map of decision levels.
    `uncounted` is what hedges can release on one side only: no verdict counts it, because no hedge
    is used that the rulebooks still have.
    """

    old: Side
    new: Side
    change: Change
    assumptions: tuple[FieldMap, ...]
    levels: Mapping[str, str]
    terms: tuple[Term, ...]
    gates: tuple[GateComparison, ...]
    uncounted: tuple[OneSidedHedge, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to compare; nothing given means every gate and every type that both sides cover.

    `mapping` names the new level of an old one where names differ. `budget` bounds the boxes that
    each question may examine; a question that needs more goes to SAT where python-sat is installed
    (`engine` auto), and is answered `unknown` otherwise. `fields` say which field and level of the
    new side stands for one of the old, where names or scales differ.
    """

    gate: Gate | None = None
    deployment: DeploymentType | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    budget: int = DEFAULT_BUDGET
    engine: EngineChoice = "auto"
    fields: tuple[FieldMap, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the verdicts on a gate rest on: both directions, with everything that was proved."""

    leaving: Leaving
    types: tuple[DeploymentType, ...]
    more: Permission
    less: Permission


def compare(old: Rulebook, new: Rulebook, scope: Scope | None = None) -> Comparison:
    """Say where `new` permits more than `old`, where less, and which rules were kept.

    Raises:
        Problem: `compare-ladders`, `compare-map` and `compare-scales` where the two cannot be put
            side by side; `gate-undefined` and `framework-deployment` for a scope that neither
            covers; `compare-engine` for an engine that is not installed; `rulebook-invalid` for a
            rulebook that no loader would have produced.
    """
    return compare_with_grounds(old, new, scope or Scope())[0]


def compare_with_grounds(
    old: Rulebook, new: Rulebook, scope: Scope
) -> tuple[Comparison, tuple[Grounds, ...]]:
    """Compare, and return for each gate that both define what its verdicts rest on.

    Raises:
        Problem: as `compare` does.
    """
    pinned = Side(old.id, old.version, old.digest)
    if scope.fields:
        old = mapped(old, new, scope.fields)
    check_map(old, new, scope.mapping)
    types = _types(old, new, scope)
    terms = list(compare_terms(old, new))
    gates = []
    grounds = []
    for gate in _gates(old, new, scope):
        if gate not in old.decisions or gate not in new.decisions:
            terms.append(missing_gate(old, gate))
            continue
        positions = shared_positions(old, new, gate, scope.mapping)
        terms.extend(compare_gate_terms(old, new, gate, positions))
        leaving = _sides(old, new, gate, positions)
        effort = Effort(scope.budget, scope.engine)
        more = permissions(leaving, types, effort)
        less = permissions(leaving.turned(), types, effort)
        grounds.append(Grounds(leaving, types, more, less))
        gates.append(_gate(grounds[-1]))
    comparison = Comparison(
        old=pinned,
        new=Side(new.id, new.version, new.digest),
        change=together([*(term.change for term in terms), *(gate.change for gate in gates)]),
        assumptions=scope.fields,
        levels=dict(sorted(scope.mapping.items())),
        terms=tuple(terms),
        gates=tuple(gates),
        uncounted=tuple(one_sided_hedges(old, new)),
    )
    return comparison, tuple(grounds)


def _gates(old: Rulebook, new: Rulebook, scope: Scope) -> list[Gate]:
    found = [gate for gate in GATES if gate in old.decisions or gate in new.decisions]
    if scope.gate is None:
        return found
    if scope.gate not in found:
        raise Problem.of("gate-undefined", f"neither framework defines the gate `{scope.gate}`")
    return [scope.gate]


def _types(old: Rulebook, new: Rulebook, scope: Scope) -> tuple[DeploymentType, ...]:
    if scope.deployment and scope.deployment.value not in (*old.deployments, *new.deployments):
        raise Problem.of(
            "framework-deployment",
            f"neither framework covers the deployment `{scope.deployment.value}`",
            help=f"one of {', '.join(f'`{name}`' for name in new.deployments)}",
        )
    return tuple(
        kind
        for kind in DeploymentType
        if kind.value in old.deployments
        and kind.value in new.deployments
        and scope.deployment in {None, kind}
    )


def _sides(old: Rulebook, new: Rulebook, gate: Gate, positions: Mapping[str, int]) -> Leaving:
    """Return both sides over their shared space."""
    for book in (old, new):
        refuse_invalid(book, gate)
    space = shared_space(old, new, gate)
    before: Encoded = encode(old, gate, space, positions)
    ladder = {level: place for place, level in enumerate(new.decisions[gate])}
    after = encode(new, gate, space, ladder)
    return Leaving(space, gate, before, after, Replay(space, gate, (before, after)))


def _gate(grounds: Grounds) -> GateComparison:
    leaving, more, less = grounds.leaving, grounds.more, grounds.less
    book, gate = leaving.taking.rulebook, leaving.gate
    levels = tuple(
        LevelVerdict(
            kind.value,
            level,
            _change(more.levels[kind, place], less.levels[kind, place]),
        )
        for kind in grounds.types
        for place, level in enumerate(book.decisions[gate])
        if place
    )
    return GateComparison(
        gate=gate,
        change=together([verdict.change for verdict in levels]),
        go=book.go[gate],
        engines=tuple(sorted(more.engines | less.engines)),
        levels=levels,
        old_rules=more.rules,
        new_rules=less.rules,
        permits_more=_nearest(more, leaving),
        permits_less=_nearest(less, leaving),
        only_old=leaving.space.only_old,
        only_new=leaving.space.only_new,
    )


def _change(more: Fate, less: Fate) -> Change:
    """Return the verdict of one decision level from both directions (6.1)."""
    table: dict[tuple[Literal["dropped", "kept", "unknown"], bool], Change] = {
        ("dropped", True): Change.INCOMPARABLE,
        ("dropped", False): Change.LOOSER,
        ("unknown", True): Change.UNKNOWN,
        ("unknown", False): Change.UNKNOWN,
        ("kept", True): Change.STRICTER,
        ("kept", False): Change.UNKNOWN if less == "unknown" else Change.EQUIVALENT,
    }
    return table[more, less == "dropped"]


def _nearest(found: Permission, sides: Leaving) -> Witness | None:
    """Return the nearest witness of all rules, confirmed by the plain evaluator on all rules.

    It is the nearest of all profiles only where every rule was answered, and exactly (3.5).
    """
    witnesses = [fate.witness for fate in found.rules if fate.witness]
    best = min(witnesses, key=lambda one: one.rank, default=None)
    if best:
        _, permits = replay(sides.space, best.cells, sides.gate, (sides.leaving, sides.taking))
        settled = all(one.fate != "unknown" for one in found.rules)
        sure = settled and all(one.minimal for one in witnesses)
        best = replace(best, minimal=sure, ruling=permits.ruling.value)
    return best
