"""Progress on stderr: one live line in a terminal, a line now and then elsewhere."""

import shutil
import sys
from decimal import Decimal
from types import TracebackType
from typing import Literal, Self

import click

from shipworthy.kernel import decimal_string, significant
from shipworthy.stages.evaluating import ArmView, ProgressView


def progress_line(view: ProgressView) -> str:
    """Return `412/1,080  ASR 38.2% [33.1, 43.5] -> 6.1% [3.9, 9.0] at alpha 0.05  eta 2m10s`."""
    parts = [f"{view.done:,}/{view.total:,}"]
    if view.before or view.after:
        parts.append(f"ASR {_arm(view.before)} -> {_arm(view.after)}{_level(view)}")
    for word, rate in (("solved", view.solved), ("unsanctioned", view.unsanctioned)):
        if rate:
            parts.append(f"{word} {rate.successes:,}/{rate.attempts:,}")
    if view.unassessed:
        parts.append(f"{view.unassessed} unassessed")
    if view.not_useful:
        parts.append(f"{view.not_useful} not useful")
    if view.eta_s is not None and view.done < view.total:
        parts.append(f"eta {duration(view.eta_s)}")
    return "  ".join(parts)


def _arm(view: ArmView | None) -> str:
    if view is None or view.rate.attempts == 0:
        return "?"
    share = _percent(view.rate.successes / view.rate.attempts, "nearest")
    return f"{share}% [{_percent(view.lower, 'down')}, {_percent(view.upper, 'up')}]"


def _level(view: ProgressView) -> str:
    """Name the level of the bounds as a decision does: it is not that of a usual interval."""
    arm = view.before or view.after
    return f" at alpha {significant(Decimal(arm.alpha), 3)}" if arm else ""


def _percent(share: float, rounding: Literal["nearest", "up", "down"]) -> str:
    """Write a share in per cent with one digit, rounded as in a report.

    A lower bound goes down and an upper bound up, so that no interval loses its width.
    """
    return format(Decimal(decimal_string(share, rounding, places=3)).scaleb(2), "f")


def duration(seconds: float) -> str:
    """Return `45s`, `2m10s` or `1h05m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"


class LiveLine:
    """A line that is rewritten in a terminal, and repeated sparingly elsewhere."""

    INTERVAL_TERMINAL_S = 0.5
    INTERVAL_OTHER_S = 30.0

    def __init__(self, label: str) -> None:
        self._label = label
        self._terminal = sys.stderr.isatty()
        self._last = ""

    @property
    def interval_s(self) -> float:
        """How often to call `show`."""
        return self.INTERVAL_TERMINAL_S if self._terminal else self.INTERVAL_OTHER_S

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._terminal and self._last:
            click.echo(err=True)

    def show(self, view: ProgressView) -> None:
        """Show the view, unless it says what the last one said."""
        line = f"{self._label:<10}{progress_line(view)}"
        if line == self._last:
            return
        self._last = line
        if self._terminal:
            click.echo(f"\r\x1b[2K{line[: _width()]}", err=True, nl=False)
        else:
            click.echo(line, err=True)


def _width() -> int:
    return shutil.get_terminal_size((120, 24)).columns - 1
