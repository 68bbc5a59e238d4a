"""Claims: every number that a reader meets, with the derivation that recomputes it."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from shipworthy.kernel import Record

ClaimFormat = Literal[
    "integer", "percent", "percent-up", "percent-down", "points", "p-value", "fold", "decimal"
]
"""How a value is shown. `percent-up` and `percent-down` round away from what would flatter.

`fold` shows an upper limit of a ratio below 1 as its inverse, rounded down.
"""

_ROUNDING: Final = {
    "percent": ROUND_HALF_EVEN,
    "percent-up": ROUND_CEILING,
    "percent-down": ROUND_FLOOR,
    "points": ROUND_HALF_EVEN,
}


class Claim(Record, frozen=True, kw_only=True):
    """One number: `id` names its derivation (`finding:asr.cyber.bare#upper`), see spec/claims.md.

    `value` is an integer or a decimal string exactly as in the record it comes from.
    """

    id: str
    value: str
    format: ClaimFormat


def display(claim: Claim) -> str:
    """Return the text that a reader sees for a claim.

    Percentages have one digit after the point and a narrow no-break space before the sign.
    """
    if claim.format in {"integer", "decimal"}:
        return claim.value
    number = Decimal(claim.value)
    if claim.format == "p-value":
        if number < Decimal("0.001"):
            return "< 0.001"
        return str(number.quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN))
    if claim.format == "fold":
        return f"{(1 / number).quantize(Decimal('0.01'), rounding=ROUND_FLOOR)}-fold"
    scaled = (number * 100).quantize(Decimal("0.1"), rounding=_ROUNDING[claim.format])
    if claim.format == "points":
        return f"{scaled:+} pt"
    return f"{scaled}\u202f%"
