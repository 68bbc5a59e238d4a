"""Entries that a log has and that were not read: a gap once nobody gets any further."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.windows import LogGap
from shipworthy.stages.monitoring import gaps

LOOKS: Final = 12
"""Looks in a row at which a partition did not move and had more to read: evaluations come every few
seconds, and a partition that another process takes over moves sooner."""


@dataclass(slots=True)
class Behind:
    """Counts, for a monitor that goes on, how long each partition has not moved."""

    _still: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Position, end when it was first seen to stand still, and looks since."""

    def look(self, known: Mapping[int, int], ends: Mapping[int, int]) -> dict[int, int]:
        """Return, by partition, the end of what should have been read by now and was not."""
        still: dict[int, tuple[int, int, int]] = {}
        for partition, end in ends.items():
            position = known.get(partition, 0)
            if position >= end:
                continue
            before = self._still.get(partition)
            moved = before is None or before[0] != position
            still[partition] = (
                (position, end, 1)
                if moved or before is None
                else (position, before[1], before[2] + 1)
            )
        self._still = still
        return {partition: end for partition, (_, end, looks) in still.items() if looks >= LOOKS}


def gaps_behind(
    source: str, known: Mapping[int, int], ends: Mapping[int, int], last_ms: Mapping[int, int]
) -> tuple[Alarm, ...]:
    """Return a silence for every partition that ends behind what was read of it.

    It is dated by the last exchange of the partition, so that one gap is one alarm.
    """
    return gaps(
        LogGap(
            source=source,
            partition=partition,
            from_offset=known.get(partition, 0),
            until_offset=end,
            at_ms=last_ms.get(partition, 0),
        )
        for partition, end in ends.items()
        if known.get(partition, 0) < end
    )
