"""Canonical JSON: one byte string for one value, so that digests and signatures mean something.

The profile is the part of RFC 8785 on which every encoder agrees: objects with ASCII keys sorted
by code point, integers within +-(2**53 - 1), strings, booleans, null and arrays. Floats are
refused: a probability in a signed record is a decimal string (see `decimal_string`).
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

import msgspec

from shipworthy.kernel.diagnostics import Problem

SAFE_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 7493)."""

DECIMAL_PLACES: Final = 6
"""Digits after the point of every probability in a signed record."""

_ROUNDING: Final = {"nearest": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_FLOOR}

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_bytes(value: object) -> bytes:
    """Encode `value` (builtins or `Record`s) in the canonical profile.

    Raises:
        Problem: `canonical-value` when the value holds a float, an unsafe integer, a key that is
            not an ASCII string, or a lone surrogate.
    """
    plain = msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview))
    if not _fits(plain):
        _check(plain, "$")
    return _encoder.encode(plain)


def decimal_string(
    value: float,
    rounding: Literal["nearest", "up", "down"] = "nearest",
    places: int = DECIMAL_PLACES,
) -> str:
    """Write a finite number with `places` digits after the point.

    Upper bounds are rounded up and lower bounds down, so that the record never claims more than
    was computed.

    Raises:
        ValueError: the number is not finite.
    """
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"`{value}` is not a finite number")
    quantum = Decimal(1).scaleb(-places)
    rounded = number.quantize(quantum, rounding=_ROUNDING[rounding])
    return format(abs(rounded) if rounded.is_zero() else rounded, "f")


def significant(value: Decimal, digits: int) -> str:
    """Write a number with so many digits that count, without an exponent and trailing zeros."""
    return format(Decimal(f"{value:.{digits}g}").normalize(), "f")


def _fits(value: object) -> bool:
    """Say whether `_check` lets `value` pass; when in doubt, no.

    Every digest, transcript and trial comes through here and nearly all of them fit. The walk that
    knows where it is costs several times as much, and is needed only to say what is wrong.
    """
    found = [value]
    for one in found:  # grows while it is walked
        if isinstance(one, str):
            fits = one.isascii() or is_unicode(one)
        elif isinstance(one, dict):
            fits = _are_keys(one)
            found.extend(one.values())
        elif isinstance(one, (list, tuple)):
            fits = True
            found.extend(one)
        elif isinstance(one, int):
            fits = abs(one) <= SAFE_INTEGER
        else:
            fits = one is None
        if not fits:
            return False
    return True


def _are_keys(keys: Iterable[object]) -> bool:
    for key in keys:  # noqa: SIM110 - `all` would build a generator for every object
        if not isinstance(key, str) or not key.isascii():
            return False
    return True


def _check(value: object, path: str) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > SAFE_INTEGER:
                raise _refusal(path, f"integer `{value}` is beyond 2^53 - 1")
        case str():
            _check_text(value, path)
        case list() | tuple():
            for index, element in enumerate(value):
                _check(element, f"{path}[{index}]")
        case dict():
            for key, element in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise _refusal(path, f"key `{key}` is not an ASCII string")
                _check(element, f"{path}.{key}")
        case _:
            raise _refusal(path, f"{type(value).__name__} `{value}` has no canonical form")


def _check_text(value: str, path: str) -> None:
    if not is_unicode(value):
        raise _refusal(path, "string holds a lone surrogate")


def is_unicode(text: str) -> bool:
    """Say whether a text can be encoded: it holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal(path: str, what: str) -> Problem:
    return Problem.of(
        "canonical-value",
        f"cannot be written as canonical JSON at {path}: {what}",
        help="write numbers with a fraction as decimal strings",
    )
