"""The running account of a target: what was asked, what it cost, whether it still answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Final

from msgspec import Meta

from shipworthy.kernel import Record
from shipworthy.vocabulary import Failure, Reply, Usage

MILLION: Final = 1_000_000

_NAMES_KEPT: Final = 8
_MICRO: Final = Decimal("0.000001")

Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$")]
"""A sum that is not negative, as a decimal string."""


class Price(Record, frozen=True, kw_only=True):
    """Price of a million tokens, as decimal strings in whatever currency the budget uses.

    Attributes:
        prompt: of tokens read.
        completion: of tokens written.
    """

    prompt: Amount = "0"
    completion: Amount = "0"


class Account(Record, frozen=True, kw_only=True):
    """A snapshot of the account.

    Attributes:
        requests: HTTP requests sent, retries included.
        retries: how many of them were second and later attempts.
        replies: conversations that were answered.
        failures: conversations that ended without an answer.
        prompt_tokens: tokens read, as the far side counted them.
        completion_tokens: tokens written, as the far side counted them.
        unreported: replies without a usable count: tokens and cost are then a lower bound.
        cost: price of the tokens, a decimal string.
        served: the model names that answers carried, in order of appearance; more than one
            means that the model behind the endpoint changed during the campaign.
    """

    requests: int = 0
    retries: int = 0
    replies: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unreported: int = 0
    cost: str = "0.000000"
    served: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """How often in a row the target failed to serve, and from when on that is the end.

    Failing to serve is: no connection, no answer in time, HTTP 401, 403, 404, 407, 408, 429 or
    5xx. An answer of any quality resets the count; for an endpoint that has given no usable answer
    at all yet, a malformed one counts too. Once `unreachable`, the target sends nothing more: the
    campaign saves its work and stops with exit code 5.
    """

    consecutive: int
    limit: int
    last: str = ""

    @property
    def unreachable(self) -> bool:
        """Whether the limit is reached."""
        return self.consecutive >= self.limit


class Bookkeeper:
    """Keeps the account of one target; the one mutable thing about it."""

    def __init__(self, price: Price) -> None:
        self._price = (Decimal(price.prompt), Decimal(price.completion))
        self._requests = 0
        self._retries = 0
        self._replies = 0
        self._failures = 0
        self._tokens = [0, 0]
        self._unreported = 0
        self._served: dict[str, None] = {}

    def sent(self, *, retry: bool) -> None:
        """Note one HTTP request."""
        self._requests += 1
        self._retries += retry

    def settled(self, result: Reply | Failure, served: Iterable[str] = ()) -> None:
        """Note how a conversation ended and what it used."""
        if isinstance(result, Reply):
            self._replies += 1
            self._unreported += _unusable(result.usage)
        else:
            self._failures += 1
        self._tokens[0] += result.usage.prompt_tokens
        self._tokens[1] += result.usage.completion_tokens
        for name in served:
            if len(self._served) < _NAMES_KEPT:
                self._served.setdefault(name)

    def snapshot(self) -> Account:
        """Return the account as it stands."""
        prompt, completion = self._tokens
        cost = (prompt * self._price[0] + completion * self._price[1]) / MILLION
        return Account(
            requests=self._requests,
            retries=self._retries,
            replies=self._replies,
            failures=self._failures,
            prompt_tokens=prompt,
            completion_tokens=completion,
            unreported=self._unreported,
            cost=_money(cost),
            served=tuple(self._served),
        )


def _unusable(usage: Usage) -> bool:
    return usage.prompt_tokens == 0 or usage.completion_tokens == 0


def _money(amount: Decimal) -> str:
    # Rounded up: a budget must never look less spent than it is.
    return format(amount.quantize(_MICRO, rounding=ROUND_CEILING), "f")
