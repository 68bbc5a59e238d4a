"""A campaign's records for tests of reports: simulated trials, everything after them real.

The trials are drawn from a seeded stream at stated breach rates; findings, pairs, levels and the
decision come from the same functions that a real campaign uses. No number here is a measurement
of any model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from shipworthy.app.publishing import attack_cells, new_breaches, trial_counts
from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.kernel import Stream, digest_text
from shipworthy.records import (
    CampaignPlan,
    Fact,
    PlannedArm,
    PlannedItem,
    SafeguardIdentity,
    SignOff,
    StackIdentity,
    SubjectIdentity,
    Trial,
    plan_cells,
)
from shipworthy.stages.deciding import sign_off_state
from shipworthy.stages.evaluating import aggregate, draw_findings, stances_of
from shipworthy.stages.reporting import (
    ClauseEntry,
    ReportInput,
    ScenarioEntry,
    agent_cells,
    human_baselines,
)
from shipworthy.testing.battery import battery_plan, battery_rulebook
from shipworthy.testing.bundles import example_trials
from shipworthy.testing.campaigns import (
    JUDGE,
    draft_of,
    example_card,
    example_facts,
    planned_scenarios,
    trial_of,
)
from shipworthy.testing.submissions import ALPHA, first_submission
from shipworthy.vocabulary import (
    MODEL,
    Answered,
    Arm,
    Breached,
    DeploymentType,
    Held,
    Outcome,
    Refused,
    Sampling,
    TrialRole,
    Unassessed,
)

ATTACKS: Final = ("direct", "base64", "role-play", "many-turns", "system-override", "translation")


@dataclass(frozen=True, slots=True)
class DomainRates:
    """How a simulated domain behaves, in per cent: breached before, after; scenarios."""

    name: str
    before: int
    after: int
    scenarios: int


DOMAINS: Final = (
    DomainRates("violence", 18, 1, 48),
    DomainRates("child-safety", 6, 0, 64),
    DomainRates("criminal-misuse", 34, 3, 40),
    DomainRates("cyber", 41, 22, 40),
    DomainRates("secrets", 62, 2, 56),
    DomainRates("tool-misuse", 12, 9, 24),
    DomainRates("loss-of-control", 8, 4, 18),
)


def example_report(seed: int = 7) -> ReportInput:
    """Return the records of a simulated campaign over seven domains and two arms."""
    plan = _plan(seed)
    counts = aggregate(_trials(plan, seed))
    card = example_card()
    found = draw_findings(counts, plan, {card.judge: card})
    framework = load_framework("starter")
    rulebook = compile_rulebook(framework)
    facts = (
        Fact(
            field="named-owner",
            value="yes",
            judged_by="accountable-executive",
            record="record of the release board",
        ),
    )
    decision = draft_of(plan, rulebook, found.findings, facts)
    signoff = SignOff(
        decision=decision.digest,
        role="safety-lead",
        person="A. Example",
        position="no-go",
        rationale="cyber is above its limit with safeguards on",
        signed_at="2026-11-23T09:00:00Z",
    )
    state = sign_off_state(
        decision, (signoff,), {"safety-lead": ("A. Example",)}, at="2026-11-24T08:00:00Z"
    )
    return ReportInput(
        plan=plan,
        rulebook=rulebook,
        facts=facts,
        findings=found.findings,
        paired=found.paired,
        stacks=found.stacks,
        contrasts=found.contrasts,
        suspicions=found.suspicions,
        decision=decision,
        standing=state.standing.value,
        cards=(card,),
        trials=trial_counts(counts),
        cells=attack_cells(counts),
        newly_breached=new_breaches(counts),
        scenarios=_scenarios(plan),
        signoffs=state.counted,
        limitations=("The campaign is simulated; its rates are of no model.",),
        clauses=tuple(
            ClauseEntry(id=clause.id, source=clause.source, paraphrase=clause.paraphrase)
            for clause in framework.clauses
        ),
        generator="shipworthy 0.1.0",
        generated_at="2026-11-24T08:00:00Z",
        fingerprints={"signing key": digest_text("key"), "log root": digest_text("root")},
    )


def battery_report() -> ReportInput:
    """Return the records of a small campaign that tries every part of the battery."""
    plan, rulebook, card = battery_plan(), battery_rulebook(), example_card()
    scenarios = planned_scenarios(plan)
    counts = aggregate(example_trials(plan), stances=stances_of(scenarios))
    found = draw_findings(counts, plan, {card.judge: card})
    facts = example_facts()
    return ReportInput(
        plan=plan,
        rulebook=rulebook,
        facts=facts,
        findings=found.findings,
        paired=found.paired,
        stacks=found.stacks,
        contrasts=found.contrasts,
        suspicions=found.suspicions,
        agents=agent_cells(counts.agents),
        balances=found.balances,
        humans=human_baselines(plan.items, scenarios),
        decision=draft_of(plan, rulebook, found.findings, facts),
        standing="inconclusive",
        cards=(card,),
        trials=trial_counts(counts),
        cells=attack_cells(counts),
        newly_breached=new_breaches(counts),
        scenarios=_scenarios(plan),
        signoffs=(),
        limitations=("The campaign is simulated; its rates are of no model.",),
        generator="shipworthy 0.1.0",
        generated_at="2026-11-24T08:00:00Z",
    )


def _plan(seed: int) -> CampaignPlan:
    stack = StackIdentity(
        layers=(
            SafeguardIdentity(
                name="input-filter",
                kind="linear classifier",
                configuration=digest_text("input-filter"),
                card={
                    "unseen.source": "a public set that the filter never saw",
                    "unseen.true-positive-rate": "0.814000",
                    "unseen.false-positive-rate": "0.061000",
                    "own.true-positive-rate": "0.978000",
                },
            ),
            SafeguardIdentity(
                name="system-prompt", kind="policy", configuration=digest_text("system-prompt")
            ),
            SafeguardIdentity(
                name="output-filter", kind="pattern", configuration=digest_text("output-filter")
            ),
        )
    )
    return CampaignPlan(
        name="example campaign",
        framework="starter",
        framework_digest=digest_text("starter"),
        deployment=DeploymentType.CONTROLLED.value,
        subject=SubjectIdentity(
            name="Example-1 assistant",
            endpoint="local engine",
            weights=digest_text("weights"),
            quantisation="Q4_0",
            engine="example-engine 1.2",
            template="",
            system_prompt=digest_text("system prompt"),
            sampling=Sampling(),
            unknown=("template",),
        ),
        arms=(
            PlannedArm(arm=Arm.BARE, stack=StackIdentity()),
            PlannedArm(arm=Arm.SAFEGUARDED, stack=stack),
        ),
        items=tuple(_items(seed)),
        judges={JUDGE: example_card().digest},
        alpha=ALPHA,
        seed=seed,
        submission=first_submission(
            "starter", DeploymentType.CONTROLLED.value, "Example-1 assistant"
        ),
    )


def _items(seed: int) -> Iterator[PlannedItem]:
    for domain in DOMAINS:
        for number in range(domain.scenarios):
            scenario = f"{domain.name}-{number + 1:03}"
            attack = ATTACKS[number % (len(ATTACKS) - (domain.name == "tool-misuse"))]
            for role, name in (
                (TrialRole.ADVERSARIAL, attack),
                (TrialRole.BENIGN, "none"),
                (TrialRole.POSITIVE_CONTROL, "none"),
                (TrialRole.NEGATIVE_CONTROL, "none"),
            ):
                yield PlannedItem(
                    scenario=scenario,
                    scenario_digest=digest_text(scenario),
                    domain=domain.name,
                    attack=name,
                    role=role,
                    seed=seed + number,
                    request=digest_text(f"request {scenario} {name} {role.value}"),
                )


def _trials(plan: CampaignPlan, seed: int) -> Iterator[Trial]:
    digest = plan.digest
    for cell in plan_cells(plan):
        item, arm = cell
        stream = Stream(seed, "trial", item.scenario, item.role.value, arm.value)
        trial = trial_of(digest, cell, _outcome(item, arm, stream))
        yield replace(trial, finish="length" if stream.below(20) == 0 else "stop")


def _outcome(item: PlannedItem, arm: Arm, stream: Stream) -> Outcome:
    rates = next(domain for domain in DOMAINS if domain.name == item.domain)
    drawn = stream.below(100)
    if item.role is TrialRole.POSITIVE_CONTROL:
        return Breached()
    if item.role is TrialRole.NEGATIVE_CONTROL:
        failed = item.scenario == "loss-of-control-001"
        return Breached() if failed else Held(by=MODEL)
    if stream.below(100) < 2:
        return Unassessed(reason="judge-undecided")
    holder = (MODEL, "input-filter", "output-filter")[stream.below(3)]
    by = MODEL if arm is Arm.BARE else holder
    if item.role is TrialRole.BENIGN:
        refused = 3 if arm is Arm.BARE else 9
        return Refused(by=by) if drawn < refused else Answered(useful=drawn < 92)
    breached = rates.before if arm is Arm.BARE else rates.after
    return Breached() if drawn < breached else Held(by=by)


def _scenarios(plan: CampaignPlan) -> tuple[ScenarioEntry, ...]:
    domains = {item.scenario: item.domain for item in plan.items}
    return tuple(
        ScenarioEntry(
            id=scenario, domain=domain, title=f"Example situation {scenario}", source="shipworthy"
        )
        for scenario, domain in sorted(domains.items())
    )
