"""What a person writes to have controls tested."""

import re
from typing import Any, Final

import msgspec

from shipworthy.kernel import Record
from shipworthy.records.risks.controls import ControlRequirement

MOST_VARIANTS: Final = 256

_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?")
_LEVEL: Final = re.compile(r"0\.[0-9]{1,6}")


def require_share(name: str, text: str) -> None:
    """Check a share from 0 to 1, written as a decimal.

    Raises:
        ValueError: it is none, or has more than six digits after the point.
    """
    if not _SHARE.fullmatch(text):
        raise ValueError(f"`{name}` holds texts from 0 to 1, as `0.05`, not `{text}`")


class SettingsSection(Record, frozen=True, kw_only=True):
    """How the test is done.

    Attributes:
        name: what the test is called.
        seed: every draw follows from it.
        variants: trajectories of each family, the plain one among them.
        alpha: one-sided error level of every bound.
        budgets: shares of honest work that people have the time to read.
        worlds: names of worlds; none is every built-in world.
    """

    name: str = "controls"
    seed: int = 1
    variants: int = 8
    alpha: str = "0.05"
    budgets: tuple[str, ...] = ("0.01", "0.05", "0.20")
    worlds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.variants <= MOST_VARIANTS:
            raise ValueError(f"`variants` runs from 1 to {MOST_VARIANTS}, not {self.variants}")
        if not 0 <= self.seed < 2**53:
            raise ValueError("`seed` is a whole number from 0 to 2^53 - 1")
        if not _LEVEL.fullmatch(self.alpha) or not 0.0 < float(self.alpha) < 0.5:
            raise ValueError(f"`alpha` is a text between 0 and 0.5, as `0.05`, not `{self.alpha}`")
        for budget in self.budgets:
            require_share("budgets", budget)


class ControlSection(Record, frozen=True, kw_only=True):
    """One control: its kind, and the options of that kind."""

    kind: str
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class StackSection(Record, frozen=True, kw_only=True):
    """Controls in order, under a name."""

    name: str
    controls: tuple[ControlSection, ...]


class ControlFile(Record, frozen=True, kw_only=True):
    """The whole file; `require` says what one of the stacks has to show."""

    stacks: tuple[StackSection, ...]
    test: SettingsSection = SettingsSection()
    require: ControlRequirement | None = None
