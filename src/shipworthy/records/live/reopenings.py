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
        unassessed: how many it saw and could not assess, or knows by their numbers to be missing.
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


Kinship = Literal["weights", "identity", "name"]
"""Why two campaigns are taken to be about one model: the same weights, all that is known of it is
the same, or people call it the same."""


class OtherReopening(Record, frozen=True, kw_only=True):
    """A re-opening, or a confirmation with a defect, in the log of another campaign.

    Attributes:
        action: what it asks for: `expire`, `restrict`, `roll-back`; `defect` for a confirmation.
        to: with `restrict`, the deployment type to go back to; else empty.
        cause: why.
        by: who said it.
        at: when, RFC 3339.
        statement: digest of the envelope.
        named: whether a later draft of that campaign names it; whether that was signed, its own
            log says.
    """

    action: str
    to: str
    cause: str
    by: str
    at: str
    statement: Digest
    named: bool


class OtherCampaign(Record, frozen=True, kw_only=True):
    """Another campaign of the same model in the same project.

    Attributes:
        plan: digest of its plan.
        assessment: name of its assessment.
        product: what its assessment calls the product.
        deployment: where the model would go by it.
        kinship: in what way it is about the same model.
        registered_at: when it was registered, RFC 3339; empty where nothing says so.
        reopenings: what re-opened its decision, in the order of its log.
        incidents_open: ids of incidents that its log opens and does not close.
    """

    plan: Digest
    assessment: str
    product: str
    deployment: str
    kinship: Kinship
    registered_at: str
    reopenings: tuple[OtherReopening, ...] = ()
    incidents_open: tuple[str, ...] = ()

    @property
    def unanswered(self) -> tuple[OtherReopening, ...]:
        """What no later draft of the campaign names."""
        return tuple(one for one in self.reopenings if not one.named)

    @property
    def against(self) -> bool:
        """Whether anything in its log speaks against the model today."""
        return bool(self.unanswered or self.incidents_open)


class Elsewhere(Record, frozen=True, kw_only=True):
    """What a project knows of a model beside one campaign.

    Attributes:
        campaigns: other campaigns of the same model, in the order of their registration.
        unknown: plans that are registered and of which it cannot be said here what they are about,
            or what their logs hold: their folders are gone, or of another version.
    """

    campaigns: tuple[OtherCampaign, ...] = ()
    unknown: tuple[Digest, ...] = ()
