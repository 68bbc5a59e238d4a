"""What a segment log does to a disk, in one place, so that tests can let each step fail."""

import os
from pathlib import Path

from shipworthy.evidence.files import write_atomically


class Disk:
    """The disk of this machine."""

    def write(self, handle: int, data: bytes, position: int) -> None:
        """Write all of `data` at a position."""
        view = memoryview(data)
        while view:
            written = os.pwrite(handle, view, position)
            view, position = view[written:], position + written

    def sync(self, handle: int) -> None:
        """Make what was written durable."""
        os.fdatasync(handle)

    def cut(self, handle: int, size: int) -> None:
        """Cut a file to `size` bytes, durably."""
        os.ftruncate(handle, size)
        os.fdatasync(handle)

    def replace(self, path: Path, data: bytes) -> None:
        """Put a whole file in place, durably, or leave what was there."""
        write_atomically(path, data)
