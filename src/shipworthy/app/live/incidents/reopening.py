"""Re-opening a decision, by a person or by what watches the deployment."""

from dataclasses import dataclass

from shipworthy.app.decisions import draft_on_disk
from shipworthy.app.live.incidents.finding import incidents_of
from shipworthy.app.registration import OpenCampaign, live_entries, log_statement, writing
from shipworthy.evidence import Signer, reopening_statement
from shipworthy.kernel import Digest, Location, Problem, did_you_mean
from shipworthy.records import Decision, DecisionReopened
from shipworthy.records.live import ReopenedBy, Reopening, ReopeningAction
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
