"""What a campaign is and what it can show, before anything runs: nothing is sent or written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from shipworthy.app.preparation import GATE, Design
from shipworthy.frameworks import Case
from shipworthy.kernel import Clock, digest_text, timestamp
from shipworthy.records import (
    Decision,
    Finding,
    LevelField,
    QuantityField,
    RateField,
    Rule,
    Submission,
    plan_cells,
)
from shipworthy.stages.deciding import DraftTerms, admit, decide
from shipworthy.stages.evaluating import FindingTerms, Objections, Stopping
from shipworthy.stages.evaluating.prospects import (
    PlannedRate,
    Prospect,
    RateGoal,
    clean_finding,
    early_decision,
    early_prospect,
    prospect,
    rate_goals,
    working_controls,
)
from shipworthy.stages.reporting import Recorded, RecordFinding, lint_records
from shipworthy.vocabulary import TrialRole, Truth, Verdict

_NOBODY: Final = digest_text("supposed outcomes of a plan that was not run")
"""Stands where a draft names the evidence: supposed findings are of no campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSize:
    """Counts of a plan. `requests` are those that can reach the target, repeats not counted."""

    scenarios: Mapping[str, int]
    """Distinct scenarios under attack, by domain."""
    attempts: int
    """Attacks on each scenario in each arm."""
    arms: tuple[str, ...]
    adversarial: int
    benign: int
    beside: Mapping[str, int]
    """Trials of tasks, agents, mirrored pairs and dressed scenarios, by role."""
    controls: int
    trials: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A goal, and what the plan can show about it; nothing when it measures no such rate."""

    goal: RateGoal
    prospect: Prospect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A requirement, or a rule that must stay off, that rests on measured rates.

    `clean` is its verdict in a run in which nothing goes wrong, with the facts of the assessment;
    for a rule, `kept` when it stays off. Nothing for a requirement of a rule that applies in no
    clean run. `why` says what stands against it.
    """

    id: str
    title: str
    clauses: tuple[str, ...]
    clean: Verdict | None
    why: str
    outlooks: tuple[Outlook, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """A fact that is asked for and not stated; `asked_by` are ids of requirements or rules."""

    field: str
    judged_by: str
    asked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """Everything that a plan promises.

    `clean` is the draft of a run in which nothing goes wrong. `facts` would leave that draft
    inconclusive. `facts_if` would be needed only if the measurement makes further rules apply.
    """

    size: CampaignSize
    clean: Decision
    questions: tuple[Question, ...]
    facts: tuple[MissingFact, ...]
    facts_if: tuple[MissingFact, ...]
    roles: tuple[str, ...]
    """Roles whose signature a go needs and for which the assessment names nobody."""
    alpha: str
    """Level of all submissions of the question together."""
    alpha_accepted: str
    submission: Submission
    opposed: Objections
    """What earlier submissions of the question leave against the findings."""
    stops_early: bool
    statistics: tuple[RecordFinding, ...]
    """What the lint of statistics finds in the plan and the framework."""

    @property
    def promising(self) -> bool:
        """Whether a clean run keeps every requirement and its draft is a go."""
        verdicts = {result.verdict for result in self.clean.requirements}
        return self.clean.ruling == "go" and verdicts <= {"kept"}


def foresee(design: Design, clock: Clock) -> Foresight:
    """Work out what the plan can show; the facts of the assessment are taken as stated.

    Raises:
        Problem: `gate-undefined` for a framework without a gate for deployment.
    """
    rates = design.tried.rates()
    alpha = design.file.assessment.campaign.alpha
    level, opposed = design.submission.alpha, design.opposed
    terms = FindingTerms(
        _NOBODY,
        level,
        design.cards,
        working_controls(rates),
        reading=design.reading,
        opposed=opposed,
    )
    expected = _clean_findings(design, rates, terms)
    clean = _clean_draft(design, expected.values(), clock)
    before = _case(design, ())
    after = _case(design, expected.values())
    return Foresight(
        size=_size(design),
        clean=clean,
        questions=tuple(
            _questions(clean, before, after, _Prospects(design, rates, terms, expected))
        ),
        facts=_missing_facts(clean, after),
        facts_if=_facts_if(before, after),
        roles=tuple(
            role for role in design.rulebook.roles if role not in design.file.assessment.roles
        ),
        alpha=alpha,
        alpha_accepted=design.rulebook.alpha,
        submission=design.submission,
        opposed=opposed,
        stops_early=bool(design.stopping),
        statistics=lint_records(
            Recorded(
                rulebook=design.rulebook,
                gate=GATE,
                alpha=alpha,
                levels=tuple(dict.fromkeys((alpha, level))),
                items=design.items,
                facts=design.file.assessment.facts,
            )
        ),
    )


class _Prospects:
    """Prospects of goals, each worked out once. `clean` are the findings of a clean run, by id."""

    def __init__(
        self,
        design: Design,
        rates: Mapping[str, PlannedRate],
        terms: FindingTerms,
        clean: Mapping[str, Finding],
    ) -> None:
        self._rates = rates
        self._terms = terms
        self._clean = clean
        self._questions = {
            (question.finding, Fraction(question.limit)): question for question in design.stopping
        }
        self._known: dict[tuple[object, ...], Outlook] = {}

    def outlook(self, goal: RateGoal) -> Outlook:
        key = (goal.atom, goal.wanted)
        if key not in self._known:
            rate = self._rates.get(goal.field.finding)
            found = None if rate is None else self._prospect(goal, rate)
            self._known[key] = Outlook(goal=goal, prospect=found)
        return self._known[key]

    def _prospect(self, goal: RateGoal, rate: PlannedRate) -> Prospect:
        question = None
        if goal.limit is not None and goal.small and goal.atom.bound != "point":
            question = self._questions.get((rate.id, goal.limit))
        if question is None:
            return prospect(goal, rate, self._terms)
        early = early_decision(question, rate, self._terms.cards)
        return early_prospect(goal, rate, self._terms, (early, self._clean[rate.id]))


def _clean_findings(
    design: Design, rates: Mapping[str, PlannedRate], terms: FindingTerms
) -> dict[str, Finding]:
    """Return the findings of a run in which nothing goes wrong, by id."""
    stopping = None
    if design.stopping:
        stopping = Stopping(design)
        stopping.suppose_clean()
    return {name: clean_finding(rate, terms, stopping) for name, rate in rates.items()}


def _size(design: Design) -> CampaignSize:
    attacked = defaultdict(set)
    for item in design.items:
        if item.role is TrialRole.ADVERSARIAL:
            attacked[item.domain].add(item.scenario)
    trials: Counter[TrialRole] = Counter(item.role for item, _ in plan_cells(design))
    controls = sum(count for role, count in trials.items() if role.is_control)
    known = {TrialRole.ADVERSARIAL, TrialRole.BENIGN}
    return CampaignSize(
        scenarios={domain: len(members) for domain, members in sorted(attacked.items())},
        attempts=design.file.assessment.campaign.attacks_per_scenario,
        arms=tuple(arm.arm.value for arm in design.arms),
        adversarial=trials[TrialRole.ADVERSARIAL],
        benign=trials[TrialRole.BENIGN],
        beside={
            role.value: trials[role]
            for role in TrialRole
            if trials[role] and not role.is_control and role not in known
        },
        controls=controls,
        trials=trials.total(),
        requests=trials.total() - controls,
    )


def _clean_draft(design: Design, expected: Iterable[Finding], clock: Clock) -> Decision:
    header, now = design.file.assessment.assessment, clock.now()
    return decide(
        design.rulebook,
        expected,
        design.file.assessment.facts,
        DraftTerms(
            subject=_NOBODY,
            plan=_NOBODY,
            deployment=header.deployment,
            gate=GATE,
            drafted_at=timestamp(now),
            expires_at=timestamp(now + timedelta(days=header.expires_days)),
        ),
    )


def _case(design: Design, findings: Iterable[Finding]) -> Case:
    assessment = design.file.assessment
    deployment = assessment.assessment.deployment
    evidence = admit(design.rulebook, findings, assessment.facts, _NOBODY, deployment)
    return Case(design.rulebook, evidence)


def _gate_rules(case: Case) -> Iterator[Rule]:
    return (rule for rule in case.rulebook.rules if rule.gate == GATE)


def _questions(
    clean: Decision, before: Case, after: Case, prospects: _Prospects
) -> Iterator[Question]:
    """Yield the requirements of rules that may apply, then the rules that must stay off."""
    results = {(one.rule, one.requirement): one for one in clean.requirements}
    asked: list[RateGoal] = []
    for rule in _gate_rules(before):
        for requirement in rule.requires if before.applies(rule.when) is not Truth.FALSE else ():
            goals = tuple(dict.fromkeys(rate_goals(requirement.condition, before)))
            result = results.get((rule.id, requirement.id))
            if not goals:
                continue
            asked += goals if result else ()
            yield Question(
                id=f"{rule.id}/{requirement.id}",
                title=requirement.title,
                clauses=requirement.clauses,
                clean=Verdict(result.verdict) if result else None,
                why=result.why if result and result.verdict != "kept" else "",
                outlooks=tuple(map(prospects.outlook, goals)),
            )
    for rule in _gate_rules(before):
        if rule.requires or rule.when is None or before.truth(rule.when) is Truth.FALSE:
            continue
        goals = tuple(
            goal
            for goal in dict.fromkeys(rate_goals(rule.when, before, wanted=False))
            if not any(goal.is_implied_by(other) for other in asked)
        )
        if goals:
            off = after.truth(rule.when) is Truth.FALSE
            yield Question(
                id=rule.id,
                title=f"rule `{rule.id}` stays off",
                clauses=rule.clauses,
                clean=Verdict.KEPT if off else Verdict.INCONCLUSIVE,
                why="" if off else "even a clean run does not rule it out",
                outlooks=tuple(map(prospects.outlook, goals)),
            )


def _missing_facts(clean: Decision, after: Case) -> tuple[MissingFact, ...]:
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for result in clean.requirements:
        if result.verdict == "inconclusive":
            for name in _unstated(result.reads, after):
                asked[name].append(f"{result.rule}/{result.requirement}")
    for rule in _gate_rules(after):
        if rule.when is not None and after.truth(rule.when) is Truth.UNKNOWN:
            for name in _unstated(after.reads(rule.when), after):
                asked[name].append(rule.id)
    return _facts(asked, after)


def _facts_if(before: Case, after: Case) -> tuple[MissingFact, ...]:
    """Return facts that are asked for only by rules which the measurement may make apply."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for rule in _gate_rules(before):
        if before.applies(rule.when) is Truth.UNKNOWN and after.applies(rule.when) is Truth.FALSE:
            for requirement in rule.requires:
                for name in _unstated(after.reads(requirement.condition), after):
                    asked[name].append(f"{rule.id}/{requirement.id}")
    return _facts(asked, after)


def _unstated(reads: tuple[str, ...], case: Case) -> Iterator[str]:
    measured = {one.finding for one in case.rulebook.fields if isinstance(one, RateField)}
    return (name for name in reads if name not in measured and name not in case.evidence.facts)


def _facts(asked: Mapping[str, list[str]], case: Case) -> tuple[MissingFact, ...]:
    found = []
    for name, askers in asked.items():
        field = case.field(name)
        judge = field.judged_by if isinstance(field, LevelField | QuantityField) else ""
        found.append(MissingFact(field=name, judged_by=judge, asked_by=tuple(askers)))
    return tuple(found)
