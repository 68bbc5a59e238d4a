"""Drafting decisions and collecting the signatures of people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation import GATE, Design
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import OpenCampaign, count_canaries, locked, tested_controls
from shipworthy.evidence import (
    Signer,
    decision_statement,
    envelope,
    findings_statement,
    key_id,
    load_public,
    open_envelope,
    sign_off_statement,
    write_atomically,
)
from shipworthy.kernel import (
    Digest,
    ExitCode,
    Location,
    Problem,
    canonical_bytes,
    convert_record,
    did_you_mean,
    digest_bytes,
    read_record,
    timestamp,
)
from shipworthy.records import CanaryResult, Decision, Findings, Label, SignOff, StatementLogged
from shipworthy.records.risks.controls import ControlEvaluation
from shipworthy.stages.deciding import DraftTerms, SignOffState, decide, sign_off_state
from shipworthy.stages.evaluating import Aggregate, Stopping, aggregate, draw_findings, stances_of
from shipworthy.stages.evaluating.findings import with_controls
from shipworthy.stages.evaluating.labelling import RegisteredQueue, registered_queue
from shipworthy.vocabulary import Ruling

RULING_EXIT = {
    Ruling.GO: ExitCode.YES,
    Ruling.NO_GO: ExitCode.NO,
    Ruling.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}


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


def draft(campaign: OpenCampaign, design: Design) -> Drafted:
    """Count every trial on disk, draw the findings and draft the decision.

    The draft is signed by the runner as evidence of what was computed, never as a decision. The
    same evidence gives the same draft, except for its dates; an existing draft that still says
    the same is kept, so that signatures over it stay valid.

    Raises:
        Problem: `campaign-incomplete` (environment) while cells of the plan have no trial.
    """
    counted = count_findings(campaign, design)
    decision = _keep_or_renew(campaign, design, _decide(campaign, design, counted.findings))
    return Drafted(campaign, design, decision, counted)


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


def _decide(campaign: OpenCampaign, design: Design, findings: Findings) -> Decision:
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
        ),
    )


def _keep_or_renew(campaign: OpenCampaign, design: Design, fresh: Decision) -> Decision:
    kept = _draft_on_disk(campaign.folder)
    if kept and _says_the_same(kept, fresh, design) and fresh.drafted_at < kept.expires_at:
        return kept
    write_atomically(campaign.folder.decision, canonical_bytes(fresh))
    return fresh


def _draft_on_disk(folder: CampaignFolder) -> Decision | None:
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

    Raises:
        Problem: `decision-missing`; `decision-altered` (integrity) when the draft is not what
            evidence, framework and facts give; and what `draft` raises.
    """
    kept = _draft_on_disk(campaign.folder)
    if kept is None:
        raise Problem.of(
            "decision-missing",
            "no decision was drafted yet",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy decide FILE` first",
        )
    counted = count_findings(campaign, design)
    if not _says_the_same(kept, _decide(campaign, design, counted.findings), design):
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


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A sign-off that verified, with its envelope."""

    sign_off: SignOff
    envelope: bytes


def role_keys(file: AssessmentFile) -> dict[str, bytes]:
    """Return the raw public key of every role that the assessment names.

    Raises:
        Problem: a key file is missing or is no public key.
    """
    return {
        role: load_public(file.relative(section.public_key))
        for role, section in file.assessment.roles.items()
    }


def collect_sign_offs(campaign: OpenCampaign, file: AssessmentFile) -> tuple[SignedOff, ...]:
    """Return the sign-offs on disk whose signature is that of the key listed for their role.

    Raises:
        Problem: integrity, for an envelope that does not verify, and when the envelopes are not
            those that the log knows: a dissent cannot be taken away.
    """
    found = tuple(_signed_off(campaign.folder, file))
    on_disk = {digest_bytes(entry.envelope) for entry in found}
    logged = {
        entry.envelope
        for entry in campaign.ledger.entries()
        if isinstance(entry, StatementLogged) and entry.kind == "sign-off"
    }
    for strange, what in ((logged - on_disk, "missing"), (on_disk - logged, "not in the log")):
        if strange:
            raise Problem.of(
                "sign-off-altered",
                f"{len(strange)} sign-offs are {what}",
                location=Location(str(campaign.folder.signoffs)),
                help="restore the folder from a copy; signatures are taken back by signing again",
                exit_code=ExitCode.INTEGRITY,
            )
    return found


def _signed_off(folder: CampaignFolder, file: AssessmentFile) -> Iterator[SignedOff]:
    keys = role_keys(file)
    for path in sorted(folder.signoffs.glob("*.dsse.json")):
        data = path.read_bytes()
        statement = open_envelope(data, {key_id(public): public for public in keys.values()})
        predicate = msgspec.json.decode(statement.predicate)
        sign_off = convert_record(predicate, SignOff, str(path))
        if sign_off.role not in keys:
            raise Problem.of(
                "sign-off-role",
                f"the sign-off is for role `{sign_off.role}`, which the assessment does not name",
                location=Location(str(path)),
                help=did_you_mean(sign_off.role, keys),
                exit_code=ExitCode.INTEGRITY,
            )
        open_envelope(data, {key_id(keys[sign_off.role]): keys[sign_off.role]})
        yield SignedOff(sign_off, data)


def standing(drafted: Drafted) -> SignOffState:
    """Return how a draft stands now: who signed, who is missing, who dissents."""
    return standing_under(drafted, collect_sign_offs(drafted.campaign, drafted.design.file))


def standing_under(drafted: Drafted, signed: Iterable[SignedOff]) -> SignOffState:
    """Return how a draft stands now under sign-offs that were collected already."""
    roles = drafted.design.file.assessment.roles
    holders = {role: (section.person,) for role, section in roles.items()}
    sign_offs = [entry.sign_off for entry in signed]
    return sign_off_state(drafted.decision, sign_offs, holders, at=drafted.campaign.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a person says when signing: the role, the position, why, and the full digest."""

    role: str
    position: str
    rationale: str
    digest: Digest


def sign_draft(drafted: Drafted, signature: Signature, signer: Signer) -> Path:
    """Write and log a person's sign-off over the current draft.

    The runner's statement of the draft is logged first: what people signed was on record.

    Raises:
        Problem: `sign-*` when the role, the key, the digest or the position does not fit: nothing
            is written then.
    """
    campaign, file, decision = drafted.campaign, drafted.design.file, drafted.decision
    _check_signature(decision, file, signature, signer)
    with locked(campaign.folder):
        collect_sign_offs(campaign, file)
        attest_draft(drafted)
        sign_off = SignOff(
            decision=decision.digest,
            role=signature.role,
            person=file.assessment.roles[signature.role].person,
            position="go" if signature.position == "go" else "no-go",
            rationale=signature.rationale,
            signed_at=campaign.now(),
        )
        signed = envelope(sign_off_statement(sign_off), signer)
        name = f"{signature.role}-{digest_bytes(signed).removeprefix('sha256:')[:12]}.dsse.json"
        target = campaign.folder.signoffs / name
        write_atomically(target, signed)
        campaign.ledger.register(signed, "sign-off", campaign.now())
        campaign.ledger.checkpoint(campaign.signer)
    return target


def _check_signature(
    decision: Decision, file: AssessmentFile, signature: Signature, signer: Signer
) -> None:
    roles = file.assessment.roles
    if signature.role not in roles:
        raise Problem.of(
            "sign-role",
            f"the assessment names no role `{signature.role}`",
            location=file.locate("roles"),
            help=did_you_mean(signature.role, roles) or "add a table `[roles.NAME]`",
        )
    if role_keys(file)[signature.role] != signer.public:
        raise Problem.of(
            "sign-key",
            f"this is not the key that the assessment lists for `{signature.role}`",
            location=file.locate("roles", signature.role, "public_key"),
            help="sign with the listed key; evidence keys never sign decisions",
        )
    if signature.digest != decision.digest:
        raise Problem.of(
            "sign-digest",
            "the digest is not that of the current draft",
            help=f"read the draft, then sign `{decision.digest}`",
        )
    if signature.position == "go" and decision.ruling != "go":
        raise Problem.of(
            "sign-go",
            f"the draft says `{decision.ruling}`: a signature cannot turn it into a go",
            help="sign `no-go`, or gather the evidence that the draft says is missing",
        )
    if not signature.rationale.strip():
        raise Problem.of("sign-rationale", "a signature needs its reason in words")
