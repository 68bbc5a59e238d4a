"""Options that every control has, and how options are read from what a person wrote."""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from shipworthy.kernel import Record, convert_options, digest_of
from shipworthy.records.risks.controls import ControlIdentity

O = TypeVar("O", bound="ControlSettings")  # noqa: E741 - the conventional letter of an options type


class ControlSettings(Record, frozen=True, kw_only=True):
    """What the opinion of a control leads to. Part of its identity.

    Attributes:
        name: unique in a stack.
        mode: `enforce` does what the control says. `detect` notes it as flagged and changes
            nothing, so that it never holds anything back. `off` leaves the control out.
        on_error: what happens to a call when the control fails: `closed` denies it, `open` lets it
            through. A control that does not enforce never denies.
    """

    name: str
    mode: Literal["enforce", "detect", "off"] = "enforce"
    on_error: Literal["closed", "open"] = "closed"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a control needs a name")


def read_control_options(options: Mapping[str, Any], kind: type[O]) -> O:
    """Convert the options of a control, as written in TOML, into their frozen record.

    Raises:
        Problem: `option-unknown` with the nearest legal word, or `record-invalid`.
    """
    return convert_options(options, kind, "control")


def identity_of(settings: ControlSettings, kind: str) -> ControlIdentity:
    """Return the identity of a control that is all in its options."""
    return ControlIdentity(
        name=settings.name,
        kind=kind,
        mode="detect" if settings.mode == "detect" else "enforce",
        on_error=settings.on_error,
        configuration=digest_of([kind, settings]),
    )
