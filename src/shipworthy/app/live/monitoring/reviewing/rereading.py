"""A segment log from the first entry that it keeps, outside of any group of readers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from shipworthy.traffic.logs import Stored
from shipworthy.traffic.logs.segment import SegmentSource


class SegmentRereader:
    """Reads every partition once, one after the other; see `LogReader`."""

    def __init__(self, folder: str) -> None:
        self._source = SegmentSource(Path(folder))
        self._at = {one: self._source.first(one) for one in range(self._source.partitions)}

    @property
    def partitions(self) -> int:
        """Number of partitions of the log."""
        return self._source.partitions

    def assigned(self) -> frozenset[int]:
        """Return all partitions."""
        return frozenset(self._at)

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:  # noqa: ARG002 - what is there is there
        """Return the next entries; none at the end."""
        for partition, offset in self._at.items():
            found = await self._source.read(partition, offset, most)
            if found:
                self._at[partition] = found[-1].offset + 1
                return found
        return ()

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Keep nothing: nobody goes on from here."""

    async def starts(self) -> Mapping[int, int]:
        """Return the offset of the first entry that is kept, by partition."""
        return await self._source.starts()

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        return await self._source.ends()

    async def close(self) -> None:
        """Let go of the log."""
        await self._source.close()
