"""The files of a labelling: one queue, and one file of labels for each reader.

<campaign>/labels/queue.jsonl            header, then one item a line
                  readers/NAME.jsonl     what this reader answered; lines are only ever added

Each label names the digest of the one before it, so that a line that was changed, moved or taken
out of the middle is noticed. Where a plan registers the reading, the log holds the digest of the
queue before anybody answers, and the last label of each reader with every draft: what was
registered cannot be taken back.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.evidence.files import one_at_a_time, tampered, write_atomically
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    canonical_bytes,
    digest_bytes,
    read_record,
)
from shipworthy.records import (
    Label,
    LabelsRegistered,
    LogEntry,
    QueueHeader,
    QueueItem,
    QueueRegistered,
    RegisteredLabels,
)

_READER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LabelFolder:
    """The folder of one campaign's labels."""

    path: Path

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

    def locked(self) -> AbstractContextManager[None]:
        """Let one process at a time add labels; others wait."""
        return one_at_a_time(self.path)


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


def labels_about(folder: LabelFolder, reader: str, items: Iterable[QueueItem]) -> tuple[Label, ...]:
    """Return a reader's labels, each about one of these items and none twice.

    Raises:
        Problem: `label-altered` (integrity).
    """
    digests = {item.id: item.digest for item in items}
    labels = read_labels(folder, reader)
    seen: set[str] = set()
    for number, label in enumerate(labels, start=1):
        if digests.get(label.item) != label.item_digest or label.item in seen:
            raise tampered(
                "label-altered",
                f"the label is about no item of this queue, or again about `{label.item}`",
                str(folder.labels_of(reader)),
                number,
            )
        seen.add(label.item)
    return labels


def queue_in(entries: Iterable[LogEntry]) -> Digest | None:
    """Return the digest of the queue that the log registers, or nothing.

    Raises:
        Problem: `label-queue-altered` (integrity) when it registers several.
    """
    registered = [entry.queue for entry in entries if isinstance(entry, QueueRegistered)]
    if len(registered) > 1:
        raise tampered("label-queue-altered", "the log registers more than one queue", "the log")
    return registered[0] if registered else None


def accounted_labels(
    folder: LabelFolder, entries: Sequence[LogEntry], queue: Digest, items: Sequence[QueueItem]
) -> dict[str, tuple[Label, ...]]:
    """Return the labels of every reader, by name, each checked against the queue and the log.

    `queue` is the digest of the queue that plan and trials give, `items` what is in it. Without a
    registered queue there are no labels yet.

    Raises:
        Problem: integrity: `label-queue-altered` for another queue, `label-queue-unregistered` for
            labels without a registered queue, `label-altered` for labels that were changed or that
            the log knows and the folder lacks.
    """
    registered = queue_in(entries)
    if registered is None:
        if folder.readers:
            raise tampered(
                "label-queue-unregistered",
                "there are labels, and the log registers no queue that people were to read",
                str(folder.path),
            )
        return {}
    on_disk = digest_bytes(folder.queue.read_bytes()) if folder.queue.exists() else queue
    if not registered == queue == on_disk:
        raise tampered(
            "label-queue-altered",
            "the queue is not the one that the log registers and that the trials give",
            str(folder.queue),
        )
    found = {reader: labels_about(folder, reader, items) for reader in folder.readers}
    for entry in entries:
        if isinstance(entry, LabelsRegistered):
            for reader, known in sorted(entry.readers.items()):
                if not _begins_with(found.get(reader, ()), known):
                    raise tampered(
                        "label-altered",
                        f"labels of `{reader}` that the log registers are not there",
                        str(folder.labels_of(reader)),
                    )
    return found


def reading_files(
    header: QueueHeader, items: Sequence[QueueItem], labels: Mapping[str, Sequence[Label]]
) -> dict[str, bytes]:
    """Return the files of a registered reading by their paths in a bundle."""
    files = {"labels/queue.jsonl": queue_bytes(header, items)}
    for reader, own in labels.items():
        if own:
            lines = b"".join(canonical_bytes(label) + b"\n" for label in own)
            files[f"labels/readers/{reader}.jsonl"] = lines
    return files


def _begins_with(labels: Sequence[Label], known: RegisteredLabels) -> bool:
    return 0 < known.labels <= len(labels) and labels[known.labels - 1].digest == known.last


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
