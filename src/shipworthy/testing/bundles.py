"""An honest evidence bundle in a second: simulated trials, everything after them real.

Two domains of twenty scenarios, two runs (the first stopped half-way), a framework of three
requirements, two people who sign. Outcomes are fixed by rule; they are of no model. With a
sequential plan, one domain ends as soon as its questions are decided.
"""

import dataclasses
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from shipworthy.app.publishing import attack_cells, new_breaches, trial_counts
from shipworthy.evidence import (
    RUNNER,
    BundleContent,
    Ledger,
    ListedKey,
    Signer,
    canary_files,
    decision_statement,
    envelope,
    export_bundle,
    findings_statement,
    list_key,
    plan_statement,
    report_statement,
    sign_off_statement,
    signer_from_seed,
)
from shipworthy.records import (
    AskedRun,
    CalibrationCard,
    CampaignPlan,
    CampaignRegistered,
    CanaryResult,
    Decision,
    Fact,
    Findings,
    PlannedItem,
    PlanRegistered,
    Rulebook,
    Scenario,
    SignOff,
    Trial,
    plan_cells,
)
from shipworthy.stages.evaluating import (
    Aggregate,
    Stopping,
    aggregate,
    canary_results,
    draw_findings,
    objections,
    stances_of,
)
from shipworthy.stages.reporting import (
    LiveRecords,
    ReportInput,
    ScenarioEntry,
    SubmissionHistory,
    agent_cells,
    attack_limits,
    build_report,
    human_baselines,
    render_html,
    render_json,
)
from shipworthy.testing.battery import battery_rulebook, judge_named
from shipworthy.testing.campaigns import (
    DRAFTED_AT,
    JUDGE,
    PEOPLE,
    draft_of,
    example_card,
    example_facts,
    example_plan,
    example_rulebook,
    planned_scenarios,
    trial_of,
)
from shipworthy.testing.canaries import example_key
from shipworthy.testing.simulated.outcomes import example_outcome
from shipworthy.testing.simulated.runs import REGISTERED_AT, simulated_run
from shipworthy.testing.submissions import another_product, example_registry
from shipworthy.vocabulary import (
    Arm,
    LayerAction,
    Usage,
)

ASSESSMENT: Final = b"""[assessment]
name = "example"

[subject]
name = "Example assistant"
"""
SIGNED_AT: Final = "2026-11-22T07:00:00Z"
IN_FLIGHT: Final = 16
"""Trials that have started but not ended at any moment of the simulated campaign."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The runner's key and those of the people, by role."""

    runner: Signer
    people: Mapping[str, Signer]


@dataclass(frozen=True, slots=True)
class ExampleBundle:
    """A bundle, the keys behind it, and a checkpoint taken after the first run."""

    folder: Path
    keys: Keys
    earlier_checkpoint: bytes


@dataclass(frozen=True, slots=True)
class _History:
    """The earlier submissions of the question, and what the judge said of canaries."""

    earlier: tuple[CampaignRegistered, ...]
    runs: tuple[AskedRun, ...]


@dataclass(frozen=True, slots=True)
class _Material:
    plan: CampaignPlan
    rulebook: Rulebook
    facts: tuple[Fact, ...]
    cards: tuple[CalibrationCard, ...]
    scenarios: tuple[Scenario, ...]
    counts: Aggregate
    found: Findings
    decision: Decision
    history: SubmissionHistory
    canaries: tuple[CanaryResult, ...]


def example_keys() -> Keys:
    """Return fixed keys, for tests alone."""
    return Keys(
        runner=signer_from_seed(b"runner".ljust(32)),
        people={role: signer_from_seed(role.encode().ljust(32)) for role in PEOPLE},
    )


def example_bundle(
    folder: Path,
    facts: tuple[Fact, ...] | None = None,
    plan: CampaignPlan | None = None,
    earlier: Sequence[CampaignRegistered] = (),
) -> ExampleBundle:
    """Run the simulated campaign in `folder` and export its bundle to `folder/bundle`.

    With its own facts the draft says `go`; with none it is `inconclusive`. `plan` may be a
    sequential one, or one that was submitted after the `earlier` entries of its question.
    """
    keys = example_keys()
    plan = example_plan() if plan is None else plan
    scenarios = {one.id: one for one in planned_scenarios(plan)}
    entries = (another_product(), *earlier)
    registry = example_registry(folder / "registry", plan, scenarios, entries, keys.runner)
    ledger = Ledger.open(folder / "log")
    ledger.append(PlanRegistered(plan=plan.digest, at=REGISTERED_AT))
    statements = {
        "plan": ledger.attest(plan_statement(plan, REGISTERED_AT), keys.runner, DRAFTED_AT)
    }
    trials = example_trials(plan)
    half = len(trials) // 2
    runs = [simulated_run(ledger, folder, plan, (trials[:half], "stopped"))]
    after_first_run = ledger.checkpoint(keys.runner)
    runs.append(simulated_run(ledger, folder, plan, (trials[half:], "completed")))
    stated = example_facts() if facts is None else facts
    material = _draft(plan, trials, stated, _History(tuple(earlier), tuple(runs)))
    found, decision = material.found, material.decision
    for statement in (
        findings_statement(plan.digest, found, DRAFTED_AT),
        decision_statement(decision, material.rulebook, material.facts, DRAFTED_AT),
    ):
        statements[statement.kind] = ledger.attest(statement, keys.runner, DRAFTED_AT)
    sign_offs = _sign_offs(ledger, decision, keys)
    reports = _reports(material)
    statement = report_statement(plan.digest, reports, SIGNED_AT)
    statements["report"] = ledger.attest(statement, keys.runner, SIGNED_AT)
    ledger.checkpoint(keys.runner)
    content = BundleContent(
        plan=plan,
        rulebook=material.rulebook,
        facts=material.facts,
        assessment=ASSESSMENT,
        cards=material.cards,
        scenarios=material.scenarios,
        segments=_segments(folder / "trials"),
        findings=found,
        decision=decision,
        statements=statements,
        sign_offs=sign_offs,
        log=ledger.folder,
        registry=registry,
        keys=_listed(keys),
        reports=reports,
        canaries=canary_files({JUDGE: example_key(JUDGE)}, _segments(folder / "canaries")),
    )
    export_bundle(content, keys.runner, folder / "bundle", SIGNED_AT)
    return ExampleBundle(folder / "bundle", keys, after_first_run)


def _segments(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by the run that each is of."""
    return {path.stem: path for path in sorted(folder.glob("run-*.jsonl"))}


def _sign_offs(ledger: Ledger, decision: Decision, keys: Keys) -> list[bytes]:
    sign_offs = [sign(decision, role, keys.people[role]) for role in PEOPLE]
    for signed in sign_offs:
        ledger.register(signed, "sign-off", SIGNED_AT)
    return sign_offs


def _listed(keys: Keys) -> dict[str, ListedKey]:
    people = {
        role: list_key(keys.people[role].public, person, (role,)) for role, person in PEOPLE.items()
    }
    return {RUNNER: list_key(keys.runner.public, RUNNER, (RUNNER,)), **people}


def sign(decision: Decision, role: str, signer: Signer, position: str = "go") -> bytes:
    """Return a person's envelope over a draft."""
    return envelope(
        sign_off_statement(
            SignOff(
                decision=decision.digest,
                role=role,
                person=PEOPLE[role],
                position="go" if position == "go" else "no-go",
                rationale="read the report and the limitations",
                signed_at=SIGNED_AT,
            )
        ),
        signer,
    )


def example_trials(plan: CampaignPlan) -> list[Trial]:
    """Return the trials of a campaign: mostly breached bare, mostly held under safeguards.

    Every cell is tried that is due when its turn comes. A few are in flight by the time that their
    arm ends.
    """
    digest, stopping = plan.digest, Stopping(plan)
    started: deque[Trial] = deque()
    ended: list[Trial] = []
    for number, cell in enumerate(plan_cells(plan)):
        if stopping.is_due(*cell):
            started.append(_trial(digest, number, cell))
        if len(started) > IN_FLIGHT:
            ended.append(started.popleft())
            stopping.take(ended[-1])
    return [*ended, *started]


def _trial(plan: str, number: int, cell: tuple[PlannedItem, Arm]) -> Trial:
    item, arm = cell
    trial = trial_of(plan, cell, example_outcome(item, arm))
    return replace(
        trial,
        judge=trial.judge and judge_named(item.role),
        suspects_test=item.attack == "base64" and item.scenario.endswith("9"),
        finish="length" if number % 11 == 0 else "stop",
        layers=() if arm is Arm.BARE else (LayerAction(layer="input-filter", action="passed"),),
        usage=Usage(prompt_tokens=100 + number, completion_tokens=20, latency_ms=300),
    )


def _draft(
    plan: CampaignPlan,
    trials: Sequence[Trial],
    facts: tuple[Fact, ...],
    past: _History,
) -> _Material:
    card, rulebook = example_card(), _rulebook_of(plan)
    scenarios = planned_scenarios(plan)
    by_id = {one.id: one for one in scenarios}
    canaries = canary_results(plan, {JUDGE: example_key(JUDGE)}, past.runs)
    opposed = dataclasses.replace(
        objections(plan.items, by_id, past.earlier),
        judges={judge: found.objections for judge, found in canaries.items()},
    )
    stopping = Stopping.after(plan, trials)
    counts = aggregate(trials, stopping.counts, stances_of(scenarios))
    found = draw_findings(counts, plan, {card.judge: card}, stopping, opposed=opposed)
    decision = draft_of(plan, rulebook, found.findings, facts)
    history = SubmissionHistory(
        earlier=past.earlier, reused=sum(tried for tried, _ in opposed.reused.values())
    )
    return _Material(
        plan=plan,
        rulebook=rulebook,
        facts=facts,
        cards=(card,),
        scenarios=scenarios,
        counts=counts,
        found=found,
        decision=decision,
        history=history,
        canaries=tuple(canaries.values()),
    )


def _rulebook_of(plan: CampaignPlan) -> Rulebook:
    """Return the framework that a plan names by its digest."""
    known = (example_rulebook(), battery_rulebook())
    return next(one for one in known if one.digest == plan.framework_digest)


def _meanwhile(decision: Decision) -> str:
    """Return what may rest on a decision that everybody signed and nothing has re-opened."""
    return decision.deployment if decision.ruling == "go" else "nothing"


def _reports(material: _Material) -> dict[str, bytes]:
    counts = material.counts
    document = build_report(
        ReportInput(
            plan=material.plan,
            rulebook=material.rulebook,
            facts=material.facts,
            findings=material.found.findings,
            paired=material.found.paired,
            sequential=material.found.sequential,
            stacks=material.found.stacks,
            contrasts=material.found.contrasts,
            suspicions=material.found.suspicions,
            efforts=material.found.efforts,
            balances=material.found.balances,
            agents=agent_cells(counts.agents),
            humans=human_baselines(material.plan.items, material.scenarios),
            decision=material.decision,
            standing="go" if material.decision.ruling == "go" else "inconclusive",
            cards=material.cards,
            trials=trial_counts(counts),
            cells=attack_cells(counts),
            attacks=attack_limits(counts.cells, material.plan),
            newly_breached=new_breaches(counts),
            scenarios=tuple(
                ScenarioEntry(
                    id=scenario.id,
                    domain=scenario.domain,
                    title=scenario.title,
                    source=scenario.source,
                )
                for scenario in material.scenarios
            ),
            signoffs=(),
            limitations=("The trials are simulated.",),
            generator="shipworthy",
            generated_at=SIGNED_AT,
            history=material.history,
            canaries=material.canaries,
            live=LiveRecords(meanwhile=_meanwhile(material.decision)),
        )
    )
    return {"report.html": render_html(document), "report.json": render_json(document)}
