"""From bytes of a log to exchanges: what can be read, and what cannot and is kept aside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from shipworthy.records.live import ExchangeRecord


class NotAnExchangeError(Exception):
    """The bytes are no exchange; the text says why, without quoting them."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something in a source that is no exchange: counted, kept, never a pass.

    Attributes:
        partition: of the log, or the file by its number.
        offset: of the entry in it.
        why: one line.
        body: the bytes as they came.
    """

    partition: int
    offset: int
    why: str
    body: bytes


Decode = Callable[[bytes], ExchangeRecord]
"""Turns one entry into an exchange, or raises `NotAnExchangeError`."""

_DECODER: Final = msgspec.json.Decoder(ExchangeRecord)
_LONGEST_WHY: Final = 200


def decode_own(body: bytes) -> ExchangeRecord:
    """Read one of our own records.

    Raises:
        NotAnExchangeError: naming the field and what was expected.
    """
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAnExchangeError(str(error)[:_LONGEST_WHY]) from None
