"""The files of a review: draws, what readers are shown, and one file of answers a reader.

<state>/review/<domain>/draws.jsonl          one draw a line, written before anybody reads
                        items/ID.json        what is shown of a drawn exchange
                        readers/NAME.jsonl   what this reader answered; lines are only ever added

Each line names the digest of the one before it, so that a line that was changed, moved or taken out
of the middle is noticed. Content is copied only for what was drawn, and readable by its owner only.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from shipworthy.evidence.files import one_at_a_time, tampered
from shipworthy.kernel import Digest, Problem, canonical_bytes, digest_text, read_record
from shipworthy.records.live.prevalence import ReviewDraw
from shipworthy.records.live.reviews import DrawLine, LabelLine, ReviewItem

L = TypeVar("L", DrawLine, LabelLine)

_READER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_CODE: Final = "review-altered"


@dataclass(frozen=True, slots=True)
class ReviewFolder:
    """The folder of the review of one domain."""

    path: Path

    @property
    def draws_file(self) -> Path:
        """The draws, JSON Lines."""
        return self.path / "draws.jsonl"

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has answered anything, by name."""
        return tuple(sorted(path.stem for path in (self.path / "readers").glob("*.jsonl")))

    def labels_of(self, reader: str) -> Path:
        """Return the file of a reader's answers.

        Raises:
            Problem: `review-reader` for a name that cannot name a file.
        """
        if not _READER.fullmatch(reader):
            raise Problem.of(
                "review-reader",
                f"`{reader}` cannot name a reader",
                help="lower-case letters, digits, dots, underscores and hyphens, at most 64",
            )
        return self.path / "readers" / f"{reader}.jsonl"

    def item_file(self, item: str) -> Path:
        """Return where what is shown of an exchange is kept; ids may hold any character."""
        name = digest_text(item).removeprefix("sha256:")[:32]
        return self.path / "items" / f"{name}.json"

    def locked(self) -> AbstractContextManager[None]:
        """Let one process at a time add lines; others wait."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return one_at_a_time(self.path)

    def draws(self) -> tuple[ReviewDraw, ...]:
        """Return every draw, in order.

        Raises:
            Problem: `review-altered` (integrity).
        """
        return tuple(line.draw for line in _chain(self.draws_file, DrawLine))

    def draw_digests(self) -> list[Digest]:
        """Return the digest of the line of every draw, in order.

        Raises:
            Problem: `review-altered` (integrity).
        """
        return [line.digest for line in _chain(self.draws_file, DrawLine)]

    def labels(self, reader: str) -> tuple[LabelLine, ...]:
        """Return a reader's answers, in order.

        Raises:
            Problem: `review-altered` (integrity), also for the line of another reader.
        """
        path = self.labels_of(reader)
        found = tuple(_chain(path, LabelLine))
        for number, line in enumerate(found, start=1):
            if line.label.reader != reader:
                raise tampered(_CODE, "the answer is another reader's", str(path), number)
        return found

    def shown(self, item: str) -> ReviewItem:
        """Return what a reader is shown.

        Raises:
            Problem: `review-missing` when the content of a drawn exchange is not there.
        """
        path = self.item_file(item)
        try:
            data = path.read_bytes()
        except OSError:
            raise Problem.of(
                "review-missing",
                f"what was said in exchange `{item}` is not kept here",
                help="`shipworthy review draw` copies it from the source while it is there",
            ) from None
        return read_record(data, ReviewItem, str(path))

    def add_draws(self, draws: Sequence[ReviewDraw], items: Sequence[ReviewItem]) -> None:
        """Keep what is shown of drawn exchanges, then the draws; call it locked."""
        (self.path / "items").mkdir(parents=True, exist_ok=True, mode=0o700)
        for item in items:
            _write_private(self.item_file(item.item), canonical_bytes(item))
        lines: list[bytes] = []
        previous = _last(tuple(_chain(self.draws_file, DrawLine)))
        for draw in draws:
            line = DrawLine(previous=previous, draw=draw)
            previous = line.digest
            lines.append(canonical_bytes(line) + b"\n")
        _extend(self.draws_file, b"".join(lines))

    def add_labels(self, reader: str, lines: Sequence[LabelLine]) -> None:
        """Add a reader's answers, whose `previous` are filled in here; call it locked."""
        path = self.labels_of(reader)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        previous = _last(tuple(_chain(path, LabelLine)))
        written: list[bytes] = []
        for line in lines:
            chained = LabelLine(previous=previous, shown=line.shown, label=line.label)
            previous = chained.digest
            written.append(canonical_bytes(chained) + b"\n")
        _extend(path, b"".join(written))


def _last(lines: Sequence[DrawLine] | Sequence[LabelLine]) -> Digest:
    return lines[-1].digest if lines else ""


def _chain(path: Path, kind: type[L]) -> Iterator[L]:
    """Yield the lines of a file; what follows the last line break is no line."""
    data = path.read_bytes() if path.exists() else b""
    previous = ""
    for number, text in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            line = read_record(text, kind, str(path))
            same = canonical_bytes(line) == text
        except Problem:
            line, same = None, False
        if line is None or not same or line.previous != previous:
            raise tampered(_CODE, "the line does not follow the one before it", str(path), number)
        previous = line.digest
        yield line


def _extend(path: Path, data: bytes) -> None:
    """Add bytes after the last line break, durably."""
    with _private(path, os.O_APPEND) as stream:
        whole = path.read_bytes().rfind(b"\n") + 1
        if whole < stream.tell():
            stream.truncate(whole)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _write_private(path: Path, data: bytes) -> None:
    with _private(path, os.O_TRUNC) as stream:
        stream.write(data)


def _private(path: Path, how: int) -> BinaryIO:
    """Open a file for writing that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    return os.fdopen(descriptor, "ab" if how == os.O_APPEND else "wb")
