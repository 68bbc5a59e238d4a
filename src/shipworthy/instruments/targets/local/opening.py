"""The factory behind the name `local`: the offline model, reached over loopback HTTP."""

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec

from shipworthy.instruments.targets.account import Account, Health, Price
from shipworthy.instruments.targets.local.options import LocalOptions
from shipworthy.instruments.targets.local.packages import FindSpec, require_runtime
from shipworthy.instruments.targets.local.process import ServerProcess, start_server
from shipworthy.instruments.targets.local.weights import (
    ServedWeights,
    cache_folder,
    prepare_weights,
)
from shipworthy.instruments.targets.openai import (
    ChatSettings,
    ChatTarget,
    Credential,
    Dialect,
    Link,
    RetryPolicy,
    Transport,
    check_sampling,
)
from shipworthy.instruments.targets.protocol import TargetContext
from shipworthy.kernel import Digest, convert_record
from shipworthy.records import SubjectIdentity
from shipworthy.vocabulary import Failure, Reply, Request, Sampling

_RESPONSE_LIMIT = 2 * 1024 * 1024


class LocalTarget:
    """The offline model: a chat target and the process behind it."""

    def __init__(self, chat: ChatTarget, server: ServerProcess) -> None:
        self._chat = chat
        self._server = server

    @property
    def account(self) -> Account:
        """What has been sent so far."""
        return self._chat.account

    @property
    def health(self) -> Health:
        """Whether the server still serves."""
        return self._chat.health

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._server.pid

    def identity(self, system_prompt: Digest) -> SubjectIdentity:
        """Return what answers: nothing about it is unknown."""
        return self._chat.identity(system_prompt)

    async def respond(self, request: Request) -> Reply | Failure:
        """Answer, or say why not; never raises for what the server does."""
        return await self._chat.respond(request)

    async def close(self) -> None:
        """Close the connections and end the process."""
        try:
            await self._chat.close()
        finally:
            await self._server.stop()


@dataclass(frozen=True, slots=True)
class LocalIdentity:
    """Identity of the served file in this engine under this way of scheduling."""

    weights: ServedWeights
    engine: str
    sampling: Sampling
    native_tools: bool = False

    def __call__(self, system_prompt: Digest) -> SubjectIdentity:
        """Return the identity under a system prompt of that digest."""
        return SubjectIdentity(
            name=self.weights.name,
            endpoint="OpenAI-compatible chat completions over loopback http"
            + (", native tools" if self.native_tools else ""),
            weights=self.weights.digest,
            quantisation=self.weights.quantisation,
            engine=self.engine,
            template=self.weights.template,
            system_prompt=system_prompt,
            sampling=self.sampling,
            unknown=() if self.weights.template else ("template",),
        )


async def open_local(
    options: Mapping[str, object], context: TargetContext, find: FindSpec = find_spec
) -> LocalTarget:
    """Serve the offline model and open it as a target.

    The first start re-quantises the weights (about 7 CPU seconds); later ones take a second.

    Raises:
        Problem: exit code 2 for options; 4 when an installed file is not the pinned one; 5 when
            packages are missing or the server does not start.
    """
    parsed = convert_record(dict(options), LocalOptions, context.source)
    check_sampling(parsed.sampling, context.source)
    version = require_runtime(quantiser=parsed.requantises, find=find)
    cache = cache_folder(context.environment)
    weights = await asyncio.to_thread(prepare_weights, parsed, cache, find)
    key = secrets.token_hex(24)
    server = await start_server(
        {
            "path": str(weights.path),
            "alias": weights.name,
            "key": key,
            "slots": parsed.parallel,
            "context_tokens": parsed.context_tokens,
            "threads": parsed.threads or default_threads(),
            "cache_prompt": not parsed.deterministic,
            "cache_mebibytes": 0 if parsed.deterministic else parsed.cache_mebibytes,
        },
        context.environment,
        parsed.start_seconds,
    )
    identity = LocalIdentity(
        weights, engine_name(version, parsed), parsed.sampling, parsed.tools == "native"
    )
    return LocalTarget(_chat(parsed, context, identity, server.address, Credential(key)), server)


def default_threads() -> int:
    """Return the cores this process may use, less the one that the campaign runs on."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return max(1, cores - 1)


def engine_name(version: str, options: LocalOptions) -> str:
    """Return engine, version, scheduling and a context of another length than the usual one.

    Batched answers differ from single ones, and a shorter context forgets.
    """
    way = "1 slot, no prompt cache" if options.deterministic else f"{options.slots} slots"
    if options.context_tokens != LocalOptions().context_tokens:
        way += f", context of {options.context_tokens} tokens"
    return f"llama.cpp via xllamacpp {version} ({way})"


def _chat(
    options: LocalOptions,
    context: TargetContext,
    identity: LocalIdentity,
    address: str,
    credential: Credential,
) -> ChatTarget:
    transport = Transport(
        Link(
            base_url=f"{address.rstrip('/')}/v1",
            credential=credential,
            concurrency=options.parallel,
            response_limit_bytes=_RESPONSE_LIMIT,
        )
    )
    repeat = "repeat_penalty" if Decimal(options.sampling.repeat_penalty) != 1 else ""
    settings = ChatSettings(
        dialect=Dialect(
            model=identity.weights.name,
            sampling=options.sampling,
            native_tools=options.tools == "native",
            repeat_penalty_field=repeat,
            flags={"cache_prompt": not options.deterministic},
        ),
        credential=credential,
        describe=identity,
        clock=context.clock,
        seed=context.seed,
        concurrency=options.parallel,
        timeout_seconds=options.timeout_seconds,
        deadline_seconds=options.timeout_seconds * 2,
        retries=RetryPolicy(attempts=3, base_ms=50, cap_ms=1000),
        stop_after_failures=3,
        price=Price(),
    )
    return ChatTarget(transport, settings)
