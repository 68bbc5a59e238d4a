"""The factory behind the name `openai`."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.instruments.targets.openai.chat import ChatSettings, ChatTarget
from shipworthy.instruments.targets.openai.credential import Credential, credential_from
from shipworthy.instruments.targets.openai.encoding import Dialect
from shipworthy.instruments.targets.openai.options import OpenAIOptions, check_options
from shipworthy.instruments.targets.openai.transport import Link, Transport
from shipworthy.instruments.targets.protocol import TargetContext
from shipworthy.kernel import Digest, Location, Problem, convert_record
from shipworthy.records import SubjectIdentity

DISCLOSABLE = ("weights", "quantisation", "engine", "template")
"""Parts of an identity that an endpoint does not show and its operator may declare."""


async def open_openai(options: Mapping[str, object], context: TargetContext) -> ChatTarget:
    """Open a model behind an OpenAI-compatible `/chat/completions` endpoint.

    Raises:
        Problem: exit code 2 for options or a missing key.
    """
    parsed = convert_record(dict(options), OpenAIOptions, context.source)
    check_options(parsed, context.source)
    credential = credential_from(context.environment, parsed.key_variable, context.source)
    proxy = _proxy(parsed, context)
    link = Link(
        base_url=parsed.base_url,
        credential=credential,
        concurrency=parsed.concurrency or context.concurrency,
        response_limit_bytes=parsed.response_limit_bytes,
        proxy=proxy,
    )
    return ChatTarget(Transport(link), _settings(parsed, credential, context))


@dataclass(frozen=True, slots=True)
class DeclaredIdentity:
    """Identity of an endpoint: what its operator declared, the rest named as unknown."""

    options: OpenAIOptions

    def __call__(self, system_prompt: Digest) -> SubjectIdentity:
        """Return the identity under a system prompt of that digest."""
        options = self.options
        return SubjectIdentity(
            name=options.model,
            endpoint="OpenAI-compatible chat completions over "
            f"{options.scheme}{_dialect(options).marks}",
            weights=options.weights,
            quantisation=options.quantisation,
            engine=options.engine,
            template=options.template,
            system_prompt=system_prompt,
            sampling=options.sampling,
            unknown=tuple(part for part in DISCLOSABLE if not getattr(options, part)),
        )


def _settings(
    options: OpenAIOptions, credential: Credential, context: TargetContext
) -> ChatSettings:
    return ChatSettings(
        dialect=_dialect(options),
        credential=credential,
        describe=DeclaredIdentity(options),
        clock=context.clock,
        seed=context.seed,
        concurrency=options.concurrency or context.concurrency,
        timeout_seconds=options.timeout_seconds,
        deadline_seconds=options.deadline_seconds,
        retries=options.retries,
        stop_after_failures=options.stop_after_failures,
        wants_an_answer=True,
        probe=options.probe,
        source=context.source,
        price=options.price,
    )


def _dialect(options: OpenAIOptions) -> Dialect:
    return Dialect(
        model=options.model,
        sampling=options.sampling,
        native_tools=options.tools == "native",
        max_tokens_field=options.max_tokens_field,
        repeat_penalty_field=options.repeat_penalty_field,
    )


def _proxy(options: OpenAIOptions, context: TargetContext) -> str:
    if not options.proxy_variable:
        return ""
    proxy = context.environment.get(options.proxy_variable, "")
    if not proxy.startswith(("http://", "https://")):
        raise Problem.of(
            "target-option",
            f"environment variable `{options.proxy_variable}` does not hold the URL of a proxy",
            location=Location(context.source),
            help="set it to `http://host:port`, or leave `proxy_variable` out",
        )
    return proxy
