"""A monitor file as a person writes it: what is watched, where it comes from, what follows.

Everything typed; unknown keys are refused. Shares are decimal strings, times whole seconds.
"""

from typing import Final, Literal

from shipworthy.kernel import Record
from shipworthy.records.live.alarms import FollowingAction
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.vocabulary import DeploymentType

SourceKind = Literal["segment", "jsonl", "parquet", "otlp", "nats", "kafka"]
"""Where exchanges come from: our own log, files, an OpenTelemetry exporter, brokers."""

MONITOR_FORMAT: Final = "shipworthy-monitor/1"


class MonitorHeader(Record, frozen=True, kw_only=True):
    """The table `[monitor]`.

    Attributes:
        name: names the monitor in incidents.
        deployment: the deployment file whose stack, name and log are watched.
        assessment: the assessment whose decision is at stake; empty for the one that the deployment
            names, and none at all where neither is given: nothing can be re-opened then.
        project: folder of campaigns, as `--project` of other commands, relative to this file.
        state: folder of the monitor's state, relative to this file; each monitor needs its own.
        window_seconds: length of the windows in which requests and events are counted.
        false_alarm_days: days to a false alarm of the whole monitor, on average, at least.
        least_requests: requests of which something is known, below which a metric shows nothing.
        silence_seconds: a longer time without any exchange is a gap of the source.
        lateness_seconds: how long after its end a window still waits for exchanges.
        requests_per_second: most requests a second that are to be expected; with more, false alarms
            come sooner in proportion.
        experts_per_minute: how often a process may ask the experts of layers on recheck.
        owner: the role that sees to incidents.
        silence_action: what a silence of the source does to the decision.
        keep_days: days of exchanges and windows that the state keeps; 0 for all. No figure changes
            with it; an exchange that comes again, or comes, after so long is unreadable.
    """

    name: str
    deployment: str
    assessment: str = ""
    project: str = "runs"
    state: str = "monitor"
    window_seconds: int = 10
    false_alarm_days: int = 30
    least_requests: int = 1000
    silence_seconds: int = 900
    lateness_seconds: int = 60
    requests_per_second: int = 100
    experts_per_minute: int = 0
    owner: str = "safety"
    silence_action: FollowingAction = "page-only"
    keep_days: int = 0


class MappedFields(Record, frozen=True, kw_only=True):
    """The table `[source.mapping]`: where the fields of other people's records are.

    Each is a path of keys and list indices with dots between them, as `choices.0.message.content`;
    an empty one says that the records have no such field. `prompt` or `messages` has to be given
    for a record to be scored; so has `reply`.

    Attributes:
        at: when the request came: a number in `at_unit`, or text by RFC 3339.
        at_unit: seconds, milliseconds, microseconds or nanoseconds since 1970.
        id: what names the exchange; without it, the digest of the record does.
        account: who asked.
        conversation: which conversation it belongs to.
        model: the model that was asked for.
        answered_by: the model that the answer names.
        messages: a list of turns, each with `role` and `content`, or text that holds it as JSON.
        system: the operator's turn beside `prompt`.
        prompt: the user's turn, where there is no list.
        reply: the model's text.
        reasoning: what the model wrote before its answer.
        finish: why the answer ended.
        status: the HTTP status of the answer.
        stream: whether the answer was streamed.
        flagged: whether their guard noticed something: true, a list or text that is not empty.
        withheld: whether the user got a refusal in its place.
        layer: the name that their guard gets in the counts.
        dialect: the wire format that the records are said to have had.
    """

    at: str
    at_unit: Literal["s", "ms", "us", "ns"] = "ms"
    id: str = ""
    account: str = ""
    conversation: str = ""
    model: str = ""
    answered_by: str = ""
    messages: str = ""
    system: str = ""
    prompt: str = ""
    reply: str = ""
    reasoning: str = ""
    finish: str = ""
    status: str = ""
    stream: str = ""
    flagged: str = ""
    withheld: str = ""
    layer: str = "guard"
    dialect: ApiDialect = "chat"


class SourceSection(Record, frozen=True, kw_only=True):
    """The table `[source]`.

    Attributes:
        kind: where exchanges come from.
        paths: files of `jsonl` and `parquet`, patterns with `*` allowed, relative to this file.
        mapping: of other people's records; without it, lines are our own.
        options: of the log: a folder, servers, a subject, a topic; for `otlp` the address to
            listen on and the folder of the log that takes what arrives.
        group: readers of one group share the work; a group remembers how far it has read.
    """

    kind: SourceKind = "segment"
    paths: tuple[str, ...] = ()
    mapping: MappedFields | None = None
    options: dict[str, str | int | bool] = {}  # noqa: RUF012 - msgspec copies an empty default
    group: str = "monitor"


class BandSection(Record, frozen=True, kw_only=True):
    """One of `[[bands]]`: the rate of a metric that was accepted, and what leaving it does.

    Attributes:
        metric: `detected.LAYER.deployed`, `errored.LAYER.deployed`, `prevalence.DOMAIN.deployed`,
            `asr.DOMAIN.deployed`, or one of the monitor's own: `disagreement`, `recheck`,
            `other-engine`, `unreadable`.
        finding: the finding of the campaign whose upper bound is the accepted rate, as
            `asr.cyber.safeguarded`.
        limit: the accepted rate where the campaign has no such figure.
        reason: why the campaign has no such figure, and where `limit` comes from.
        action: what an alarm does to the decision.
        restrict_to: with `restrict`, the deployment to go back to.
    """

    metric: str
    finding: str = ""
    limit: str = ""
    reason: str = ""
    action: FollowingAction = "page-only"
    restrict_to: DeploymentType | None = None


class ReviewSection(Record, frozen=True, kw_only=True):
    """The table `[review]`: which exchanges people read, and what they are asked.

    Attributes:
        domain: the policy domain whose harm readers look for, as in `prevalence.DOMAIN.deployed`.
        question: what readers are asked, in one sentence that yes or no answers.
        draws: exchanges drawn in each round by score and chance.
        uniform: share of the draws that is uniform whatever the score says, at least 0.2.
        never_miss: exchanges drawn in each round evenly from what no layer noticed.
        twice: share of items that two people read.
        seed: of the draws.
    """

    domain: str
    question: str
    draws: int = 100
    uniform: str = "0.3"
    never_miss: int = 50
    twice: str = "0.2"
    seed: int = 0


MixFeature = Literal["route", "length", "turns", "score"]
"""What the mix of traffic is looked at by: wire format and whether streamed; length of the last
question, in powers of two; turns of the conversation; the highest score of a layer."""


class DriftSection(Record, frozen=True, kw_only=True):
    """The table `[drift]`: does traffic still look like that on which thresholds were set?

    The first `reference_windows` windows with traffic are the calibration period. Each account
    counts once in a window.

    Attributes:
        features: what is looked at.
        window_seconds: length of a window.
        reference_windows: windows of the calibration period; whole days or weeks, where traffic
            follows the clock.
        tolerance: drifts with a smaller distance (total variation) raise nothing.
        action: what a drift does to the decision.
    """

    features: tuple[MixFeature, ...] = ("route", "length", "turns", "score")
    window_seconds: int = 3600
    reference_windows: int = 168
    tolerance: str = "0.05"
    action: FollowingAction = "page-only"


class ClustersSection(Record, frozen=True, kw_only=True):
    """The table `[clusters]`: do several accounts send like texts that nearly trip a detector?

    Attributes:
        baseline: upper limit of the share of accounts whose text does so, in harmless clusters.
        reason: where the baseline comes from.
        weak_score: the score from which on an exchange nearly tripped a detector, in the unit of
            the layer; without it, only what a layer noticed counts.
        least_accounts: accounts below which a cluster is never named.
        key_variable: environment variable with the secret of the sketches, so that two monitors of
            one log find the same; without it the state draws its own.
        action: what a cluster does to the decision.
    """

    baseline: str
    reason: str
    weak_score: int | None = None
    least_accounts: int = 5
    key_variable: str = ""
    action: FollowingAction = "page-only"


class MonitorDocument(Record, frozen=True, kw_only=True):
    """A whole monitor file.

    Attributes:
        monitor: what is watched, and what the whole promises.
        source: where exchanges come from; without it, the log of the deployment's own gateway.
        bands: what was accepted; each `[[bands]]` is the band of a metric.
        review: what people read; each `[[review]]` is a question about one domain.
        drift: whether the mix of traffic changes; without it, nobody looks.
        clusters: whether accounts act together; without it, nobody looks.
    """

    monitor: MonitorHeader
    source: SourceSection = SourceSection()
    bands: tuple[BandSection, ...] = ()
    review: tuple[ReviewSection, ...] = ()
    drift: DriftSection | None = None
    clusters: ClustersSection | None = None
