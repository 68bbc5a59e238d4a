"""The emergency stop: one file, so that it holds across restarts and needs no running gateway."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.kernel import Record

_NAME: Final = "STOPPED"
_HISTORY: Final = "stops.jsonl"
_LONGEST: Final = 64 * 1024


class Stop(Record, frozen=True, kw_only=True):
    """Why nothing is served, and since when (milliseconds since 1970 UTC)."""

    why: str
    at_ms: int
    by: str = ""


class _Event(Record, frozen=True, kw_only=True):
    event: str
    at_ms: int
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """The stop file of a deployment: `STOPPED` in its folder, and `stops.jsonl` with its history.

    A stop file that cannot be read stops all the same: whoever put it there meant something.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """The file whose presence stops the deployment."""
        return self.folder / _NAME

    def read(self) -> Stop | None:
        """Return the stop in force, if any."""
        try:
            with self.path.open("rb") as stream:
                content = stream.read(_LONGEST)
        except FileNotFoundError:
            return None
        except OSError:
            return Stop(why="the stop file cannot be read", at_ms=0)
        try:
            return msgspec.json.decode(content, type=Stop)
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = " ".join(content.decode("utf-8", "replace").split())[:200]
            return Stop(why=said or "a stop file without words", at_ms=0)

    def stop(self, stop: Stop) -> None:
        """Put the stop in force, durably; the first stop stays until it is lifted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._note("stop", stop)
        if self.path.exists():
            return
        written = self.path.with_suffix(".new")
        with written.open("wb") as stream:
            stream.write(msgspec.json.encode(stop) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(self.path)
        self._sync()

    def resume(self, lifted: Stop) -> bool:
        """Lift the stop; say whether there was one."""
        if not self.path.exists():
            return False
        self._note("resume", lifted)
        self.path.unlink()
        self._sync()
        return True

    def _note(self, event: str, stop: Stop) -> None:
        line = _Event(event=event, at_ms=stop.at_ms, why=stop.why, by=stop.by)
        with (self.folder / _HISTORY).open("ab") as stream:
            stream.write(msgspec.json.encode(line) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
