"""The evidence log: entries in order, each a leaf of one Merkle tree, under signed checkpoints.

`entries.jsonl` holds one canonical entry per line; `checkpoint` the last signed note. A log that
no longer starts with what its checkpoint signed is refused, not repaired.
"""

import os
import sys
from pathlib import Path
from typing import BinaryIO, Final

from shipworthy.evidence.attestations import Statement, envelope
from shipworthy.evidence.checkpoints import ORIGIN, Checkpoint, read_checkpoint, sign_checkpoint
from shipworthy.evidence.files import (
    complete_lines,
    other_version,
    sync_folder,
    tampered,
    write_atomically,
)
from shipworthy.evidence.merkle import leaf_hash, merkle_root
from shipworthy.evidence.signers import Signer
from shipworthy.kernel import Digest, Problem, canonical_bytes, digest_bytes, read_record
from shipworthy.records import LogEntry, StatementLogged

ENTRIES: Final = "entries.jsonl"
CHECKPOINT: Final = "checkpoint"


class Ledger:
    """An open log. Appending is durable on return and safe among several processes."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        self._entries: list[LogEntry] = []
        self._hashes: list[bytes] = []
        self._read_to = 0

    @classmethod
    def open(cls, folder: Path, public: bytes | None = None, origin: str = ORIGIN) -> "Ledger":
        """Open or start the log in `folder` and check it against its last checkpoint.

        With the runner's raw public key, the checkpoint's signature is checked as well.

        Raises:
            Problem: `log-altered` or `checkpoint-invalid` (integrity); `record-version` for an
                entry that the key signed as it is and that this version does not know.
        """
        folder.mkdir(parents=True, exist_ok=True)
        ledger = cls(folder, origin)
        path, note = folder / ENTRIES, folder / CHECKPOINT
        if path.exists():
            try:
                with path.open("rb") as stream:
                    ledger._catch_up(stream)
            except Problem as problem:
                if ledger._signed_as_it_is(public):
                    said = problem.diagnostics[0].message
                    raise other_version(said, str(path), ledger.size + 1) from None
                raise
        if note.exists():
            ledger._check(read_checkpoint(note.read_bytes(), public, str(note)))
        return ledger

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self._entries)

    @property
    def signed(self) -> bool:
        """Whether a checkpoint lies beside the log; a plan is registered under the first one."""
        return (self.folder / CHECKPOINT).exists()

    def entries(self) -> tuple[LogEntry, ...]:
        """Return all entries in order."""
        return tuple(self._entries)

    def root(self) -> bytes:
        """Return the Merkle root over all entries."""
        return merkle_root(self._hashes)

    def refresh(self) -> None:
        """Read what other processes have appended since.

        Raises:
            Problem: `log-altered` when the file was cut since it was opened.
        """
        path = self.folder / ENTRIES
        if path.exists():
            with path.open("rb") as stream:
                self._catch_up(stream)

    def append(self, entry: LogEntry) -> int:
        """Write an entry durably and return its index.

        Raises:
            Problem: `log-altered` when the file was cut since it was opened.
        """
        path = self.folder / ENTRIES
        fresh = not path.exists()
        with path.open("a+b") as stream:
            _lock(stream)
            self._catch_up(stream)
            # Whatever a crash left after the last newline was never acknowledged.
            stream.truncate(self._read_to)
            line = canonical_bytes(entry) + b"\n"
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
            self._take(entry, line[:-1])
        if fresh:
            sync_folder(self.folder)
        return self.size - 1

    def attest(self, statement: Statement, signer: Signer, at: str) -> bytes:
        """Sign a statement, log its envelope's digest and return the envelope."""
        signed = envelope(statement, signer)
        self.append(StatementLogged(kind=statement.kind, envelope=digest_bytes(signed), at=at))
        return signed

    def register(self, signed: bytes, kind: str, at: str) -> Digest:
        """Log an envelope that somebody else signed; returns its digest."""
        digest = digest_bytes(signed)
        self.append(StatementLogged(kind=kind, envelope=digest, at=at))
        return digest

    def checkpoint(self, signer: Signer) -> bytes:
        """Sign size and root as they are now, keep the note beside the log and return it."""
        note = sign_checkpoint(
            Checkpoint(origin=self.origin, size=self.size, root=self.root()), signer
        )
        write_atomically(self.folder / CHECKPOINT, note)
        return note

    def _catch_up(self, stream: BinaryIO) -> None:
        """Read what was appended, by whichever process, since we last looked."""
        if stream.seek(0, os.SEEK_END) < self._read_to:
            raise tampered("log-altered", "entries were removed while the log was open", self._name)
        stream.seek(self._read_to)
        for line in complete_lines(stream.read()):
            self._take(self._read(line), line)

    def _read(self, line: bytes) -> LogEntry:
        number = self.size + 1
        try:
            # A union is no `type` to mypy; the decoder accepts it all the same.
            entry: LogEntry = read_record(line, LogEntry, self._name)  # type: ignore[arg-type]
            same = canonical_bytes(entry) == line
        except Problem as problem:
            message = f"not a log entry: {problem.diagnostics[0].message}"
            raise tampered("log-altered", message, self._name, number) from None
        if not same:
            raise tampered("log-altered", "entry not in canonical form", self._name, number)
        return entry

    def _take(self, entry: LogEntry, line: bytes) -> None:
        self._entries.append(entry)
        self._hashes.append(leaf_hash(line))
        self._read_to += len(line) + 1

    def _check(self, checkpoint: Checkpoint) -> None:
        if checkpoint.origin != self.origin:
            raise tampered(
                "log-altered",
                f"the checkpoint is of another log, `{checkpoint.origin}`",
                self._name,
            )
        if checkpoint.size > self.size:
            raise tampered(
                "log-altered",
                f"the checkpoint signed {checkpoint.size} entries and {self.size} are left",
                self._name,
            )
        if merkle_root(self._hashes[: checkpoint.size]) != checkpoint.root:
            raise tampered("log-altered", "entries differ from those signed", self._name)

    def _signed_as_it_is(self, public: bytes | None) -> bool:
        """Say whether the key signed the entry that cannot be read, the one after those taken."""
        note = self.folder / CHECKPOINT
        if public is None or not note.exists():
            return False
        try:
            signed = read_checkpoint(note.read_bytes(), public, str(note))
        except Problem:
            return False
        lines = complete_lines((self.folder / ENTRIES).read_bytes())
        return (
            signed.origin == self.origin
            and self.size < signed.size <= len(lines)
            and merkle_root([leaf_hash(line) for line in lines[: signed.size]]) == signed.root
        )

    @property
    def _name(self) -> str:
        return str(self.folder / ENTRIES)


def _lock(stream: BinaryIO) -> None:
    """Hold the file against other writers until it is closed, where the platform can."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX)
