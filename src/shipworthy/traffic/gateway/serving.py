"""One version of what is served. An exchange ends under the version under which it began."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.kernel import Digest, digest_of
from shipworthy.records.live import Deployment
from shipworthy.traffic.dialects import Dialect, Reading
from shipworthy.traffic.dialects.reading import BODY_LIMIT
from shipworthy.traffic.gateway.wire import PASSED_ON, Upstream


@dataclass(frozen=True, slots=True)
class Serving:
    """A deployment with the stack that was built from it.

    Attributes:
        deployment: the file, with the assessment's safeguards where it names one.
        engine: the stack.
        dialects: what is spoken, by path.
        reading: the policy, as dialects read it.
        upstream: the way to the model's server.
        key: the key that the model's server is sent, or nothing to pass the client's on.
        passed_on: request headers that are passed on.
    """

    deployment: Deployment
    engine: GuardEngine
    dialects: Mapping[bytes, Dialect]
    reading: Reading
    upstream: Upstream
    key: Credential
    passed_on: tuple[bytes, ...]

    @property
    def policy(self) -> Digest:
        """Digest of what may enter."""
        return digest_of(self.deployment.policy)


def reading_of(deployment: Deployment) -> Reading:
    """Return the policy of a deployment, as dialects read it."""
    policy = deployment.policy
    limit = deployment.upstream.reply_limit_bytes
    return Reading(
        media=policy.media,
        unknown_parts=policy.unknown_parts,
        system_turns=policy.system_turns,
        public_turns=frozenset(text.strip() for text in policy.public_turns),
        body_limit_bytes=policy.body_limit_bytes,
        choices=policy.choices,
        reply_limit_bytes=limit,
        event_limit_bytes=min(limit, BODY_LIMIT),
    )


def served(
    deployment: Deployment,
    engine: GuardEngine,
    dialects: Mapping[str, Dialect],
    upstream: Upstream,
    key: Credential,
) -> Serving:
    """Put a version together; `dialects` are all that are known, by path."""
    wanted = set(deployment.deployment.dialects)
    named = tuple(name.lower().encode() for name in deployment.upstream.headers)
    return Serving(
        deployment=deployment,
        engine=engine,
        dialects={
            path.encode(): dialect for path, dialect in dialects.items() if dialect.name in wanted
        },
        reading=reading_of(deployment),
        upstream=upstream,
        key=key,
        passed_on=(*PASSED_ON, *(name for name in named if name not in PASSED_ON)),
    )


def headers_upstream(serving: Serving, dialect: Dialect, given: Mapping[bytes, bytes]) -> bytes:
    """Return the header lines for the model's server: a fixed list, and a key."""
    lines = [b"content-type: application/json\r\n"]
    sent = serving.key.header().get("Authorization", "").encode()
    if not sent:
        # Only the one that names the account: another key would count against nobody.
        for name in (b"authorization", b"x-api-key"):
            if given.get(name):
                lines += (name, b": ", given[name], b"\r\n")
                break
    elif dialect.name == "messages":
        lines += (b"x-api-key: ", sent.removeprefix(b"Bearer "), b"\r\n")
    else:
        lines += (b"authorization: ", sent, b"\r\n")
    for name in serving.passed_on:
        if name in given:
            lines += (name, b": ", given[name], b"\r\n")
    return b"".join(lines)
