"""From a draft to a report and a bundle that strangers verify."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shipworthy import __version__
from shipworthy.app.decisions import (
    Drafted,
    attest_draft,
    collect_live,
    collect_sign_offs,
    elsewhere_of,
    role_keys,
    standing_under,
)
from shipworthy.app.decisions.deployed import live_records, shown_watches
from shipworthy.app.foresight import risk_map
from shipworthy.app.preparation import Design
from shipworthy.app.registration import (
    OpenCampaign,
    Registry,
    answer_keys,
    control_files,
    locked,
    published_live,
    signed_files,
)
from shipworthy.app.registration.watches import believed_watches, watch_files
from shipworthy.evidence import (
    RUNNER,
    BundleContent,
    ListedKey,
    canary_files,
    export_bundle,
    list_key,
    queue_in,
    reading_files,
    report_statement,
)
from shipworthy.kernel import Digest
from shipworthy.records import CalibrationCard, RunStarted, Scenario
from shipworthy.stages.deciding import SignOffState
from shipworthy.stages.evaluating import Aggregate, attacked_scenarios, used_scenarios
from shipworthy.stages.reporting import (
    BY_LANGUAGE,
    AttackCell,
    ClauseEntry,
    IgnoredSignOff,
    LanguageCell,
    LiveRecords,
    NewBreach,
    ReportInput,
    ScenarioEntry,
    SubmissionHistory,
    TrialCounts,
    agent_cells,
    attack_limits,
    build_report,
    human_baselines,
    language_cells,
    refuse_impossible_statistics,
    render_html,
    render_json,
)
from shipworthy.vocabulary import Arm, Rate


@dataclass(frozen=True, slots=True)
class Published:
    """Where the bundle is, how the decision stands, and the key to pin."""

    bundle: Path
    standing: SignOffState
    fingerprint: str

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.bundle / "report.html"


def publish(drafted: Drafted) -> Published:
    """Build the report and replace the bundle; everything it is made from stays as it is."""
    campaign = drafted.campaign
    with locked(campaign.folder):
        attest_draft(drafted)
        signed = collect_sign_offs(campaign, drafted.design.file)
        state = standing_under(drafted, signed)
        registry, files = signed_files(campaign.folder.project, campaign.signer)
        reports = _render(drafted, state, registry)
        campaign.attest(report_statement(campaign.plan_digest, reports, campaign.now()))
        campaign.ledger.checkpoint(campaign.signer)
        # those over earlier drafts and those that were replaced are history: all are published
        content = _content(drafted, reports, [entry.envelope for entry in signed], files)
        _replace(campaign, content)
    return Published(campaign.folder.bundle, state, campaign.signer.key_id)


def _render(drafted: Drafted, state: SignOffState, registry: Registry) -> dict[str, bytes]:
    report = report_input(drafted, state, registry)
    refuse_impossible_statistics(report, str(drafted.campaign.folder.path))
    document = build_report(report)
    return {"report.html": render_html(document), "report.json": render_json(document)}


def report_input(drafted: Drafted, state: SignOffState, registry: Registry) -> ReportInput:
    """Gather what a report says from the records."""
    campaign, counts = drafted.campaign, drafted.counts
    return ReportInput(
        plan=campaign.plan,
        rulebook=drafted.design.rulebook,
        facts=drafted.design.file.assessment.facts,
        findings=drafted.findings.findings,
        paired=drafted.findings.paired,
        sequential=drafted.findings.sequential,
        stacks=drafted.findings.stacks,
        contrasts=drafted.findings.contrasts,
        suspicions=drafted.findings.suspicions,
        efforts=drafted.findings.efforts,
        balances=drafted.findings.balances,
        agents=agent_cells(counts.agents),
        humans=human_baselines(campaign.plan.items, _planned_scenarios(drafted)),
        decision=drafted.decision,
        standing=state.standing.value,
        cards=_cards(drafted),
        risks=risk_map(drafted.design, drafted.decision.drafted_at),
        canaries=tuple(found for _, found in sorted(drafted.counted.canaries.items())),
        trials=trial_counts(counts),
        cells=attack_cells(counts),
        attacks=attack_limits(counts.cells, campaign.plan),
        languages=counts_by_language(drafted),
        newly_breached=new_breaches(counts),
        scenarios=tuple(
            ScenarioEntry(id=one.id, domain=one.domain, title=one.title, source=one.source)
            for one in _planned_scenarios(drafted)
        ),
        signoffs=state.counted,
        ignored_signoffs=tuple(
            IgnoredSignOff(sign_off=entry.sign_off, reason=entry.reason) for entry in state.ignored
        ),
        clauses=tuple(
            ClauseEntry(id=clause.id, source=clause.source, paraphrase=clause.paraphrase)
            for clause in drafted.design.document.clauses
        ),
        limitations=drafted.design.file.assessment.assessment.limitations,
        generator=f"shipworthy {__version__}",
        generated_at=drafted.decision.drafted_at,
        fingerprints={"runner": campaign.signer.key_id},
        commands=(f"shipworthy-verify BUNDLE --key {campaign.signer.key_id}",),
        history=submission_history(drafted.design, campaign.plan_digest, registry),
        controls=drafted.counted.controls,
        live=_live(drafted, state),
        runs=sum(isinstance(entry, RunStarted) for entry in campaign.ledger.entries()),
    )


def _live(drafted: Drafted, state: SignOffState) -> LiveRecords:
    """Gather what was said of the deployment, and what came of sealed probes."""
    campaign = drafted.campaign
    found = live_records(
        collect_live(campaign, drafted.design.file),
        state,
        campaign.now(),
        str(campaign.folder.live),
        elsewhere_of(campaign),
    )
    watches = tuple(shown_watches(believed_watches(campaign)))
    return msgspec.structs.replace(found, watches=watches)


def submission_history(design: Design, plan: Digest, registry: Registry) -> SubmissionHistory:
    """Return what the registry says of a campaign and its question."""
    attacked = attacked_scenarios(design.items, design.scenarios).values()
    return SubmissionHistory(
        earlier=registry.before(plan),
        later=len(registry.after(plan)),
        reused=len(used_scenarios(attacked, registry.before(plan))),
        elsewhere=len(used_scenarios(attacked, registry.elsewhere(plan))),
    )


def trial_counts(counts: Aggregate) -> TrialCounts:
    """Return what the report says of all trials together."""
    return TrialCounts(
        count=counts.trials,
        prompt_tokens=counts.prompt_tokens,
        completion_tokens=counts.completion_tokens,
        at_length=counts.at_length,
    )


def new_breaches(counts: Aggregate) -> tuple[NewBreach, ...]:
    """Return the items that held bare and were breached behind the safeguards."""
    return tuple(
        NewBreach(arm=Arm.SAFEGUARDED, domain=domain, scenario=scenario, attack=attack)
        for domain, scenario, attack in sorted(counts.items.newly_breached)
    )


def attack_cells(counts: Aggregate) -> tuple[AttackCell, ...]:
    """Return the counts of every arm, domain and attack."""
    return tuple(
        AttackCell(
            arm=Arm(arm),
            domain=domain,
            attack=attack,
            rate=Rate(successes=row[0], attempts=row[1], unassessed=row[2]),
        )
        for (arm, domain, attack), row in sorted(counts.cells.items())
    )


def counts_by_language(drafted: Drafted) -> tuple[LanguageCell, ...]:
    """Return the counts of every finding by the language of the scenarios."""
    plan = drafted.campaign.plan
    rows = {
        key.id: tally.clusters
        for key, tally in drafted.counts.tallies.items()
        if key.metric in BY_LANGUAGE
    }
    spoken = {one.id: one.language for one in _planned_scenarios(drafted)}
    named = {name: tag for name, tag in spoken.items() if isinstance(tag, str)}
    early = {
        key.id
        for key in drafted.counts.tallies
        if key.metric == "asr" and key.domain in plan.sequential_domains
    }
    return language_cells(rows, named, plan.gate_alpha, early)


def _cards(drafted: Drafted) -> tuple[CalibrationCard, ...]:
    return tuple(
        card
        for name, card in sorted(drafted.design.cards.items())
        if name in drafted.campaign.plan.judges
    )


def _planned_scenarios(drafted: Drafted) -> list[Scenario]:
    planned = {item.scenario for item in drafted.campaign.plan.items}
    return [one for one in drafted.design.scenarios.values() if one.id in planned]


def _content(
    drafted: Drafted,
    reports: dict[str, bytes],
    sign_offs: list[bytes],
    registry: Mapping[str, bytes],
) -> BundleContent:
    campaign, design = drafted.campaign, drafted.design
    return BundleContent(
        plan=campaign.plan,
        rulebook=design.rulebook,
        facts=design.file.assessment.facts,
        assessment=design.file.source,
        cards=_cards(drafted),
        scenarios=_planned_scenarios(drafted),
        segments={path.stem: path for path in campaign.segments()},
        findings=drafted.findings,
        decision=drafted.decision,
        statements={
            kind: campaign.statement_path(kind).read_bytes()
            for kind in ("plan", "findings", "decision", "report")
        },
        sign_offs=sign_offs,
        log=campaign.folder.log,
        registry=registry,
        keys=_keys(drafted),
        reports=reports,
        reading=_reading(drafted),
        canaries=_canaries(campaign),
        controls=control_files(campaign),
        live={
            **published_live(collect_live(campaign, design.file)),
            **watch_files(believed_watches(campaign)),
        },
    )


def _canaries(campaign: OpenCampaign) -> dict[str, bytes]:
    """Return the answer keys that the plan names, and what judges said of canaries in each run."""
    folder = campaign.folder.canaries
    segments = {path.stem: folder / path.name for path in campaign.segments()}
    return canary_files(answer_keys(campaign), segments)


def _reading(drafted: Drafted) -> dict[str, bytes]:
    """Return the queue that the log registers and the labels that the draft rests on."""
    queue = drafted.counted.queue
    if queue is None or queue_in(drafted.campaign.ledger.entries()) is None:
        return {}
    return reading_files(queue.header, queue.items, drafted.counted.labels)


def _keys(drafted: Drafted) -> dict[str, ListedKey]:
    campaign, file = drafted.campaign, drafted.design.file
    keys = {"runner": list_key(campaign.signer.public, RUNNER, (RUNNER,))}
    for role, public in role_keys(file).items():
        keys[role] = list_key(public, file.assessment.roles[role].person, (role,))
    return keys


def _replace(campaign: OpenCampaign, content: BundleContent) -> None:
    """Export beside the old bundle, then swap: a reader never meets half a bundle."""
    final = campaign.folder.bundle
    fresh = final.with_name("bundle.new")
    old = final.with_name("bundle.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    export_bundle(content, campaign.signer, fresh, campaign.now())
    if final.exists():
        final.rename(old)
    fresh.rename(final)
    shutil.rmtree(old, ignore_errors=True)
