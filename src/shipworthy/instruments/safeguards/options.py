"""Options that every layer has, and how options are read from what a person wrote."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, TypeVar

from shipworthy.kernel import Record, convert_options
from shipworthy.vocabulary import MODEL

REFUSAL: Final = "This request cannot be answered here."
"""What the user sees in place of a withheld answer."""

OnError = Literal["closed", "open", "abort"]
"""What a failure leads to: `closed` withholds, `open` lets through, `abort` gives up."""

O = TypeVar("O", bound="Enforcement")  # noqa: E741 - the conventional letter of an options type


class Enforcement(Record, frozen=True, kw_only=True):
    """What a layer's opinion leads to. Part of the layer's identity.

    Attributes:
        name: the holder's name in outcomes; unique in a stack and never `model`.
        mode: `enforce` does what the layer says. `detect` records it as flagged and changes
            nothing, so it never counts as held. `off` leaves the layer out altogether.
        on_error: what happens when the layer fails. `closed` withholds; `open` lets the text
            through; `abort` gives up the exchange as a failure with reason `safeguard-error`.
        refusal: the fixed text of a withheld answer.
    """

    name: str
    mode: Literal["enforce", "detect", "off"] = "enforce"
    on_error: OnError = "closed"
    refusal: str = REFUSAL

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name == MODEL:
            raise ValueError(f"a layer cannot be named `{self.name}`")
        if not self.refusal.strip():
            raise ValueError("a refusal needs words: an empty answer looks like a broken target")


def read_options(options: Mapping[str, object], kind: type[O]) -> O:
    """Convert the options of a layer, as written in TOML or JSON, into its frozen record.

    Raises:
        Problem: `option-unknown` with the nearest legal word, or `record-invalid`.
    """
    return convert_options(options, kind, "safeguard")


def proportion(text: str, what: str) -> Decimal:
    """Read a decimal string strictly between 0 and 1.

    Raises:
        ValueError: it is not such a number.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not (value.is_finite() and 0 < value < 1):
        raise ValueError(f"`{what}` must be a decimal string between 0 and 1, not `{text}`")
    return value
