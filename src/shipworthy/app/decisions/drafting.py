"""Drafting decisions from what was counted; drafts on disk; what a draft says of live evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from shipworthy.app.preparation import GATE, Design
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import (
    OpenCampaign,
    count_canaries,
    tested_controls,
)
from shipworthy.app.registration.watches import believed_watches
from shipworthy.evidence import (
    decision_statement,
    findings_statement,
    write_atomically,
)
from shipworthy.kernel import (
    Digest,
    ExitCode,
    Location,
    Problem,
    canonical_bytes,
    read_record,
    timestamp,
)
from shipworthy.records import (
    CanaryResult,
    Decision,
    Findings,
    Label,
    LiveTerms,
)
from shipworthy.records.risks.controls import ControlEvaluation
from shipworthy.stages.deciding import (
    DraftTerms,
    LiveEvidence,
    decide,
)
from shipworthy.stages.evaluating import Aggregate, Stopping, aggregate, draw_findings, stances_of
from shipworthy.stages.evaluating.findings import with_controls
from shipworthy.stages.evaluating.labelling import RegisteredQueue, registered_queue


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft and everything it was computed from."""

    campaign: OpenCampaign
    design: Design
    decision: Decision
    counted: "Counted"

    @property
    def findings(self) -> Findings:
        """What the campaign measured."""
        return self.counted.findings

    @property
    def counts(self) -> Aggregate:
        """Everything that was counted."""
        return self.counted.counts


def draft(campaign: OpenCampaign, design: Design, *, answering: bool = False) -> Drafted:
    """Count every trial on disk, draw the findings and draft the decision.

    The draft is signed by the runner as evidence of what was computed, never as a decision. The
    same evidence gives the same draft, except for its dates; an existing draft that still says
    the same is kept, so that signatures over it stay valid. What has re-opened a decision is
    named, to be answered by those who sign, only where `answering` says so: a person means it.

    Raises:
        Problem: `campaign-incomplete` (environment) while cells of the plan have no trial;
            `canary-altered` (integrity) when a watch with sealed probes is not as it was promised.
    """
    counted = count_findings(campaign, design)
    believed_watches(campaign)
    to_answer = LiveEvidence.of(campaign.ledger.entries()).to_answer
    kept = draft_on_disk(campaign.folder)
    known = kept.live_terms.answers if kept else ()
    answers = to_answer if answering else tuple(one for one in known if one in to_answer)
    terms = live_terms(design, answers)
    decision = _keep_or_renew(campaign, design, _decide(campaign, design, counted.findings, terms))
    return Drafted(campaign, design, decision, counted)


def live_terms(design: Design, answers: tuple[Digest, ...]) -> LiveTerms:
    """Return what a draft says of live evidence: what it answers, and what it asks for."""
    section = design.file.assessment.confirmation
    if not section.required:
        return LiveTerms(answers=answers)
    return LiveTerms(
        answers=answers,
        confirmation_days=section.max_age_days,
        confirmation_deployment=section.deployment,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All trials counted. `queue` and `labels` are those of a reading that the plan registers."""

    counts: Aggregate
    findings: Findings
    queue: RegisteredQueue | None
    labels: Mapping[str, tuple[Label, ...]]
    """What people answered, by reader; empty where the plan registers no reading."""
    canaries: Mapping[str, CanaryResult]
    """How each judge of the plan did on its canaries."""
    controls: ControlEvaluation | None
    """The test of the controls around the model, where the plan registers one."""


def count_findings(campaign: OpenCampaign, design: Design) -> Counted:
    """Count every trial on disk and draw the findings; nothing is written.

    Raises:
        Problem: `campaign-incomplete` (environment) while cells of the plan have no trial;
            integrity, when labels that the gate reads were changed.
    """
    plan = campaign.plan
    stopping = Stopping.after(plan, campaign.trials() if plan.stopping else ())
    stances = stances_of(design.scenarios.values())
    counts = aggregate(campaign.trials(), stopping.counts, stances)
    if not campaign.complete or counts.counted < stopping.due_cells():
        raise Problem.of(
            "campaign-incomplete",
            "the campaign has cells without a trial, so nothing can be decided",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy evaluate` again: it runs what is missing",
            exit_code=ExitCode.ENVIRONMENT,
        )
    queue, labels = _read(campaign)
    given = [label for own in labels.values() for label in own]
    readings = queue.counts(given) if queue else None
    canaries = count_canaries(campaign)
    opposed = replace(
        design.opposed, judges={judge: found.objections for judge, found in canaries.items()}
    )
    drawn = draw_findings(counts, plan, design.cards, stopping, readings, opposed)
    controls = tested_controls(campaign)
    return Counted(
        counts=counts,
        findings=with_controls(drawn, controls, plan, opposed),
        queue=queue,
        labels=labels,
        canaries=canaries,
        controls=controls,
    )


def _read(
    campaign: OpenCampaign,
) -> tuple[RegisteredQueue | None, dict[str, tuple[Label, ...]]]:
    """Return the queue that the plan registers, and what people have answered so far."""
    plan = campaign.plan
    if plan.reading is None:
        return None, {}
    queue = registered_queue(plan, plan.reading, campaign.trials())
    return queue, campaign.labels(queue.digest, queue.items)


def _decide(
    campaign: OpenCampaign, design: Design, findings: Findings, live: LiveTerms
) -> Decision:
    now = campaign.clock.now()
    header = design.file.assessment.assessment
    return decide(
        design.rulebook,
        findings.findings,
        design.file.assessment.facts,
        DraftTerms(
            subject=campaign.plan.subject.digest,
            plan=campaign.plan_digest,
            deployment=header.deployment,
            gate=GATE,
            drafted_at=timestamp(now),
            expires_at=timestamp(now + timedelta(days=header.expires_days)),
            questions=findings.sequential,
            live=live,
        ),
    )


def _keep_or_renew(campaign: OpenCampaign, design: Design, fresh: Decision) -> Decision:
    kept = draft_on_disk(campaign.folder)
    if kept and _says_the_same(kept, fresh, design) and fresh.drafted_at < kept.expires_at:
        return kept
    write_atomically(campaign.folder.decision, canonical_bytes(fresh))
    return fresh


def draft_on_disk(folder: CampaignFolder) -> Decision | None:
    """Return the draft of a campaign as it was written, if there is one."""
    path = folder.decision
    return read_record(path.read_bytes(), Decision, str(path)) if path.exists() else None


def _says_the_same(kept: Decision, fresh: Decision, design: Design) -> bool:
    """Whether a draft on disk is what the evidence gives, but for when it was drafted.

    Its period is checked as well: a file that was edited must not stay open for longer.
    """
    redated = msgspec.structs.replace(fresh, drafted_at=kept.drafted_at, expires_at=kept.expires_at)
    if redated != kept or kept.drafted_at > fresh.drafted_at:
        return False
    days = timedelta(days=design.file.assessment.assessment.expires_days)
    return timestamp(datetime.fromisoformat(kept.drafted_at) + days) == kept.expires_at


def current_draft(campaign: OpenCampaign, design: Design) -> Drafted:
    """Return the draft on disk, computed again from the evidence; nothing is written.

    It may be older than what re-opened it since: then it answers less, and does not stand.

    Raises:
        Problem: `decision-missing`; `decision-altered` (integrity) when the draft is not what
            evidence, framework and facts give; and what `draft` raises.
    """
    kept = draft_on_disk(campaign.folder)
    if kept is None:
        raise Problem.of(
            "decision-missing",
            "no decision was drafted yet",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy decide FILE` first",
        )
    counted = count_findings(campaign, design)
    answers = kept.live_terms.answers
    known = LiveEvidence.of(campaign.ledger.entries()).to_answer
    fresh = _decide(campaign, design, counted.findings, live_terms(design, answers))
    if not set(answers) <= set(known) or not _says_the_same(kept, fresh, design):
        raise Problem.of(
            "decision-altered",
            "the draft is not what the evidence and the facts give now",
            location=Location(str(campaign.folder.decision)),
            help="run `shipworthy decide FILE` again; signatures over this draft do not carry over",
            exit_code=ExitCode.INTEGRITY,
        )
    return Drafted(campaign, design, kept, counted)


def attest_draft(drafted: Drafted) -> None:
    """Log labels, findings and draft, the latter signed, unless the same are logged already."""
    campaign, now = drafted.campaign, drafted.campaign.now()
    campaign.register_labels(drafted.counted.labels)
    found = drafted.findings
    campaign.attest_once(findings_statement(campaign.plan_digest, found, now))
    campaign.attest_once(
        decision_statement(
            drafted.decision, drafted.design.rulebook, drafted.design.file.assessment.facts, now
        )
    )
