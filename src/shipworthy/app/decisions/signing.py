"""Collecting the signatures of people, and saying how a draft stands under them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.decisions.drafting import Drafted, attest_draft
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import (
    LiveStatement,
    OpenCampaign,
    live_statements,
    locked,
)
from shipworthy.evidence import (
    Signer,
    envelope,
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
    convert_record,
    did_you_mean,
    digest_bytes,
)
from shipworthy.records import (
    Decision,
    SignOff,
    StatementLogged,
)
from shipworthy.stages.deciding import (
    LiveEvidence,
    SignOffState,
    sign_off_state,
)
from shipworthy.vocabulary import Ruling

RULING_EXIT = {
    Ruling.GO: ExitCode.YES,
    Ruling.NO_GO: ExitCode.NO,
    Ruling.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}


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


def collect_live(campaign: OpenCampaign, file: AssessmentFile) -> tuple[LiveStatement, ...]:
    """Return what was said of the deployment, all that the log knows; see `live_statements`."""
    people = {key_id(public): public for public in role_keys(file).values()}
    return live_statements(campaign, people)


def standing_under(drafted: Drafted, signed: Iterable[SignedOff]) -> SignOffState:
    """Return how a draft stands now under sign-offs that were collected already."""
    campaign, file = drafted.campaign, drafted.design.file
    holders = {role: (section.person,) for role, section in file.assessment.roles.items()}
    return sign_off_state(
        drafted.decision,
        [entry.sign_off for entry in signed],
        holders,
        at=campaign.now(),
        live=LiveEvidence.of(one.entry for one in collect_live(campaign, file)),
    )


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
