"""What `shipworthy confirm watch`, `reveal` and `audit` print."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shipworthy.cli.output.streams import plain
from shipworthy.kernel import decimal_string

if TYPE_CHECKING:
    from shipworthy.app.live.canaries.revealing import Audited
    from shipworthy.stages.confirming import WatchCounts

_ALPHA: Final = 0.025


def watch_lines(counts: "WatchCounts", *, alarmed: bool) -> Iterator[str]:
    """Yield what the probes of a watch show, over all its runs."""
    yield (
        f"probes    {counts.promised:,} promised: {counts.caught:,} caught, "
        f"{counts.missed:,} missed, {counts.unknown:,} unknown"
    )
    interval = counts.recall(_ALPHA)
    if interval:
        lower = decimal_string(interval.lower, "down", places=4)
        upper = decimal_string(interval.upper, "up", places=4)
        yield f"recall    between {lower} and {upper} at 95 % (Clopper-Pearson; unknown is open)"
    if counts.disclosed:
        yield f"layers    noticed {counts.noticed:,} of {counts.disclosed:,} that the log shows"
    yield (
        f"twins     {counts.twins_answered:,} answered, {counts.twins_refused:,} refused, "
        f"{counts.twins_unknown:,} unknown"
    )
    if alarmed:
        yield "ALARM     probes are missed more often than the baseline"
    elif counts.alarms:
        yield f"alarms    {counts.alarms:,} in earlier runs"
    else:
        yield "no alarm"


def audit_lines(found: "Audited") -> Iterator[str]:
    """Yield what an audit of a watch found."""
    state = "revealed" if found.revealed else "sealed: promises cannot be checked yet"
    yield f"watch {plain(found.folder.path.name)}, key {found.key} {state}"
    counts = found.counts
    yield (
        f"  {counts.promised:,} promised: {counts.caught:,} caught, {counts.missed:,} missed, "
        f"{counts.unknown:,} unknown; {counts.alarms:,} alarms"
    )
    for complaint in found.complaints:
        yield f"  wrong: {plain(complaint)}"
    if not found.complaints:
        checked = "every promise and outcome is as the key draws" if found.revealed else "the chain"
        yield f"  in order: {checked}"
