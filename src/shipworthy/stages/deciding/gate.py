"""The gate: it drafts a decision from a rulebook and the evidence. People decide."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from shipworthy.frameworks import Case, Evaluation, Gate, RuleOutcome, evaluate, unmapped
from shipworthy.kernel import Digest, Problem
from shipworthy.records import (
    Decision,
    Fact,
    Finding,
    LevelField,
    LevelResult,
    LiveTerms,
    RequirementResult,
    Rulebook,
    RuleResult,
    SequentialFinding,
)
from shipworthy.stages.deciding.inputs import admit
from shipworthy.stages.deciding.periods import date_gap, dated, overdue_review
from shipworthy.stages.deciding.reasons import Reason, explain, joined
from shipworthy.stages.deciding.threats import charted, map_gaps
from shipworthy.vocabulary import DeploymentType, Ruling, Truth, Verdict

_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_TELLING: Final = {
    Ruling.NO_GO: Verdict.BROKEN,
    Ruling.GO: Verdict.KEPT,
    Ruling.INCONCLUSIVE: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """What a draft is about: subject, plan, deployment, gate; timestamps in RFC 3339, UTC.

    `questions` say how arms that could end early were decided: they explain, and decide nothing.
    `live` is what the draft answers of live evidence, and the confirmation that it needs.
    """

    subject: Digest
    plan: Digest
    deployment: DeploymentType
    gate: Gate
    drafted_at: str
    expires_at: str
    questions: tuple[SequentialFinding, ...] = ()
    live: LiveTerms = field(default_factory=LiveTerms)


@dataclass(frozen=True, slots=True)
class _Explained:
    """A requirement's result with the reasons behind its prose."""

    result: RequirementResult
    rule: RuleOutcome
    reasons: tuple[Reason, ...]


def decide(
    rulebook: Rulebook, findings: Iterable[Finding], facts: Iterable[Fact], terms: DraftTerms
) -> Decision:
    """Draft the decision that people sign.

    Raises:
        Problem: for facts or findings that do not fit (`admit`), for a gate that the rulebook does
            not define, and `decision-period` for a period that is empty or not in UTC.
    """
    _check_period(terms)
    evidence = admit(rulebook, findings, facts, terms.plan, terms.deployment)
    case = Case(rulebook, evidence)
    evaluation = dated(evaluate(rulebook, evidence, terms.gate), rulebook, terms.drafted_at)
    open_scenarios = unmapped(case) if terms.gate == "deploy" else ()
    evaluation = charted(evaluation, open_scenarios)
    explained = tuple(_requirements(evaluation, case, terms.questions))
    gaps = (
        *_gaps(case, terms, evaluation, explained),
        *map_gaps(case, open_scenarios),
    )
    late = overdue_review(rulebook, terms.drafted_at)
    missing = (*gaps, *(entry.result.missing for entry in explained), late)
    return Decision(
        subject=terms.subject,
        plan=terms.plan,
        framework=f"{rulebook.id} {rulebook.version}",
        rulebook=rulebook.digest,
        deployment=terms.deployment.value,
        gate=terms.gate,
        ruling=evaluation.ruling.value,
        level_worst=evaluation.level_worst,
        level_best=evaluation.level_best,
        levels=tuple(_levels(evaluation, case)),
        rules=tuple(
            RuleResult(
                rule=outcome.rule.id,
                applies=outcome.applies.value,
                triggered=outcome.triggered.value,
                ceiling=outcome.rule.ceiling,
                clauses=outcome.rule.clauses,
            )
            for outcome in evaluation.rules
        ),
        requirements=tuple(entry.result for entry in explained),
        determining=_determining(rulebook, terms.gate, evaluation),
        missing=tuple(dict.fromkeys(filter(None, missing))),
        flip=_nearest(evaluation.ruling, explained, gaps),
        roles=rulebook.roles,
        drafted_at=terms.drafted_at,
        expires_at=terms.expires_at,
        unmapped=open_scenarios,
        live=msgspec.UNSET if terms.live == LiveTerms() else terms.live,
    )


def _check_period(terms: DraftTerms) -> None:
    stamps = (terms.drafted_at, terms.expires_at)
    if not all(_TIMESTAMP.fullmatch(stamp) for stamp in stamps) or stamps[0] >= stamps[1]:
        raise Problem.of(
            "decision-period",
            f"a decision from `{stamps[0]}` to `{stamps[1]}` has no period of validity",
            help="write both as `2026-11-22T05:04:03Z`, the expiry after the draft",
        )


def _requirements(
    evaluation: Evaluation, case: Case, questions: tuple[SequentialFinding, ...]
) -> Iterator[_Explained]:
    for outcome in evaluation.rules:
        if outcome.applies is Truth.FALSE:
            continue
        for judged in outcome.requirements:
            requirement = judged.requirement
            reasons = explain(requirement.condition, case, questions)
            open_ones = [r for r in reasons if r.reached is not Truth.TRUE]
            telling = reasons if judged.verdict is Verdict.KEPT else open_ones
            unsettled = judged.verdict is Verdict.INCONCLUSIVE
            result = RequirementResult(
                rule=outcome.rule.id,
                requirement=requirement.id,
                title=requirement.title,
                clauses=requirement.clauses,
                verdict=judged.verdict.value,
                reads=case.reads(requirement.condition),
                why=joined(reason.why for reason in telling),
                missing=joined(reason.missing for reason in telling) if unsettled else "",
                flip=joined(reason.flip for reason in telling),
                illustrative=requirement.illustrative,
            )
            yield _Explained(result, outcome, tuple(telling))


def _levels(evaluation: Evaluation, case: Case) -> Iterator[LevelResult]:
    for name, interval in evaluation.levels.items():
        field = case.field(name)
        derived = isinstance(field, LevelField) and bool(field.definitions)
        if interval.best != interval.worst:
            why = "the evidence does not settle its definitions" if derived else "nobody judged it"
        else:
            why = "follows from its definitions" if derived else "stated as a fact"
        yield LevelResult(field=name, best=interval.best, worst=interval.worst, why=why)


def _determining(rulebook: Rulebook, gate: Gate, evaluation: Evaluation) -> tuple[str, ...]:
    """Return the clauses that determined the ruling (spec, 9.4)."""
    ladder, go = rulebook.decisions[gate], rulebook.go[gate]
    telling = _TELLING[evaluation.ruling]
    found: dict[str, None] = {}
    for outcome in evaluation.rules:
        below = ladder.index(outcome.rule.ceiling) < ladder.index(go)
        verdicts = {judged.verdict for judged in outcome.requirements}
        match evaluation.ruling:
            case Ruling.NO_GO:
                counts = below and outcome.triggered is Truth.TRUE
            case Ruling.INCONCLUSIVE:
                counts = below and outcome.triggered is Truth.UNKNOWN
            case _:
                counts = outcome.applies is Truth.TRUE and verdicts == {Verdict.KEPT}
        if counts:
            found.update(dict.fromkeys(outcome.rule.clauses))
            for judged in outcome.requirements:
                if judged.verdict is telling:
                    found.update(dict.fromkeys(judged.requirement.clauses))
    return tuple(found)


def _gaps(
    case: Case,
    terms: DraftTerms,
    evaluation: Evaluation,
    explained: tuple[_Explained, ...],
) -> tuple[str, ...]:
    """Return what is missing for a go beyond the requirements themselves."""
    rulebook = case.rulebook
    gaps = [gap for gap in (date_gap(rulebook, terms.drafted_at),) if gap]
    if terms.deployment.value not in rulebook.deployments:
        gaps.append(f"a framework that covers deployment `{terms.deployment.value}`")
    if not any(entry.rule.applies is Truth.TRUE for entry in explained):
        gaps.append(f"a rule of `{rulebook.id}` that requires evidence of this deployment")
    gaps += [
        _unsettled(outcome, case, terms.questions)
        for outcome in evaluation.rules
        if outcome.applies is Truth.UNKNOWN and outcome.triggered is Truth.UNKNOWN
    ]
    return tuple(gaps)


def _unsettled(outcome: RuleOutcome, case: Case, questions: tuple[SequentialFinding, ...]) -> str:
    """Say what would settle whether a rule applies: facts, findings, or what blocks one."""
    when = outcome.rule.when
    reasons = () if when is None else explain(when, case, questions, wanted=False)
    needed = joined(one.missing for one in reasons if one.reached is Truth.UNKNOWN)
    settled = f"what settles whether rule `{outcome.rule.id}` applies"
    return f"{settled}: {needed}" if needed else settled


def _nearest(ruling: Ruling, explained: tuple[_Explained, ...], gaps: tuple[str, ...]) -> str:
    """Return the nearest change that would turn the ruling: one for a go, all needed for others."""
    if ruling is Ruling.GO:
        margins = [
            (reason.cost, f"{entry.result.title}: {reason.flip}")
            for entry in explained
            for reason in entry.reasons
            if reason.flip
        ]
        return min(margins, default=(1.0, ""))[1]
    needed = [
        f"{entry.result.title}: {told}" if told else entry.result.title
        for entry in explained
        if entry.result.verdict != "kept"
        for told in (entry.result.flip or entry.result.missing,)
    ]
    return joined(iter([*needed, *gaps]))
