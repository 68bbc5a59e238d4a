"""What logic rules ask about a gate: is there a profile, inside the scope, in which this holds?

A question is answered over all deployment types that the framework covers, exactly, or not at all:
a search that spends its budget is reported as a note and never taken for a clean result. Whatever
is shown was confirmed by the plain evaluator. Numbers in brackets are clauses of
`spec/semantics.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import msgspec

from shipworthy.frameworks.compare.boxes import (
    Answer,
    Asked,
    Covered,
    Found,
    nearest,
    region,
)
from shipworthy.frameworks.compare.conditions import ALWAYS, Node, all_of
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule, encode
from shipworthy.frameworks.compare.profiles import Space, shared_space
from shipworthy.frameworks.compare.replay import replay
from shipworthy.frameworks.compare.solving.cubes import NormalForms
from shipworthy.frameworks.compare.solving.index import Binding, Index
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.lint.finding import LintFinding, RuleCard, Subject
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.frameworks.semantics.readings import read_as
from shipworthy.kernel import Digest
from shipworthy.records import Condition, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType

Named = tuple[str, Node]

BUDGET: Final = 1_000
"""Boxes that one question may examine: lint asks many and is run often; `prove` asks for longer."""

_GATES: Final[tuple[Gate, ...]] = ("deploy", "develop")


class GateQuestions:
    """A gate about which questions are asked.

    Attributes:
        rulebook: the compiled framework; decisions are drafted under it, no hedge used (11.3).
        within: the scope, which is part of every `when` already; nothing where there is none.
        space: the profiles that the rules of the gate tell apart.
        charitable: the rules of the gate over that space.
        released: the same with every hedge used (11.2): no reading of it restricts less.
        kinds: the deployment types that the framework covers, least open first.
    """

    def __init__(
        self, rulebook: Rulebook, gate: Gate, within: Condition | None, budget: int
    ) -> None:
        self.rulebook = rulebook
        self.gate: Gate = gate
        self.within = within
        self.ladder = rulebook.decisions[gate]
        self.go = self.ladder.index(rulebook.go[gate])
        self.kinds = tuple(kind for kind in DeploymentType if kind.value in rulebook.deployments)
        # the scope joins as a rule, so that its limits cut the cells where there is no other rule
        scoped = (_asking(gate, within, self.ladder[0]),) if within else ()
        more = msgspec.structs.replace(rulebook, rules=(*rulebook.rules, *scoped))
        self.space: Space = shared_space(more, more, gate)
        self.charitable: Encoded = self.encoded(rulebook)
        free = read_as(rulebook, [one.id for one in rulebook.hedges])
        self.released: Encoded = self.encoded(free)
        self._budget = budget
        self._sizes = [len(axis.cells) for axis in self.space.axes]
        self._forms = NormalForms(self._sizes)
        self._nodes: dict[tuple[Condition, bool], Node] = {}
        self._bindings: dict[int, Binding] = {}

    @property
    def rules(self) -> tuple[EncodedRule, ...]:
        """Return the rules of the gate, in order."""
        return self.charitable.rules

    def encoded(self, rulebook: Rulebook) -> Encoded:
        """Encode a rulebook whose atoms are among those of this gate."""
        positions = {level: place for place, level in enumerate(self.ladder)}
        return encode(rulebook, self.gate, self.space, positions)

    def ask(
        self,
        *holding: Node,
        without: Iterable[Named] = (),
        kinds: Iterable[DeploymentType] = (),
        budget: int = 0,
    ) -> Answer:
        """Look for the nearest profile of the scope where these hold, and none of `without`."""
        where = all_of(self.node(self.within), *holding)
        others = [self._binding(name, node) for name, node in without]
        index = Index(others, self._sizes, (0, *self.space.usual[1:]))
        box = self.space.among(tuple(kinds) or self.kinds)
        asked = Binding("", where, 0, self._forms.of(where))
        return nearest(Asked(region(box, index.usual), asked, index, 1), budget or self._budget)

    def node(self, condition: Condition | None, *, released: bool = False) -> Node:
        """Return the profiles of a condition whose atoms the gate reads."""
        if condition is None:
            return ALWAYS
        key = (condition, released)
        if key not in self._nodes:
            side = self.released if released else self.charitable
            asked = _asking(self.gate, condition, self.ladder[0])
            alone = msgspec.structs.replace(side.rulebook, rules=(asked,))
            self._nodes[key] = self.encoded(alone).rules[0].binds
        return self._nodes[key]

    def below(self, level: int) -> tuple[Named, ...]:
        """Return the rules that keep a decision below a level, by position."""
        return self.charitable.below(level)

    def judged(self, found: Found) -> str:
        """Return a profile in words: its deployment, and what is not at its least risky.

        Raises:
            RuntimeError: when the plain evaluator decides otherwise, which is a defect.
        """
        replay(self.space, found.point, self.gate, (self.charitable, self.charitable))
        where, *axes = self.space.axes
        settings = [
            f"{axis.key} {axis.cells[cell].label}"
            for axis, cell in zip(axes, found.point[1:], strict=True)
            if cell != axis.usual
        ]
        return f"deployment {', '.join([where.cells[found.point[0]].label, *settings])}"

    def _binding(self, name: str, node: Node) -> Binding:
        """Return a condition with its normal form; the node is kept, so that its id stays its."""
        known = self._bindings.get(id(node))
        if known is None or known.node is not node:
            known = self._bindings[id(node)] = Binding(name, node, 0, self._forms.of(node))
        return known if known.name == name else Binding(name, node, 0, known.cubes)


def _asking(gate: Gate, condition: Condition, ceiling: str) -> Rule:
    return Rule(id="asked", gate=gate, when=condition, requires=(), ceiling=ceiling, clauses=())


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A rulebook that is told apart by its digest: one that says the same is the same."""

    digest: Digest
    rulebook: Rulebook = field(compare=False)


@lru_cache(maxsize=4)
def _remembered(
    pinned: _Pinned, gate: Gate, within: Condition | None, budget: int
) -> GateQuestions:
    """Return what can be asked of a gate; each of the rules of this folder asks the same gates."""
    return questions_of(pinned.rulebook, gate, within, budget)


def gate_questions(document: FrameworkDocument) -> Iterator[GateQuestions]:
    """Yield what can be asked of each gate that the framework defines."""
    rulebook = compile_rulebook(document)
    pinned = _Pinned(rulebook.digest, rulebook)
    within = document.scope.when if document.scope else None
    for gate in _GATES:
        if gate in rulebook.decisions:
            yield _remembered(pinned, gate, within, BUDGET)


def questions_of(
    rulebook: Rulebook, gate: Gate, within: Condition | None, budget: int
) -> GateQuestions:
    """Return what can be asked of a gate; `within` is the scope, part of every `when` already."""
    return GateQuestions(rulebook, gate, within, budget)


def never(answer: Answer) -> bool | None:
    """Say whether there is no such profile; nothing when that was not settled."""
    return isinstance(answer, Covered) if isinstance(answer, Covered | Found) else None


def unsettled(card: RuleCard, subject: Subject, what: str) -> LintFinding:
    """Return the note of a question that was too much."""
    return LintFinding(
        rule=card.id,
        severity="note",
        message=f"{what}: not settled, the search of profiles was too much",
        subject=subject,
        advice="nothing is proved either way; split the rule, or ask `framework prove`",
    )


def first_found(
    questions: GateQuestions, ask: Callable[[Iterable[DeploymentType]], Answer]
) -> tuple[Found | None, bool]:
    """Ask about all covered types, then, most open first, about each; say whether all is sure.

    What is shown is the gravest place where it happens, where that was settled.
    """
    answer = ask(questions.kinds)
    if not isinstance(answer, Found):
        return None, isinstance(answer, Covered)
    for kind in reversed(questions.kinds):
        graver = ask((kind,))
        if isinstance(graver, Found):
            return graver, True
    return answer, True
