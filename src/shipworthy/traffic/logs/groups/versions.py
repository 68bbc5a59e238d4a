"""One small value that many processes change, without a lock that a paused one could hold.

A new version is a new name that is linked in: the link fails where another process was first. A
process that was stopped for long cannot bring back what is past.
"""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Final, Protocol

from shipworthy.evidence.files import sync_folder

_KEPT: Final = 64
"""Versions that stay. A link that comes later than so many others is taken as lost."""


class VersionStore(Protocol):
    """Keeps the versions of one value."""

    async def load(self) -> tuple[int, bytes]:
        """Return the number and the bytes of the newest version; 0 and nothing before the first."""
        ...

    async def replace(self, version: int, data: bytes) -> bool:
        """Put `data` after `version`, durably; False when that is not the newest, or may not be."""
        ...


class VersionFolder:
    """Versions as files of a folder; `VersionStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def load(self) -> tuple[int, bytes]:
        """Return the newest version."""
        return await asyncio.to_thread(self.load_now)

    async def replace(self, version: int, data: bytes) -> bool:
        """Put `data` after `version`."""
        return await asyncio.to_thread(self.replace_now, version, data)

    def load_now(self) -> tuple[int, bytes]:
        """Return the newest version, without an event loop."""
        while True:
            newest = max(self._versions(), default=0)
            if not newest:
                return 0, b""
            try:
                return newest, self._path(newest).read_bytes()
            except FileNotFoundError:
                continue  # so many came since it was listed that it is gone

    def replace_now(self, version: int, data: bytes) -> bool:
        """Put `data` after `version`, without an event loop."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".draft-{secrets.token_hex(8)}"
        try:
            _write(draft, data)
            os.link(draft, self._path(version + 1))
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self._folder)
        versions = sorted(self._versions())
        for old in versions[:-_KEPT]:
            self._path(old).unlink(missing_ok=True)
        # where this name was free because it was removed, newer versions stand far beyond it
        return versions[-1] < version + 1 + _KEPT // 2

    def _path(self, version: int) -> Path:
        return self._folder / f"{version:012d}.json"

    def _versions(self) -> list[int]:
        try:
            names = [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return []
        return [int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit()]


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
