"""Writing the files of a watch: a key that is sealed, and lines that are durable."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration.watches import (
    RevealedKey,
    SealedPool,
    WatchFolder,
    canary_folder,
    watch_lines,
    watches_of,
)
from shipworthy.evidence import one_at_a_time, write_atomically
from shipworthy.kernel import Digest, ExitCode, Location, Problem, canonical_bytes, short
from shipworthy.records.live.probes import ChainLine, Probe, ProbeOutcome
from shipworthy.stages.confirming import KEY_BYTES, key_digest, line_digest

__all__ = [
    "Appender",
    "RevealedKey",
    "WatchFolder",
    "alone_with_watches",
    "new_watch",
    "watches_of",
]

_PRIVATE: Final = 0o600


@contextmanager
def alone_with_watches(campaign: CampaignFolder, advice: str) -> Iterator[None]:
    """Keep every other process from watching a deployment of a campaign.

    Raises:
        Problem: `canary-busy` (environment) with the advice, while another one does.
    """
    try:
        with one_at_a_time(canary_folder(campaign), wait=False):
            yield
    except BlockingIOError:
        raise Problem.of(
            "canary-busy",
            "another process is watching a deployment of this campaign",
            location=Location(str(campaign.path)),
            help=advice,
            exit_code=ExitCode.ENVIRONMENT,
        ) from None


class Appender:
    """Appends canonical lines, each durable on return; what a crash cut short is dropped first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        whole = sum(len(line) + 1 for line in watch_lines(path))
        handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
        os.ftruncate(handle, whole)
        os.lseek(handle, 0, os.SEEK_END)
        self._handle = handle

    def append(self, record: ChainLine | ProbeOutcome) -> Digest:
        """Write a record and return the digest of its line."""
        line = canonical_bytes(record)
        os.write(self._handle, line + b"\n")
        os.fsync(self._handle)
        return line_digest(line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def new_watch(campaign: CampaignFolder, pool: tuple[Probe, ...]) -> WatchFolder:
    """Draw a key and seal it, with the probes that it will draw from."""
    key = os.urandom(KEY_BYTES)
    folder = WatchFolder(canary_folder(campaign) / short(key_digest(key)))
    folder.path.mkdir(parents=True)
    handle = os.open(folder.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    write_atomically(folder.pool, canonical_bytes(SealedPool(probes=pool)))
    folder.pool.chmod(_PRIVATE)
    return folder
