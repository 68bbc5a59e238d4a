"""What live evidence does to a decision: it is re-opened, and what is to happen meanwhile."""

from typing import Final, Literal, get_args

from shipworthy.kernel import Digest, Record
from shipworthy.vocabulary import DeploymentType

ReopeningAction = Literal["expire", "restrict", "roll-back"]
"""What a re-opening asks for, from the mildest to the strictest in what it says of the standing.

`expire`: the decision has run out before its time; nobody showed that it was wrong.
`restrict`: go back to a deployment that exposes the model less, until people have decided.
`roll-back`: take the deployment back; the evidence is against the decision, which is now no go.
"""

ReopenedBy = Literal["person", "monitor", "confirmation"]
"""Who or what re-opened a decision."""

ConfirmationVerdict = Literal["confirmed", "defect", "inconclusive"]
"""What came of asking the deployed path: as in the lab, worse than in the lab, or not known."""

ACTIONS: Final[tuple[ReopeningAction, ...]] = get_args(ReopeningAction)
REOPENED_BY: Final[tuple[ReopenedBy, ...]] = get_args(ReopenedBy)


class Reopening(Record, frozen=True, kw_only=True):
    """The statement that re-opens a decision.

    Attributes:
        plan: digest of the campaign's plan: in another campaign the statement means nothing.
        decision: digest of the draft that is re-opened.
        cause: why, in one sentence; no words of users or of the model.
        action: what is to happen with the deployment.
        to: with `restrict`, the deployment type to go back to, which exposes the model less than
            that of the decision; else empty.
        incident: id of the incident behind it; empty without one.
        evidence: digests of what it rests on: alarms, confirmations, segments of a log; sorted.
        detected_by: who or what found it.
        by: the person's name, or that of the program.
        role: the role in which a person signs with the person's own key; empty when the runner's
            key signs, which is evidence that it was said and names who said it.
        at: when, RFC 3339.
    """

    plan: Digest
    decision: Digest
    cause: str
    action: ReopeningAction
    to: DeploymentType | None = None
    incident: str = ""
    evidence: tuple[Digest, ...] = ()
    detected_by: ReopenedBy
    by: str
    role: str = ""
    at: str


class MonitoringSummary(Record, frozen=True, kw_only=True):
    """The statement of a monitor about what it looked at.

    Attributes:
        plan: digest of the campaign's plan.
        deployment: name of the deployment.
        since: start of what it looked at, RFC 3339.
        until: end of it.
        exchanges: how many exchanges it assessed.
        unassessed: how many it saw and could not assess.
        alarms: how many alarms it raised.
        evidence: digests of its results and of the alarms, sorted.
        at: when it was said, RFC 3339.
    """

    plan: Digest
    deployment: str
    since: str
    until: str
    exchanges: int
    unassessed: int
    alarms: int
    evidence: tuple[Digest, ...] = ()
    at: str
