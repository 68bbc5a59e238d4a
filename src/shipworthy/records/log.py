"""What is appended to the evidence log, in order; each entry is a leaf of the Merkle tree."""

from shipworthy.kernel import Digest, Record
from shipworthy.records.live.reopenings import ConfirmationVerdict, ReopeningAction
from shipworthy.records.questions.submissions import Spending, TriedScenario


class PlanRegistered(Record, frozen=True, kw_only=True, tag="plan-registered"):
    """The plan, before the first request of the campaign."""

    plan: Digest
    at: str


class RunStarted(Record, frozen=True, kw_only=True, tag="run-started"):
    """A run of the campaign begins; every start must be accounted for by an end."""

    plan: Digest
    run: str
    at: str


class RunEnded(Record, frozen=True, kw_only=True, tag="run-ended"):
    """A run ended: how, how many trials it holds, and the Merkle root over them in file order.

    `canaries` and `canaries_root` are the same of what the judges said of canaries in the run.
    `interrupted` is written by the next run (or the export) for a run that died; its trials are
    those that had reached the disk.
    """

    plan: Digest
    run: str
    how: str
    """`completed`, `stopped` (environment, partial work saved) or `interrupted`."""
    trials: int
    root: Digest
    canaries: int
    canaries_root: Digest
    at: str


class StatementLogged(Record, frozen=True, kw_only=True, tag="statement"):
    """A signed statement (findings, decision draft, sign-off) by the digest of its envelope."""

    kind: str
    envelope: Digest
    at: str


class CampaignRegistered(Record, frozen=True, kw_only=True, tag="campaign-registered"):
    """In the registry of a project: a campaign, before its first request.

    Attributes:
        plan: digest of its plan.
        question: digest of its question.
        number: 1 more than the earlier entries of the question.
        spending: how it shares the question's error with other submissions.
        scenarios: the scenarios that it attacks, sorted.
        at: when.
    """

    plan: Digest
    question: Digest
    number: int
    spending: Spending
    scenarios: tuple[TriedScenario, ...]
    at: str


class QueueRegistered(Record, frozen=True, kw_only=True, tag="queue-registered"):
    """The queue that people are to read, by the digest of its file, before anybody answers."""

    plan: Digest
    queue: Digest
    at: str


class RegisteredLabels(Record, frozen=True, kw_only=True):
    """How many labels a reader had given, and the digest of the last of them.

    Every label names the digest of the one before it, so that the last one fixes all.
    """

    labels: int
    last: Digest


class LabelsRegistered(Record, frozen=True, kw_only=True, tag="labels-registered"):
    """The labels on which a draft rests, by reader; what is registered is never taken back."""

    plan: Digest
    readers: dict[str, RegisteredLabels]
    at: str


class ControlsTested(Record, frozen=True, kw_only=True, tag="controls-tested"):
    """The test of controls that the plan registers was done: the digest of its record."""

    plan: Digest
    record: Digest
    at: str


class ConfirmationLogged(Record, frozen=True, kw_only=True, tag="confirmation-logged"):
    """The safeguards were asked through the deployed path: what came of it, and for how long.

    Attributes:
        confirmation: digest of the envelope with the signed statement.
        deployment: name of the deployment that was asked; that of the statement.
        verdict: that of the statement.
        expires_at: when the statement stops counting; that of the statement.
    """

    plan: Digest
    confirmation: Digest
    deployment: str
    verdict: ConfirmationVerdict
    expires_at: str
    at: str


class IncidentLogged(Record, frozen=True, kw_only=True, tag="incident-logged"):
    """One event of an incident; the first opens it, none is ever taken back.

    Attributes:
        incident: its id.
        number: 1 for the event that opens it, then one more each.
        event: what happened to it: `opened`, `classified`, `notified`, `mitigated`, `closed`.
        envelope: digest of the envelope with the signed event.
    """

    plan: Digest
    incident: str
    number: int
    event: str
    envelope: Digest
    at: str


class DecisionReopened(Record, frozen=True, kw_only=True, tag="decision-reopened"):
    """A decision does not stand as go any more, until people sign a draft that answers this.

    Attributes:
        decision: digest of the draft that is re-opened.
        cause: why, in one sentence without content.
        action: what is to happen with the deployment.
        to: with `restrict`, the deployment type to go back to; else empty.
        incident: id of the incident behind it; empty without one.
        by: the person, or `monitor`, `confirmation`.
        envelope: digest of the envelope with the signed statement.
    """

    plan: Digest
    decision: Digest
    cause: str
    action: ReopeningAction
    to: str
    incident: str
    by: str
    envelope: Digest
    at: str


class MonitoringLogged(Record, frozen=True, kw_only=True, tag="monitoring-logged"):
    """A monitor looked at live traffic: for how long, at how much, with how many alarms.

    Attributes:
        monitoring: digest of the envelope with the signed statement.
        since: start of what it looked at, RFC 3339.
        until: end of it.
        exchanges: how many exchanges it assessed.
        unassessed: how many it saw and could not assess.
        alarms: how many alarms it raised.
    """

    plan: Digest
    monitoring: Digest
    since: str
    until: str
    exchanges: int
    unassessed: int
    alarms: int
    at: str


LogEntry = (
    PlanRegistered
    | RunStarted
    | RunEnded
    | StatementLogged
    | QueueRegistered
    | LabelsRegistered
    | CampaignRegistered
    | ControlsTested
    | ConfirmationLogged
    | IncidentLogged
    | DecisionReopened
    | MonitoringLogged
)
