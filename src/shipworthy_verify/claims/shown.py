"""A claim as a report shows it: whether its value, its rounding and its text are right."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

from shipworthy_verify.rules import decimal

_ROUNDING: Final = {
    "percent": ROUND_HALF_EVEN,
    "points": ROUND_HALF_EVEN,
    "percent-up": ROUND_CEILING,
    "percent-down": ROUND_FLOOR,
}
_FLATTERING: Final = {
    "lower": {"percent", "percent-up"},
    "upper": {"percent", "percent-down"},
    "exact_upper": {"percent", "percent-down"},
    "upper_adjusted": {"percent", "percent-down"},
}
_MISSES: Final = {"miss_lower": "lower", "miss_upper": "upper"}
_ERRORS: Final = ("false_go", "false_fail")
_FOLD: Final = "fold"
"""The inverse of an upper limit of a ratio; of nothing else."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim as a report shows it; `text` is None where only the value is given."""

    id: str
    value: str
    format: str
    text: str | None


def fault(shown: Shown, book: dict[str, str | None]) -> tuple[str, str] | None:
    """Return the code and sentence of what is wrong with a claim, or nothing."""
    expected = book.get(shown.id)
    head, _, key = shown.id.partition("#")
    if expected is None and _never_occurred(shown.id, book):
        expected = "0"
    if expected is None:
        return "SV-CLAIM-UNKNOWN", f"claim `{shown.id}` follows from no record"
    if shown.value != expected:
        return "SV-CLAIM-VALUE", f"claim `{shown.id}` says `{shown.value}`, not `{expected}`"
    if _flatters(head, key, shown.format):
        return "SV-CLAIM-FORMAT", f"claim `{shown.id}` is rounded the way that flatters"
    text = display(shown)
    if text is None:
        return "SV-CLAIM-FORMAT", f"claim `{shown.id}` cannot be shown as `{shown.format}`"
    if shown.text is not None and shown.text != text:
        return "SV-CLAIM-TEXT", f"claim `{shown.id}` reads `{shown.text}`, not `{text}`"
    return None


def _never_occurred(claim: str, book: dict[str, str | None]) -> bool:
    """Whether a claim counts a holder or a reason of which a record has none: a true zero."""
    head, _, key = claim.partition("#")
    if head.startswith("finding:") and f"{head}#successes" in book:
        return key.startswith(("held_by.", "unassessed."))
    row, _, rest = key.partition(".")
    known = head.startswith("stack:") and f"{head}#scenarios" in book
    counted = f"{head}#{row}.attempts" in book and rest.startswith("held_by.")
    return known and (counted or (row == "rewrote" and bool(rest)))


def _flatters(head: str, key: str, shape: str) -> bool:
    """Whether a bound, or an error that a design allows, is rounded the way that flatters."""
    if head.startswith("sequential:") and key in _ERRORS:
        return shape in _FLATTERING["upper"]
    if head.startswith("stack:") and key in _MISSES:
        return shape in _FLATTERING[_MISSES[key]]
    if head.startswith("controls:"):
        return shape in _FLATTERING.get(key.rpartition(".")[2], ())
    if head.startswith("paired:") and key == "ratio_upper":
        return shape not in {_FOLD, "decimal"}
    if shape == _FOLD:
        return True
    return head.startswith(("finding:", "language:", "attack:")) and shape in _FLATTERING.get(
        key, ()
    )


def display(shown: Shown) -> str | None:
    """Return the text of a value in a format, or nothing when the format does not fit."""
    if shown.format == "integer":
        return shown.value if shown.value.lstrip("-").isdecimal() else None
    if shown.format == "decimal":
        return shown.value
    if decimal(shown.value) is None:
        return None
    number = Decimal(shown.value)
    if shown.format in {"p-value", _FOLD}:
        return _fold(number) if shown.format == _FOLD else _p_value(number)
    if shown.format not in _ROUNDING:
        return None
    scaled = (number * 100).quantize(Decimal("0.1"), rounding=_ROUNDING[shown.format])
    return f"{scaled:+} pt" if shown.format == "points" else f"{scaled}\u202f%"


def _p_value(number: Decimal) -> str:
    small = number < Decimal("0.001")
    return "< 0.001" if small else str(number.quantize(Decimal("0.001"), ROUND_HALF_EVEN))


def _fold(ratio: Decimal) -> str | None:
    """Return by how many times something fell at least, rounded down; nothing where it did not."""
    if not 0 < ratio < 1:
        return None
    return f"{(1 / ratio).quantize(Decimal('0.01'), ROUND_FLOOR)}-fold"
