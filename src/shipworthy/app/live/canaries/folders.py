"""Where a watch keeps its chain, its outcomes and its key.

live/canaries/<key digest>/key             the sealed key; readable by its owner alone
                           pool.json       the probes that are drawn from; sealed as well
                           chain.jsonl     what was promised, each line after the digest of the last
                           outcomes.jsonl  what came of it; no gateway and no monitor reads it
                           revealed.json   the key, once it is revealed
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.app.project import CampaignFolder
from shipworthy.evidence import tampered, write_atomically
from shipworthy.evidence.files import complete_lines
from shipworthy.kernel import Digest, Problem, Record, canonical_bytes, read_record, short
from shipworthy.records.live.probes import ChainLine, Probe, ProbeOutcome
from shipworthy.stages.confirming import KEY_BYTES, Chain, key_digest, line_digest

_PRIVATE: Final = 0o600


class SealedPool(Record, frozen=True, kw_only=True):
    """`pool.json`."""

    probes: tuple[Probe, ...]


class RevealedKey(Record, frozen=True, kw_only=True):
    """`revealed.json`: the key in hexadecimal, when, and the last line of the chain then."""

    key: str
    head: Digest
    at: str


@dataclass(frozen=True, slots=True)
class WatchFolder:
    """The files of one watch."""

    path: Path

    @property
    def key(self) -> Path:
        """The sealed key."""
        return self.path / "key"

    @property
    def pool(self) -> Path:
        """The probes that are drawn from."""
        return self.path / "pool.json"

    @property
    def chain(self) -> Path:
        """What was promised."""
        return self.path / "chain.jsonl"

    @property
    def outcomes(self) -> Path:
        """What came of it."""
        return self.path / "outcomes.jsonl"

    @property
    def revealed(self) -> Path:
        """The key, once it is revealed."""
        return self.path / "revealed.json"

    def read_key(self) -> bytes:
        """Read the sealed key."""
        return self.key.read_bytes()

    def read_pool(self) -> tuple[Probe, ...]:
        """Read the probes that are drawn from."""
        return read_record(self.pool.read_bytes(), SealedPool, str(self.pool)).probes

    def read_chain(self) -> Chain:
        """Read the chain.

        Raises:
            Problem: `canary-altered` (integrity) at a line that is none.
        """
        lines: list[ChainLine] = []
        digests = []
        for number, line in enumerate(_lines(self.chain), start=1):
            try:
                lines.append(msgspec.json.decode(line, type=ChainLine))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                message = "a line of the chain cannot be read"
                raise tampered("canary-altered", message, str(self.chain), number) from None
            digests.append(line_digest(line))
        return Chain(lines, digests)

    def read_outcomes(self) -> list[ProbeOutcome]:
        """Read the outcomes, in the order in which they came.

        Raises:
            Problem: `canary-altered` (integrity) at a line that is none.
        """
        return list(self._outcomes())

    def _outcomes(self) -> Iterator[ProbeOutcome]:
        for number, line in enumerate(_lines(self.outcomes), start=1):
            try:
                yield read_record(line, ProbeOutcome, str(self.outcomes))
            except Problem as problem:
                message = f"an outcome cannot be read: {problem.diagnostics[0].message}"
                raise tampered("canary-altered", message, str(self.outcomes), number) from None


class Appender:
    """Appends canonical lines, each durable on return; what a crash cut short is dropped first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        whole = sum(len(line) + 1 for line in _lines(path))
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


def canary_folder(campaign: CampaignFolder) -> Path:
    """Return the folder of all watches of a campaign."""
    return campaign.live / "canaries"


def watches_of(campaign: CampaignFolder) -> tuple[WatchFolder, ...]:
    """Return the watches of a campaign that were begun, in the order of their paths."""
    chains = sorted(canary_folder(campaign).glob("*/chain.jsonl"))
    return tuple(WatchFolder(path.parent) for path in chains)


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


def _lines(path: Path) -> list[bytes]:
    return complete_lines(path.read_bytes()) if path.exists() else []
