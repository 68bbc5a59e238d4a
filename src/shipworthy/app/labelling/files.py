"""The files of a labelling: one queue, and one file of labels for each reader.

<campaign>/labels/queue.jsonl            header, then one item a line
                  readers/NAME.jsonl     what this reader answered; lines are only ever added

Each label names the digest of the one before it, so that a line that was changed, moved or taken
out of the middle is noticed.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.project import CampaignFolder
from shipworthy.evidence import tampered, write_atomically
from shipworthy.kernel import Location, Problem, canonical_bytes, read_record
from shipworthy.records import Label, QueueHeader, QueueItem

_READER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LabelFolder:
    """The folder of one campaign's labels."""

    path: Path

    @classmethod
    def of(cls, folder: CampaignFolder) -> "LabelFolder":
        """Return the folder that belongs to a campaign."""
        return cls(folder.path / "labels")

    @property
    def queue(self) -> Path:
        """The queue, JSON Lines."""
        return self.path / "queue.jsonl"

    def labels_of(self, reader: str) -> Path:
        """Return the file of a reader's labels.

        Raises:
            Problem: `label-reader` for a name that cannot name a file.
        """
        if not _READER.fullmatch(reader):
            raise Problem.of(
                "label-reader",
                f"`{reader}` cannot name a reader",
                help="lower-case letters, digits, dots, underscores and hyphens, at most 64",
            )
        return self.path / "readers" / f"{reader}.jsonl"

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has labelled anything, by name."""
        return tuple(sorted(path.stem for path in (self.path / "readers").glob("*.jsonl")))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time add labels; others wait."""
        import fcntl

        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def queue_bytes(header: QueueHeader, items: Sequence[QueueItem]) -> bytes:
    """Return the text of a queue file."""
    return b"".join(canonical_bytes(one) + b"\n" for one in (header, *items))


def write_queue(folder: LabelFolder, header: QueueHeader, items: Sequence[QueueItem]) -> None:
    """Write a queue; writing the same one again changes nothing.

    Raises:
        Problem: `label-queue-exists` when people have labelled items of another draw: drawing until
            a result pleases would make every limit worthless.
    """
    data = queue_bytes(header, items)
    with folder.locked():
        same = folder.queue.exists() and folder.queue.read_bytes() == data
        if folder.readers and not same:
            raise Problem.of(
                "label-queue-exists",
                "people have labelled items of another draw of this campaign",
                location=Location(str(folder.queue)),
                help="finish that queue; a new draw needs a new campaign",
            )
        if not same:
            write_atomically(folder.queue, data)


def read_queue(folder: LabelFolder) -> tuple[QueueHeader, tuple[QueueItem, ...]]:
    """Read a queue as it stands on disk; whether it is the one to be read is for others to say.

    Raises:
        Problem: `label-queue-missing`, or `record-invalid` with the line.
    """
    try:
        lines = folder.queue.read_bytes().splitlines()
    except OSError:
        lines = []
    if not lines:
        raise Problem.of(
            "label-queue-missing",
            "no queue was drawn for this campaign",
            location=Location(str(folder.queue)),
            help="run `shipworthy label draw FILE` first",
        )
    header = read_record(lines[0], QueueHeader, f"{folder.queue}:1")
    items = tuple(
        read_record(line, QueueItem, f"{folder.queue}:{number}")
        for number, line in enumerate(lines[1:], start=2)
    )
    return header, items


def read_labels(folder: LabelFolder, reader: str) -> tuple[Label, ...]:
    """Return a reader's labels in the order in which they were given.

    What follows the last line break is a write that was cut short; it is no label.

    Raises:
        Problem: `label-altered` (integrity) at a line that was changed, moved or taken out.
    """
    path = folder.labels_of(reader)
    data = path.read_bytes() if path.exists() else b""
    labels: list[Label] = []
    previous = ""
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        label = _label(line, path, number)
        if label.previous != previous or label.reader != reader:
            raise tampered(
                "label-altered",
                "the label does not follow the one before it",
                str(path),
                number,
            )
        previous = label.digest
        labels.append(label)
    return tuple(labels)


def _label(line: bytes, path: Path, number: int) -> Label:
    try:
        label = read_record(line, Label, str(path))
        same = canonical_bytes(label) == line
    except Problem:
        same, label = False, None
    if label is None or not same:
        raise tampered("label-altered", "not a label as it was written", str(path), number)
    return label


def append_labels(folder: LabelFolder, reader: str, labels: Sequence[Label]) -> None:
    """Add labels at the end of a reader's file, on disk when this returns; call it locked."""
    path = folder.labels_of(reader)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        whole = _whole_bytes(path)
        if whole < stream.tell():
            stream.truncate(whole)
        stream.write(b"".join(canonical_bytes(label) + b"\n" for label in labels))
        stream.flush()
        os.fsync(stream.fileno())


def _whole_bytes(path: Path) -> int:
    """Length up to the last line break: a write that a crash cut short was never confirmed."""
    return path.read_bytes().rfind(b"\n") + 1
