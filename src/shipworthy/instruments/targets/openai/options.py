"""Options of a target behind an OpenAI-compatible endpoint, as a person writes them."""

import re
from decimal import Decimal
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta

from shipworthy.instruments.targets.account import Price
from shipworthy.instruments.targets.openai.retries import RetryPolicy
from shipworthy.kernel import Digest, Location, Problem, Record
from shipworthy.vocabulary import Sampling

MEBIBYTE: Final = 1024 * 1024

Count = Annotated[int, Meta(ge=1, le=4096)]
Seconds = Annotated[int, Meta(ge=1, le=3600)]
NonEmpty = Annotated[str, Meta(min_length=1, max_length=400)]

_DECIMAL: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,9})?")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class OpenAIOptions(Record, frozen=True, kw_only=True):
    """How to reach the model, how hard to try, and what its operator discloses about it.

    Attributes:
        model: the name that requests carry.
        base_url: everything before `/chat/completions`, for example `https://host/v1`.
        key_variable: environment variable that holds the API key; empty for none. The key
            itself is never an option.
        proxy_variable: environment variable that holds the URL of a proxy; empty for none.
        sampling: how answers are drawn.
        concurrency: most conversations in flight at once, and connections kept open; 0 for as
            many as the campaign keeps in flight.
        timeout_seconds: time for one attempt, from sending to the last byte.
        deadline_seconds: time for one conversation, all attempts and waits included.
        response_limit_bytes: an answer beyond it is cut off and counts as not assessed.
        retries: how failed attempts are repeated.
        stop_after_failures: consecutive conversations without service that end the campaign. Until
            the first usable answer of a run, one without text or a known form counts as well.
        price: price per million tokens, for the account.
        tools: `native` offers tools in the dialect; `text` describes them in the system turn
            and reads calls from the answer.
        max_tokens_field: newer endpoints want `max_completion_tokens`.
        repeat_penalty_field: how this endpoint spells it; empty when it has no such thing.
        weights, quantisation, engine, template: what the operator discloses, for the identity.
        probe: ask one harmless thing before a plan is registered and before a run goes on, so that
            a wrong address costs no submission.
        allow_plain_http: send a key over unencrypted HTTP to another machine.
    """

    model: NonEmpty
    base_url: NonEmpty
    key_variable: str = ""
    proxy_variable: str = ""
    sampling: Sampling = Sampling()
    concurrency: Annotated[int, Meta(ge=0, le=4096)] = 0
    timeout_seconds: Seconds = 60
    deadline_seconds: Seconds = 180
    response_limit_bytes: Annotated[int, Meta(ge=1024, le=64 * MEBIBYTE)] = 2 * MEBIBYTE
    retries: RetryPolicy = RetryPolicy()
    stop_after_failures: Count = 10
    price: Price = Price()
    tools: Literal["text", "native"] = "text"
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    repeat_penalty_field: Literal["", "repeat_penalty", "repetition_penalty"] = ""
    weights: Digest = ""
    quantisation: str = ""
    engine: str = ""
    template: Digest = ""
    probe: bool = True
    allow_plain_http: bool = False

    @property
    def scheme(self) -> str:
        """`https` or `http`."""
        return self.base_url.partition(":")[0].lower()


def check_options(options: OpenAIOptions, source: str) -> None:
    """Refuse options that cannot work or would give a secret away.

    Raises:
        Problem: `target-option` naming the field.
    """
    try:
        url = urlsplit(options.base_url)
        _ = url.port
    except ValueError:
        raise _refusal(source, "`base_url` is not a URL") from None
    _check_url(url, source)
    private = url.scheme == "https" or url.hostname in _LOOPBACK or options.allow_plain_http
    if options.key_variable and not private:
        raise _refusal(
            source,
            "`base_url` would send the key over unencrypted HTTP to another machine",
            "use `https`, or set `allow_plain_http = true` where the network is trusted",
        )
    check_sampling(options.sampling, source)
    if Decimal(options.sampling.repeat_penalty) != 1 and not options.repeat_penalty_field:
        raise _refusal(
            source,
            "`sampling.repeat_penalty` is set, but `repeat_penalty_field` does not say how this "
            "endpoint spells it",
            "one of `repeat_penalty` (llama.cpp), `repetition_penalty` (vLLM)",
        )


def check_sampling(sampling: Sampling, source: str) -> None:
    """Refuse sampling values that are not decimal strings or make no sense.

    Raises:
        Problem: `target-option` naming the field.
    """
    for name in ("temperature", "top_p", "repeat_penalty"):
        value: str = getattr(sampling, name)
        if not _DECIMAL.fullmatch(value):
            raise _refusal(
                source, f"`sampling.{name}` is `{value}`", 'write a decimal string such as "0.7"'
            )
    if sampling.max_tokens < 1:
        raise _refusal(source, f"`sampling.max_tokens` is `{sampling.max_tokens}`", "at least 1")


def _check_url(url: SplitResult, source: str) -> None:
    # The URL is not repeated: whatever is wrong with it may be a secret.
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise _refusal(source, "`base_url` is not an http or https URL", "`https://host/v1`")
    if url.username or url.password:
        raise _refusal(
            source, "`base_url` holds credentials", "name a variable in `key_variable` instead"
        )
    if url.query or url.fragment:
        raise _refusal(source, "`base_url` holds a query or a fragment", "`https://host/v1`")


def _refusal(source: str, message: str, advice: str = "") -> Problem:
    return Problem.of("target-option", message, location=Location(source), help=advice)
