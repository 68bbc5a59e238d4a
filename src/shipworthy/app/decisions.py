"""Drafting decisions and collecting the signatures of people."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation import Design
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import OpenCampaign, locked
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
    Clock,
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
from shipworthy.records import Decision, SignOff
from shipworthy.stages.deciding import DraftTerms, SignOffState, decide, sign_off_state
from shipworthy.stages.evaluating import Aggregate, Findings, aggregate, draw_findings
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
    findings: Findings
    counts: Aggregate


def draft(campaign: OpenCampaign, design: Design) -> Drafted:
    """Count every trial on disk, draw the findings and draft the decision.

    The draft is signed by the runner as evidence of what was computed, never as a decision. The
    same evidence gives the same draft, except for its dates; an existing draft that still says
    the same is kept, so that signatures over it stay valid.

    Raises:
        Problem: `campaign-incomplete` (environment) while cells of the plan have no trial.
    """
    if not campaign.complete:
        raise Problem.of(
            "campaign-incomplete",
            "the campaign has cells without a trial, so nothing can be decided",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy evaluate` again: it runs what is missing",
            exit_code=ExitCode.ENVIRONMENT,
        )
    counts = aggregate(campaign.trials())
    findings = draw_findings(counts, campaign.plan, design.cards)
    decision = _keep_or_renew(campaign, _decide(campaign, design, findings))
    return Drafted(campaign, design, decision, findings, counts)


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
            gate="deploy",
            drafted_at=timestamp(now),
            expires_at=timestamp(now + timedelta(days=header.expires_days)),
        ),
    )


def _keep_or_renew(campaign: OpenCampaign, fresh: Decision) -> Decision:
    path = campaign.folder.decision
    if path.exists():
        kept = read_record(path.read_bytes(), Decision, str(path))
        redated = msgspec.structs.replace(
            fresh, drafted_at=kept.drafted_at, expires_at=kept.expires_at
        )
        if redated == kept and fresh.drafted_at < kept.expires_at:
            return kept
    write_atomically(path, canonical_bytes(fresh))
    return fresh


def attest_draft(drafted: Drafted) -> None:
    """Log the findings and the draft, signed by the runner, unless the same are logged already."""
    campaign, now = drafted.campaign, drafted.campaign.now()
    found = drafted.findings
    campaign.attest_once(
        findings_statement(campaign.plan_digest, found.findings, found.paired, now)
    )
    campaign.attest_once(
        decision_statement(
            drafted.decision, drafted.design.rulebook, drafted.design.file.assessment.facts, now
        )
    )


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A sign-off that verified, with its envelope and the key that signed it."""

    sign_off: SignOff
    envelope: bytes
    public: bytes


def role_keys(file: AssessmentFile) -> dict[str, bytes]:
    """Return the raw public key of every role that the assessment names.

    Raises:
        Problem: a key file is missing or is no public key.
    """
    return {
        role: load_public(file.relative(section.public_key))
        for role, section in file.assessment.roles.items()
    }


def collect_sign_offs(folder: CampaignFolder, file: AssessmentFile) -> tuple[SignedOff, ...]:
    """Return the sign-offs on disk whose signature is that of the key listed for their role.

    Raises:
        Problem: integrity, for an envelope that does not verify.
    """
    keys = role_keys(file)
    found: list[SignedOff] = []
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
        found.append(SignedOff(sign_off, data, keys[sign_off.role]))
    return tuple(found)


def standing(
    decision: Decision, folder: CampaignFolder, file: AssessmentFile, clock: Clock
) -> SignOffState:
    """Return how a draft stands now: who signed, who is missing, who dissents."""
    holders = {role: (section.person,) for role, section in file.assessment.roles.items()}
    signed = [entry.sign_off for entry in collect_sign_offs(folder, file)]
    return sign_off_state(decision, signed, holders, at=timestamp(clock.now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a person says when signing: the role, the position, why, and the full digest."""

    role: str
    position: str
    rationale: str
    digest: Digest


def sign_draft(
    campaign: OpenCampaign, file: AssessmentFile, signature: Signature, signer: Signer
) -> Path:
    """Write and log a person's sign-off over the current draft.

    Raises:
        Problem: `sign-*` when the role, the key, the digest or the position does not fit: nothing
            is written then.
    """
    path = campaign.folder.decision
    if not path.exists():
        raise Problem.of(
            "sign-no-draft",
            "there is no draft to sign",
            help="run `shipworthy decide FILE` first",
        )
    decision = read_record(path.read_bytes(), Decision, str(path))
    _check_signature(decision, file, signature, signer)
    with locked(campaign.folder):
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
