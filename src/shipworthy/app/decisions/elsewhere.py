"""Other campaigns of the same model in a project, and what deployment showed of them.

A re-opening is an entry of one campaign's log. Asked again under another plan, or another name of
the assessment, the same model has a log without it. Nothing of what another log holds changes how
a draft stands; whoever drafts, signs or reads it is told.
"""

from collections.abc import Iterable, Iterator

import msgspec

from shipworthy.app.decisions.drafting import draft_on_disk
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import OpenCampaign
from shipworthy.app.registration.campaigns import read_plan
from shipworthy.evidence import Ledger
from shipworthy.kernel import Problem
from shipworthy.records import (
    CampaignPlan,
    CampaignRegistered,
    ConfirmationLogged,
    DecisionReopened,
    IncidentLogged,
    LogEntry,
)
from shipworthy.records.live.reopenings import (
    Elsewhere,
    Kinship,
    OtherCampaign,
    OtherReopening,
)
from shipworthy.records.questions.submissions import plain_name


def elsewhere_of(campaign: OpenCampaign) -> Elsewhere:
    """Return what the logs of other campaigns of the same model hold; writes nothing.

    Raises:
        Problem: integrity, when the log of one of them was altered.
    """
    own = campaign.plan
    entries = {one.plan: one for one in campaign.registry.entries}
    here: set[str] = {campaign.plan_digest}
    found: list[OtherCampaign] = []
    unreadable: list[str] = []
    for folder in campaign.folder.project.all_campaigns():
        plan = folder.registered_plan
        if plan in here:
            continue
        try:
            other = read_plan(folder, campaign.registry)
        except (Problem, OSError):
            continue
        here.add(plan)
        kinship = _kinship(own, other)
        if kinship is None:
            continue
        try:
            logged = Ledger.open(folder.log, campaign.signer.public).entries()
        except Problem as problem:
            if problem.diagnostics[0].code != "record-version":
                raise
            unreadable.append(plan)
            continue
        entry = entries.get(plan)
        found.append(_other(folder, other, kinship, logged, entry))
    gone = [plan for plan in entries if plan not in here]
    return Elsewhere(
        campaigns=tuple(sorted(found, key=lambda one: (one.registered_at, one.plan))),
        unknown=tuple(sorted({*gone, *unreadable})),
    )


def _kinship(own: CampaignPlan, other: CampaignPlan) -> Kinship | None:
    """Say in what way two campaigns are about the same model; None where nothing says so."""
    mine, theirs = own.subject, other.subject
    if mine.weights and mine.weights == theirs.weights:
        return "weights"
    if mine.digest == theirs.digest:
        return "identity"
    names = {plain_name(own.submission.question.subject), plain_name(mine.name)}
    others = {plain_name(other.submission.question.subject), plain_name(theirs.name)}
    return "name" if names & others - {""} else None


def _other(
    folder: CampaignFolder,
    plan: CampaignPlan,
    kinship: Kinship,
    logged: Iterable[LogEntry],
    entry: CampaignRegistered | None,
) -> OtherCampaign:
    known = tuple(logged)
    events = [one for one in known if isinstance(one, IncidentLogged)]
    closed = {one.incident for one in events if one.event == "closed"}
    return OtherCampaign(
        plan=plan.digest,
        assessment=folder.path.parent.name,
        product=plan.submission.question.subject,
        deployment=plan.submission.question.deployment,
        kinship=kinship,
        registered_at=entry.at if entry else "",
        reopenings=tuple(_reopenings(folder, known)),
        incidents_open=tuple(sorted({one.incident for one in events} - closed)),
    )


def _reopenings(folder: CampaignFolder, logged: Iterable[LogEntry]) -> Iterator[OtherReopening]:
    named = _named_by_draft(folder)
    for one in logged:
        if isinstance(one, DecisionReopened):
            yield OtherReopening(
                action=one.action,
                to=one.to,
                cause=one.cause,
                by=one.by,
                at=one.at,
                statement=one.envelope,
                named=one.envelope in named,
            )
        elif isinstance(one, ConfirmationLogged) and one.verdict == "defect":
            yield OtherReopening(
                action="defect",
                to="",
                cause=f"a confirmation of `{one.deployment}` found a defect",
                by="confirmation",
                at=one.at,
                statement=one.confirmation,
                named=one.confirmation in named,
            )


def _named_by_draft(folder: CampaignFolder) -> frozenset[str]:
    """Return what a later draft of a campaign names; who signed that, its own command says."""
    try:
        decision = draft_on_disk(folder)
    except (Problem, OSError, msgspec.MsgspecError):
        return frozenset()
    return frozenset(decision.live_terms.answers) if decision else frozenset()
