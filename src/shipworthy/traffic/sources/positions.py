"""How far files have been read: one small file each, so that readers never write the same one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shipworthy.kernel import ExitCode, Location, Problem


@dataclass(frozen=True, slots=True)
class Positions:
    """A folder with the offset after the last entry that is done with, by number of the file."""

    folder: Path

    def read(self, number: int) -> int:
        """Return the position in a file; 0 where nothing was read.

        Raises:
            Problem: `source-position` (integrity) when what is kept is no position.
        """
        path = self.folder / str(number)
        try:
            text = path.read_text("ascii")
        except FileNotFoundError:
            return 0
        except UnicodeDecodeError:
            text = ""
        if not text.isdecimal():
            raise Problem.of(
                "source-position",
                "what is kept is no position in a file",
                location=Location(str(path)),
                help="restore the folder of the monitor's state from a copy",
                exit_code=ExitCode.INTEGRITY,
            )
        return int(text)

    def write(self, positions: Mapping[int, int]) -> None:
        """Keep positions, durably, each replaced as a whole."""
        if not positions:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for number, position in sorted(positions.items()):
            fresh = self.folder / f"{number}.new"
            with fresh.open("w", encoding="ascii") as stream:
                stream.write(str(position))
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self.folder / str(number))
