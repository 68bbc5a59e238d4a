"""Re-opening a decision, by a person or by what watches the deployment."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.decisions import draft_on_disk, role_keys
from shipworthy.app.live.incidents.finding import incidents_of
from shipworthy.app.registration import OpenCampaign, live_entries, log_statement, writing
from shipworthy.evidence import Signer, reopening_statement
from shipworthy.kernel import Digest, Location, Problem, did_you_mean
from shipworthy.records import Decision, DecisionReopened
from shipworthy.records.live import ACTIONS, ReopenedBy, Reopening, ReopeningAction
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTerms:
    """Why a decision is re-opened and what is to happen; see `Reopening`.

    `signer` and `role` are those of a person who signs with the key of a role; without them the
    runner's key signs, as evidence that it was said, by whom.
    """

    cause: str
    action: ReopeningAction
    to: DeploymentType | None = None
    incident: str = ""
    evidence: tuple[Digest, ...] = ()
    detected_by: ReopenedBy
    by: str
    role: str = ""
    signer: Signer | None = None


def said_by_person(
    file: AssessmentFile, words: Mapping[str, str], signer: Signer | None
) -> ReopenTerms:
    """Return the terms of a person: `why`, `action`, `to`, `by`, `role`, `incident`.

    With a role the person signs with the key that the assessment lists for it, as sign-offs are.

    Raises:
        Problem: `reopen-restrict` for a deployment type that does not exist, `sign-role`,
            `sign-key`, `reopen-key` when one of role and key is missing.
    """
    role = words["role"]
    if bool(role) != (signer is not None):
        raise Problem.of(
            "reopen-key",
            "who signs in a role signs with a key, and the other way round",
            help="give both `--role` and `--key`, or `--by` alone",
        )
    person = words["by"]
    if signer is not None:
        person = _person(file, role, signer)
    kinds = [kind.value for kind in DeploymentType]
    if words["to"] and words["to"] not in kinds:
        raise Problem.of(
            "reopen-restrict",
            f"`{words['to']}` is no deployment type",
            help=did_you_mean(words["to"], kinds),
        )
    return ReopenTerms(
        cause=words["why"],
        action=next(action for action in ACTIONS if action == words["action"]),
        to=DeploymentType(words["to"]) if words["to"] else None,
        incident=words["incident"],
        detected_by="person",
        by=person,
        role=role,
        signer=signer,
    )


def _person(file: AssessmentFile, role: str, signer: Signer) -> str:
    roles = file.assessment.roles
    if role not in roles:
        raise Problem.of(
            "sign-role",
            f"the assessment names no role `{role}`",
            location=file.locate("roles"),
            help=did_you_mean(role, roles) or "add a table `[roles.NAME]`",
        )
    if role_keys(file)[role] != signer.public:
        raise Problem.of(
            "sign-key",
            f"this is not the key that the assessment lists for `{role}`",
            location=file.locate("roles", role, "public_key"),
            help="sign with the listed key",
        )
    return roles[role].person


def reopen_decision(campaign: OpenCampaign, terms: ReopenTerms) -> tuple[DecisionReopened, bool]:
    """Re-open the current draft of a campaign; returns the entry, and whether it is a new one.

    The same cause, action and incident over the same draft is one re-opening, however often and
    by whomever it is said. Call it outside of `locked`.

    Raises:
        Problem: `decision-missing` when there is no draft, `reopen-restrict` when the deployment
            to go back to is none that exposes the model less, `reopen-cause` when nothing is said
            or by nobody, `incident-unknown`.
    """
    with writing(campaign) as at:
        decision = _current(campaign)
        _check(campaign, terms, decision)
        reopening = _reopening(campaign, terms, decision, at)
        for known in live_entries(campaign):
            if isinstance(known, DecisionReopened) and _same(known, reopening):
                return known, False
        entry = log_statement(
            campaign,
            reopening_statement(reopening),
            lambda envelope: DecisionReopened(
                plan=reopening.plan,
                decision=reopening.decision,
                cause=reopening.cause,
                action=reopening.action,
                to=_word(reopening.to),
                incident=reopening.incident,
                by=reopening.by,
                envelope=envelope,
                at=at,
            ),
            terms.signer,
        )
    assert isinstance(entry, DecisionReopened)
    return entry, True


def _same(known: DecisionReopened, new: Reopening) -> bool:
    """Whether a log holds a re-opening already; who said it again, and when, makes no other."""
    return (known.decision, known.cause, known.action, known.to, known.incident) == (
        new.decision,
        new.cause,
        new.action,
        _word(new.to),
        new.incident,
    )


def _word(to: DeploymentType | None) -> str:
    return to.value if to else ""


def _current(campaign: OpenCampaign) -> Decision:
    decision = draft_on_disk(campaign.folder)
    if decision is None:
        raise Problem.of(
            "decision-missing",
            "no decision was drafted yet, so none can be re-opened",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy decide FILE` first",
        )
    return decision


def _reopening(
    campaign: OpenCampaign, terms: ReopenTerms, decision: Decision, at: str
) -> Reopening:
    return Reopening(
        plan=campaign.plan_digest,
        decision=decision.digest,
        cause=terms.cause,
        action=terms.action,
        to=terms.to,
        incident=terms.incident,
        evidence=tuple(sorted(terms.evidence)),
        detected_by=terms.detected_by,
        by=terms.by,
        role=terms.role,
        at=at,
    )


def _check(campaign: OpenCampaign, terms: ReopenTerms, decision: Decision) -> None:
    if not terms.cause.strip() or not terms.by.strip():
        raise Problem.of(
            "reopen-cause",
            "a re-opening needs its cause, and who says it",
            help="say in one sentence why, and give the name",
        )
    _check_restriction(terms, DeploymentType(decision.deployment))
    if terms.incident:
        ids = [one.id for one in incidents_of(campaign)]
        if terms.incident not in ids:
            raise Problem.of(
                "incident-unknown",
                f"the campaign has no incident `{terms.incident}`",
                help=did_you_mean(terms.incident, ids),
            )


def _check_restriction(terms: ReopenTerms, decided: DeploymentType) -> None:
    lower = [kind.value for kind in DeploymentType if kind.rank < decided.rank]
    if (terms.action == "restrict") != (terms.to is not None):
        raise Problem.of(
            "reopen-restrict",
            "`restrict`, and it alone, says to which deployment to go back",
            help=f"one of: {', '.join(lower)}" if lower else "`expire` or `roll-back`",
        )
    if terms.to is not None and terms.to.value not in lower:
        raise Problem.of(
            "reopen-restrict",
            f"`{terms.to.value}` does not expose the model less than `{decided.value}`",
            help=f"one of: {', '.join(lower)}" if lower else "`expire` or `roll-back`",
        )
