"""All questions about one framework, gate by gate. Clause numbers are those of `spec/proofs.md`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.prove.answers import Outcome, ReadingName, worst_outcome
from shipworthy.frameworks.prove.binding import (
    Gap,
    Loosening,
    discretion_gap,
    loosenings,
    releases,
)
from shipworthy.frameworks.prove.critical import Stopped, stopped
from shipworthy.frameworks.prove.grounds import Grounds, grounds
from shipworthy.frameworks.prove.monotone import Monotony, monotony
from shipworthy.frameworks.prove.release import Release, Releaser
from shipworthy.frameworks.prove.remains import Floor, Remaining, floors, remaining
from shipworthy.frameworks.prove.situations import Situation, critical_situations
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Digest, Problem, did_you_mean
from shipworthy.records import Hedge, Rulebook
from shipworthy.vocabulary import DeploymentType

Question = Literal["monotone", "critical", "binding"]
QUESTIONS: tuple[Question, ...] = ("monotone", "critical", "binding")
Topic = Literal["monotone", "critical", "binding", "floors"]
"""What an outcome is about. `binding`: hedges loosen and release nothing; `floors`: they leave the
strictest decision that can be forced."""
GATES: tuple[Gate, ...] = ("deploy", "develop")
BOXES = 5_000
"""Boxes that one question may examine: there are thousands of questions, and SAT after them."""
LARGEST_FAMILY = 12
"""Smallest sets of hedges that are listed for one situation before it says that there are more."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What to ask; nothing given means every question, gate, deployment type and reading.

    `situation` takes the place of the critical situations of the document. `budget` bounds the
    boxes that each single question may examine; one that needs more is answered `unknown`.
    """

    questions: tuple[Question, ...] = QUESTIONS
    gate: Gate | None = None
    deployment: DeploymentType | None = None
    situation: Situation | None = None
    reading: ReadingName | None = None
    budget: int = BOXES
    limit: int = LARGEST_FAMILY


@dataclass(frozen=True, slots=True)
class BindingProof:
    """What hedges loosen, what they release, and what they leave."""

    gap: Gap
    loosened: tuple[Loosening, ...]
    released: tuple[Release, ...]
    floors: tuple[Floor, ...]
    remaining: tuple[Remaining, ...]


@dataclass(frozen=True, slots=True)
class GateProof:
    """The answers for one gate; nothing for a question that was not asked.

    `outcomes` has the worst answer on each topic, and `outcome` the worst of these; a topic that
    nothing was asked about has none.
    """

    gate: Gate
    levels: tuple[str, ...]
    go: str
    outcome: Outcome
    outcomes: Mapping[Topic, Outcome]
    monotone: tuple[Monotony, ...] | None
    critical: tuple[Stopped, ...] | None
    binding: BindingProof | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The whole answer. `gaps` are reasons why a question could not be asked of this encoding."""

    framework: str
    version: str
    digest: Digest
    outcome: Outcome
    hedges: tuple[Hedge, ...]
    gates: tuple[GateProof, ...]
    gaps: tuple[str, ...]


def prove(document: FrameworkDocument, inquiry: Inquiry | None = None) -> Proof:
    """Answer the questions about a framework.

    Raises:
        Problem: `gate-undefined` and `framework-deployment` for what the framework does not
            cover; `rulebook-invalid` for a rulebook that no loader would have produced.
    """
    inquiry = inquiry or Inquiry()
    rulebook = compile_rulebook(document)
    situations = (inquiry.situation,) if inquiry.situation else critical_situations(document)
    within = document.scope.when if document.scope else None
    kinds = _kinds(rulebook, inquiry)
    gates = []
    for gate in _gates(rulebook, inquiry):
        ground = grounds(rulebook, gate, situations, within=within, budget=inquiry.budget)
        gates.append(_gate(ground, inquiry, situations, kinds))
    gaps = tuple(_gaps(document, rulebook, inquiry, situations))
    outcomes: list[Outcome] = [gate.outcome for gate in gates]
    if gaps:
        outcomes.append("unknown")
    return Proof(
        framework=rulebook.id,
        version=rulebook.version,
        digest=rulebook.digest,
        outcome=worst_outcome(outcomes),
        hedges=rulebook.hedges,
        gates=tuple(gates),
        gaps=gaps,
    )


def _gate(
    ground: Grounds,
    inquiry: Inquiry,
    situations: tuple[Situation, ...],
    kinds: list[DeploymentType],
) -> GateProof:
    releaser = Releaser(ground, inquiry.limit)
    readings = {"charitable": ground.charitable, "hostile": releaser.hostile}
    names = _readings(inquiry, releaser)
    monotone = critical = binding = None
    if "monotone" in inquiry.questions:
        monotone = tuple(one for n in names for one in monotony(ground, readings[n], n, kinds))
    if "critical" in inquiry.questions:
        critical = tuple(
            one for n in names for one in stopped(ground, readings[n], n, situations, kinds)
        )
    if "binding" in inquiry.questions:
        binding = BindingProof(
            gap=discretion_gap(ground.rulebook),
            loosened=tuple(loosenings(releaser, kinds)),
            released=tuple(releases(releaser, situations, kinds)),
            floors=tuple(floors(ground, releaser.hostile, kinds)),
            remaining=tuple(remaining(ground, releaser.hostile, kinds)),
        )
    answers: dict[Topic, tuple[Monotony | Stopped | Loosening | Release | Floor, ...]] = {
        "monotone": monotone or (),
        "critical": critical or (),
        "binding": (*binding.loosened, *binding.released) if binding else (),
        "floors": binding.floors if binding else (),
    }
    outcomes = {
        topic: worst_outcome(one.outcome for one in found)
        for topic, found in answers.items()
        if found
    }
    return GateProof(
        gate=ground.gate,
        levels=ground.ladder,
        go=ground.ladder[ground.go],
        outcome=worst_outcome(outcomes.values()),
        outcomes=outcomes,
        monotone=monotone,
        critical=critical,
        binding=binding,
    )


def _readings(inquiry: Inquiry, releaser: Releaser) -> tuple[ReadingName, ...]:
    if inquiry.reading:
        return (inquiry.reading,)
    # without hedges the two readings are one
    return ("charitable", "hostile") if releaser.hedges else ("charitable",)


def _gaps(
    document: FrameworkDocument,
    rulebook: Rulebook,
    inquiry: Inquiry,
    situations: tuple[Situation, ...],
) -> Iterator[str]:
    """Yield what the encoding leaves out, so that nothing asked of nothing counts as proved."""
    if not situations and {"critical", "binding"} & set(inquiry.questions):
        yield (
            "no field says that it concerns a capability or a residual risk, so no situation is "
            "known to be critical; name one with `--when`"
        )
    hedged = sum(bool(clause.hedges) for clause in document.clauses)
    if "binding" in inquiry.questions and hedged and not discretion_gap(rulebook).vanished:
        yield (
            f"{hedged} clauses have hedge phrases, but no rule, requirement or definition is "
            "marked as released by one that the developer controls, so nothing was taken away"
        )


def _gates(rulebook: Rulebook, inquiry: Inquiry) -> list[Gate]:
    found = [gate for gate in GATES if gate in rulebook.decisions]
    if inquiry.gate is None:
        return found
    if inquiry.gate not in found:
        raise Problem.of(
            "gate-undefined",
            f"framework `{rulebook.id}` does not define the gate `{inquiry.gate}`",
            help=did_you_mean(inquiry.gate, found),
        )
    return [inquiry.gate]


def _kinds(rulebook: Rulebook, inquiry: Inquiry) -> list[DeploymentType]:
    kinds = [kind for kind in DeploymentType if kind.value in rulebook.deployments]
    if inquiry.deployment is None:
        return kinds
    if inquiry.deployment not in kinds:
        raise Problem.of(
            "framework-deployment",
            f"framework `{rulebook.id}` says nothing about deployment `{inquiry.deployment.value}`",
            help=did_you_mean(inquiry.deployment.value, rulebook.deployments),
        )
    return [inquiry.deployment]
