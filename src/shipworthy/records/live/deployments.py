"""The deployment: the one file that says who serves what, behind which stack.

The gateway serves by it, `confirm` asks by it, the monitor reads the log that it names. Times are
whole seconds or minutes, and shares are decimal strings, since parts of it go into records.
"""

from typing import Annotated, Any, Final, Literal

import msgspec

from shipworthy.kernel import Digest, Record, digest_text
from shipworthy.records.assessment import SafeguardSection
from shipworthy.records.live.asking import ConfirmationSection
from shipworthy.records.live.exchanges import TURNED_DIALECTS, ApiDialect

Disclosure = Literal["digests", "flagged", "all"]
"""What the log keeps of what was said."""

Allowed = Literal["refuse", "pass"]
"""What is done about content that no layer can read."""

Seconds = Annotated[int, msgspec.Meta(ge=1, le=86_400)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]

MIB: Final = 1024 * 1024


class DeploymentHeader(Record, frozen=True, kw_only=True):
    """What is deployed, and where users reach it.

    Attributes:
        name: names the deployment in records, and its folder; lower-case letters, digits, `.`, `_`,
            `-`.
        assessment: path of the assessment, relative to this file, whose `[[safeguards]]` and system
            prompt stand where this file gives none.
        url: where users reach the deployment: what `confirm` asks. By default where the gateway
            listens.
        dialects: the wire formats that are served; every other path is refused. `completions` is
            served only where it is named: its prompt has no turns, so no layer can tell the
            product's secrets from the user's words, and none can keep them.
        model: the model that is deployed; `confirm` asks for it.
        system_prompt: the system turn that the product sends. The gateway adds nothing; `confirm`
            sends it, and compares what arrived.
        disclosure: what the log keeps of what was said. `digests`: nothing. `flagged`: exchanges
            that a layer noticed or failed on. `all`: every exchange.
        listen: address and port on which the gateway serves, or `unix:PATH`.
        admin: address and port of health, identity, metrics and the emergency stop, or `unix:PATH`;
            keep it off the network that users are on. Empty for none.
        state: folder of the log and of the emergency stop, relative to this file; by default
            `live/NAME`.
    """

    name: str
    assessment: str = ""
    url: str = ""
    dialects: tuple[ApiDialect, ...] = TURNED_DIALECTS
    model: str = ""
    system_prompt: str = ""
    disclosure: Disclosure = "digests"
    listen: str = "127.0.0.1:8080"
    admin: str = "127.0.0.1:8081"
    state: str = ""


class UpstreamSection(Record, frozen=True, kw_only=True):
    """The model's server.

    Attributes:
        url: its address, `http://` or `https://`, without the path of a dialect.
        key_variable: environment variable with the key that is sent in place of the client's.
        timeout_seconds: the longest that one answer may take, from its request to its last byte.
        connect_seconds: the longest that a connection may take to be made.
        first_byte_seconds: the longest wait for the first byte of an answer.
        idle_seconds: the longest pause inside an answer.
        connections: most connections to the server at once.
        headers: request headers that are passed on besides the fixed ones.
        reply_limit_bytes: the longest answer that is read.
    """

    url: str
    key_variable: str = ""
    timeout_seconds: Seconds = 120
    connect_seconds: Seconds = 10
    first_byte_seconds: Seconds = 60
    idle_seconds: Seconds = 30
    connections: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1024
    headers: tuple[str, ...] = ()
    reply_limit_bytes: Count = 32 * MIB


class PolicySection(Record, frozen=True, kw_only=True):
    """What may enter: what a layer cannot see is refused unless this says otherwise.

    Attributes:
        media: images, audio and files. `pass` lets them through unseen; they are counted.
        unknown_parts: parts and fields of a kind that the gateway does not know.
        system_turns: whether the system turns that clients send are secrets of the deployment,
            which must not come out again.
        public_turns: texts of system turns that users may hear all the same: one that is such a
            text, whole and but for space around it, is no secret. One that holds more stays one.
        body_limit_bytes: the longest request, as sent and unpacked.
        choices: the most answers that one request may ask for.
        encodings: content encodings of requests that are unpacked.
    """

    media: Allowed = "refuse"
    unknown_parts: Allowed = "refuse"
    system_turns: Literal["confidential", "public"] = "confidential"
    public_turns: tuple[str, ...] = ()
    body_limit_bytes: Count = 8 * MIB
    choices: Annotated[int, msgspec.Meta(ge=1, le=8)] = 8
    encodings: tuple[Literal["gzip", "deflate"], ...] = ("gzip", "deflate")


class LimitsSection(Record, frozen=True, kw_only=True):
    """How much one account, and all together, may ask; 0 sets no limit.

    Attributes:
        requests_per_minute: of one account.
        concurrent: exchanges of one account at once.
        strikes: detections of one account within `strike_minutes` after which it is stopped.
        strike_minutes: the time within which strikes are counted.
        stop_minutes: for how long a struck account is stopped.
        concurrent_in_all: exchanges at once; further ones wait.
        waiting: how many may wait; further ones are turned away.
        waiting_seconds: how long one may wait.
        connections: connections of clients at once.
        head_seconds: the longest that the head of a request may take to arrive.
        body_seconds: the longest that its body may take, and that a client may take nothing of its
            answer.
        memory_mib: bytes of requests and answers that are held at once, in MiB; a request that
            finds no room is turned away.
        drain_seconds: how long exchanges in flight are given when the gateway is told to end.
    """

    requests_per_minute: Count = 0
    concurrent: Count = 0
    strikes: Count = 0
    strike_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] = 60
    stop_minutes: Annotated[int, msgspec.Meta(ge=1, le=525_600)] = 60
    concurrent_in_all: Count = 2048
    waiting: Count = 1024
    waiting_seconds: Seconds = 10
    connections: Count = 8192
    head_seconds: Seconds = 10
    body_seconds: Seconds = 60
    memory_mib: Annotated[int, msgspec.Meta(ge=1, le=1_048_576)] = 512
    drain_seconds: Seconds = 30


class AccountsSection(Record, frozen=True, kw_only=True):
    """How accounts are told apart.

    Attributes:
        key_variable: environment variable with the key of the pseudonyms (at least 16 bytes).
            Without it the log names no account; limits hold all the same.
        header: request header that names the account; by default the API key does.
        conversation_header: request header that names the conversation.
    """

    key_variable: str = ""
    header: str = ""
    conversation_header: str = "x-conversation-id"


class LogSection(Record, frozen=True, kw_only=True):
    """Where records of exchanges go, and what happens when they cannot.

    Attributes:
        kind: files of this machine (`segment`), NATS JetStream, or a Kafka protocol broker.
        when: `before-release` sends the last byte of an answer only after its record was
            acknowledged; `after` does not wait.
        on_error: what becomes of an answer whose record is not acknowledged. `closed` withholds
            it; `open` lets it go and counts the loss; `sample` lets the share `sample_share` of
            exchanges that were chosen by their ids go, and withholds the others.
        sample_share: decimal string between 0 and 1.
        timeout_seconds: after this time a record that is not acknowledged counts as refused.
        backlog: records that may wait for the log; beyond it the log counts as failing.
        options: options of the log.
    """

    kind: Literal["segment", "nats", "kafka"] = "segment"
    when: Literal["before-release", "after"] = "before-release"
    on_error: Literal["closed", "open", "sample"] = "closed"
    sample_share: str = "0.01"
    timeout_seconds: Seconds = 10
    backlog: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 10_000
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class TelemetrySection(Record, frozen=True, kw_only=True):
    """OpenTelemetry events of exchanges, beside the log.

    Attributes:
        url: where OTLP over HTTP with JSON is taken, such as `http://127.0.0.1:4318/v1/logs`.
        queue: events that may wait; further ones are dropped and counted.
        headers_variable: environment variable with headers, `name=value` joined by commas.
    """

    url: str
    queue: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 2048
    headers_variable: str = ""


class Deployment(Record, frozen=True, kw_only=True):
    """A deployment: what serves, behind which safeguards.

    Attributes:
        deployment: what is deployed.
        upstream: the model's server.
        policy: what may enter.
        limits: how much may be asked.
        accounts: how accounts are told apart.
        log: where records go.
        telemetry: OpenTelemetry events; none without it.
        confirmation: how `confirm` asks.
        safeguards: the stack, outermost layer first, as in an assessment. Where none is given, the
            assessment's; `safeguards = []` and no assessment serves bare.
    """

    deployment: DeploymentHeader
    upstream: UpstreamSection
    policy: PolicySection = PolicySection()
    limits: LimitsSection = LimitsSection()
    accounts: AccountsSection = AccountsSection()
    log: LogSection = LogSection()
    telemetry: TelemetrySection | None = None
    confirmation: ConfirmationSection = ConfirmationSection()
    safeguards: tuple[SafeguardSection, ...] = ()


def turn_digest(text: str) -> Digest:
    """Return the digest of a system turn; space around it is no part of it."""
    return digest_text(text.strip())
