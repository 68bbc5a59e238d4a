"""Replaying a campaign through a deployed path: what was planned, what came back, what it shows.

Evidence is written as natural logarithms of e-values in decimal strings, since an e-value itself
may have hundreds of digits: `4.6` says that what was seen is exp(4.6), about 100, times likelier to
have come about if the claim is true than it could be if it is false.
"""

from typing import Literal

from shipworthy.kernel import Digest, Record, derive_id, digest_of
from shipworthy.records.findings import Finding
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.records.live.reopenings import ConfirmationVerdict
from shipworthy.vocabulary import LayerAction, Outcome, TrialRole, Usage

ReplayedMetric = Literal[
    "asr", "over-refusal", "layer-miss", "capability", "capability-lost", "contamination"
]
"""What is compared between laboratory and field: attacks that succeed, harmless asks refused,
attacks that a layer let pass, tasks that are solved, tasks that are not, and strings recalled that
only who trained on the scenarios can know."""

Axis = Literal["domain", "route", "language", "cell", "layer"]
"""By what replays are grouped for a comparison; a `cell` is a domain over a route."""

DriftName = Literal["model", "system-prompt", "stack", "policy", "sampling", "answers"]
"""What of a deployment is held against the tested one; `policy` is which system turns its layers
keep in, `answers` are harmless ones, word for word."""

DriftStatus = Literal["same", "differs", "unknown"]

FIELD_METHOD = "anytime-mixture/1"
"""Mixture of bets on the difference of a scenario's outcomes (`statistics/paired/field.py`)."""

CONFIRMED_METHOD = "intersection-union/1"
"""Each claimed group at the whole error: the sentence is wrong only if some group is worse, and of
that group alone the claim errs with at most that (Berger 1982)."""

WORSE_METHOD = "holm-on-e-values/1"
"""Holm's procedure over all groups, with 1/e as p-values (Holm 1979; Vovk and Wang 2021)."""


class FieldRoute(Record, frozen=True, kw_only=True):
    """One way in: a wire format, answers in pieces or whole, tools offered or not."""

    dialect: ApiDialect
    stream: bool = False
    tools: bool = False

    @property
    def id(self) -> str:
        """Its name, as `chat`, `messages.stream` or `chat.stream.tools`."""
        marks = [self.dialect, "stream" * self.stream, "tools" * self.tools]
        return ".".join(mark for mark in marks if mark)


class ConfirmationPlan(Record, frozen=True, kw_only=True):
    """All that is fixed before the first replay; its digest is logged first.

    Attributes:
        plan: digest of the campaign's plan, whose items are replayed.
        deployment: name of the deployment.
        address: digest of the address that was asked.
        model: the model that is asked for.
        routes: the ways in, each of which is compared by itself.
        passes: on how many routes each item is sent.
        margin: largest rise of a rate that still counts as not worse, a decimal string.
        alpha: error of all claims of this confirmation together, each kind of claim by itself.
        renewal: how often the deployment was confirmed before.
        number: 1 more than the earlier tries since the deployment was last confirmed; the error
            shrinks with it, so that trying until it passes does not pass.
        seed: draws order and routes.
        prompt: who adds the product's own system turn: `sent` by us, or by the `deployment`.
        stack: digest of the safeguards under which the laboratory's trials ran.
        layers: layers of the tested stack that are compared one by one, by the deployment's log;
            empty where no log is there to be read.
        accepted: what may stay unknown of the configuration, as the person who asked decided.
        filler: digest of the ordinary messages among which replays are mixed.
        replays: how many requests carry an item, fillers apart.
        expires_days: days for which a confirmation counts.
    """

    plan: Digest
    deployment: str
    address: Digest
    model: str
    routes: tuple[FieldRoute, ...]
    passes: int
    margin: str
    alpha: str
    renewal: int
    number: int
    seed: int
    prompt: Literal["sent", "deployment"]
    stack: Digest
    layers: tuple[str, ...] = ()
    accepted: tuple[DriftName, ...]
    filler: Digest
    replays: int
    expires_days: int

    @property
    def digest(self) -> Digest:
        """Digest of the plan."""
        return digest_of(self)


class FieldTrial(Record, frozen=True, kw_only=True):
    """One item of the campaign, sent over one route.

    Attributes:
        id: a function of the confirmation's plan, the laboratory's trial and the route.
        lab: id of the laboratory's trial of the same item.
        language: tag of the scenario's language, or `und`.
        request: digest of the conversation as it was sent.
        response: digest of the canonical reply, or of the failure.
        layers: what layers did, as far as it is known.
        layers_from: how it is known: from the deployment's `log`, from the `text` of a refusal that
            only one layer of the tested stack uses, or not at all.
        engine: digest of the stack that ruled, where the log says so.
        prompt: whether the system turns that reached the model are those that were sent, after the
            tested stack, as the log says; `unknown` without a log.
        served: the model that the answer names.
        exchange: id of the exchange where the answer carries one.
        at_ms: when it was sent, milliseconds since 1970 UTC by our clock.
    """

    id: str
    lab: str
    scenario: str
    domain: str
    language: str
    attack: str
    role: TrialRole
    seed: int
    route: FieldRoute
    request: Digest
    response: Digest
    finish: str
    outcome: Outcome
    judge: str
    layers: tuple[LayerAction, ...]
    layers_from: Literal["log", "text", "none"]
    engine: Digest
    prompt: Literal["as-sent", "other", "unknown"]
    served: str
    exchange: str
    usage: Usage
    at_ms: int


class FillerSent(Record, frozen=True, kw_only=True):
    """An ordinary message that went out among replays; kept beside the trials, never published.

    Attributes:
        filler: its number in the order of the plan.
        route: id of the route.
        exchange: id of the exchange where the answer carries one.
        at_ms: when it was sent, milliseconds since 1970 UTC by our clock.
    """

    filler: int
    route: str
    exchange: str
    at_ms: int


def field_trial_id(confirmation: Digest, lab: str, route: FieldRoute) -> str:
    """Return the id of a replay: a resumed confirmation sends what has no trial yet."""
    return derive_id("f", confirmation, lab, route.id)


class FieldComparison(Record, frozen=True, kw_only=True):
    """Laboratory against field over the scenarios of one group.

    Attributes:
        id: `<metric>.<axis>.<value>`, as in `asr.route.chat.stream`.
        margin: largest rise that still counts as not worse.
        alpha: error of each claim.
        field_only: scenarios with the event in the field only.
        lab_only: in the laboratory only.
        same: in both or in neither.
        unassessed: without one of the two outcomes; they count against every claim.
        not_worse: log of the evidence for "worse by less than the margin", rounded down.
        worse: log of the evidence for "worse by more than the margin", rounded down.
        verdict: what is shown, at `alpha`, of this group alone.
        found: whether it is shown to be worse with the error of all groups together at most
            `ErrorBounds.worse`.
        claimed: whether `confirmed` speaks of this group. Others are only searched for defects.
    """

    id: str
    metric: ReplayedMetric
    axis: Axis
    value: str
    margin: str
    alpha: str
    field_only: int
    lab_only: int
    same: int
    unassessed: int
    not_worse: str
    worse: str
    verdict: Literal["not-worse", "worse", "not-shown"]
    found: bool
    claimed: bool = True
    method: str = FIELD_METHOD


class ErrorBounds(Record, frozen=True, kw_only=True):
    """With which chance a confirmation is wrong as a whole, and by which procedures.

    Attributes:
        groups: comparisons of rates, each of which may be found to be worse.
        claimed: those of them that `confirmed` speaks of.
        confirmed: largest chance that `confirmed` is said although some claimed group, or the
            answers, are worse by the margin or more.
        worse: largest chance that any group is found to be worse that is not.
        answers: largest chance that answers are called different that are not. With `worse` it adds
            up to `confirmed`.
    """

    groups: int
    claimed: int
    confirmed: str
    worse: str
    answers: str
    confirmed_by: str = CONFIRMED_METHOD
    worse_by: str = WORSE_METHOD


class LayerAgreement(Record, frozen=True, kw_only=True):
    """What became in the field of the replays that one layer, or the model, held in the laboratory.

    Replays, not scenarios: each route counts. `unknown`: held, and nobody says by what.
    """

    holder: str
    replays: int
    same: int
    other: int
    unknown: int
    breached: int
    unassessed: int


class DriftCheck(Record, frozen=True, kw_only=True):
    """One part of the configuration: what was tested, what is deployed, and how it is known."""

    name: DriftName
    status: DriftStatus
    lab: str
    field: str
    how: str


class LeftOut(Record, frozen=True, kw_only=True):
    """Items of the campaign that were not replayed, by what they are for, and why not."""

    kind: str
    items: int
    why: str


class FieldOnly(Record, frozen=True, kw_only=True):
    """A scenario whose attack succeeds in the field alone: equal rates hide such a swap."""

    scenario: str
    domain: str
    routes: tuple[str, ...]


class FieldRefusal(Record, frozen=True, kw_only=True):
    """A scenario whose harmless request is refused in the field alone, and by whom.

    `holder` is a layer, the model, or `undisclosed` where nobody says which of them it was.
    """

    scenario: str
    domain: str
    holder: str
    routes: tuple[str, ...]


class FieldCosts(Record, frozen=True, kw_only=True):
    """What a confirmation took; `fillers` are among the requests."""

    requests: int
    retries: int
    fillers: int
    prompt_tokens: int
    completion_tokens: int


class Confirmation(Record, frozen=True, kw_only=True):
    """Whether the deployed path does what the laboratory's did, and until when that counts.

    `confirmed` says: in no claimed group a rate is higher than in the laboratory by the margin or
    more, with the error `bounds.confirmed` for the whole sentence; and nothing of the configuration
    differs. It does not say that the same scenarios fail: see `field_only`; nor that the same
    harmless requests are refused: see `refused_only`.
    `defect` says: some rate is higher by more than the margin, or the configuration differs.
    """

    confirmation: Digest
    """Digest of the plan of the confirmation."""
    plan: Digest
    deployment: str
    verdict: ConfirmationVerdict
    reasons: tuple[str, ...]
    comparisons: tuple[FieldComparison, ...]
    bounds: ErrorBounds
    findings: tuple[Finding, ...]
    layers: tuple[LayerAgreement, ...]
    drift: tuple[DriftCheck, ...]
    field_only: tuple[FieldOnly, ...]
    refused_only: tuple[FieldRefusal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    costs: FieldCosts
    trials: int
    root: Digest
    """Merkle root over the trials, in the order of the file."""
    complete: bool
    started_at: str
    ended_at: str
    expires_at: str

    @property
    def digest(self) -> Digest:
        """Digest of the confirmation."""
        return digest_of(self)
