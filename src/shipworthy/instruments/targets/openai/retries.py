"""When a failed attempt is repeated, and how long to wait: bounded, and reproducible.

Waits grow exponentially with full jitter (Brooker, "Exponential backoff and jitter", AWS
Architecture Blog, 2015): uniform between zero and the current ceiling. The draws come from a
named stream, so that a rerun waits for the same times. A budget for the whole campaign keeps an
endpoint in trouble from being hit with several times the planned load.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Final

from msgspec import Meta

from shipworthy.kernel import Record, Stream

_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class RetryPolicy(Record, frozen=True, kw_only=True):
    """How often and how patiently to try again; times in milliseconds.

    Attributes:
        attempts: attempts for one conversation, the first included.
        base_ms: ceiling of the first wait; doubles with every further one.
        cap_ms: highest ceiling.
        retry_after_cap_ms: longest wait that an endpoint may ask for.
        budget_percent: retries allowed per hundred conversations, over the campaign.
        budget_floor: retries always allowed, so that short campaigns survive a hiccup.
    """

    attempts: Annotated[int, Meta(ge=1, le=20)] = 4
    base_ms: Annotated[int, Meta(ge=1, le=60_000)] = 500
    cap_ms: Annotated[int, Meta(ge=1, le=600_000)] = 20_000
    retry_after_cap_ms: Annotated[int, Meta(ge=0, le=600_000)] = 30_000
    budget_percent: Annotated[int, Meta(ge=0, le=1000)] = 20
    budget_floor: Annotated[int, Meta(ge=0, le=10_000)] = 20

    def affords(self, conversations: int, retries: int) -> bool:
        """Say whether the budget allows one more retry."""
        return retries < self.budget_floor + conversations * self.budget_percent // 100

    def wait_ms(self, attempt: int, asked_ms: int, draws: Stream) -> int:
        """Return how long to wait after failed attempt number `attempt` (0 is the first).

        `asked_ms` is what the endpoint asked for, 0 when it did not: it is honoured up to the
        cap, with the jitter on top so that waiting clients do not return together.
        """
        ceiling = min(self.cap_ms, self.base_ms << min(attempt, 30))
        return min(asked_ms, self.retry_after_cap_ms) + draws.below(ceiling + 1)


def retry_after_ms(header: str, now: datetime) -> int:
    """Read a `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date.

    Nonsense and the past read as 0: no wish.
    """
    text = header.strip()
    if _SECONDS.fullmatch(text):
        return int(float(text) * 1000)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, int((moment - now).total_seconds() * 1000))
