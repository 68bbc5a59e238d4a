"""Zip archives from strangers: every size has a limit, and no name is ever taken for a path.

Inspect packs members with zstd (zip method 93), which the standard library reads from Python 3.14
on; other writers use deflate. The directory is the standard library's work, the bytes are ours.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Self
from zipfile import BadZipFile, ZipFile, ZipInfo

from shipworthy.kernel import ExitCode, Location, Problem

LARGEST_MEMBER: Final = 256 * 1024 * 1024
"""Bytes of one member after unpacking. A long agent trajectory takes a tenth of this."""

LARGEST_DIRECTORY: Final = 256 * 1024 * 1024
"""Bytes of the archive's directory: room for more than a million samples."""

_CHUNK: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_END: Final = struct.Struct("<4s8xII2x")
_END_64: Final = struct.Struct("<4s36xQQ")
_LOCATOR_64: Final = 20
_LONGEST_COMMENT: Final = 65535
_BROKEN: Final = (
    BadZipFile,
    struct.error,
    ValueError,
    OverflowError,
    EOFError,
    NotImplementedError,
)
"""What the standard library raises about archives that are none."""


class Archive:
    """An open zip file.

    Raises:
        Problem: `inspect-archive` for a file that is no archive, or one that is built to do harm.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: BinaryIO = path.open("rb")
        try:
            self.members = self._directory()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, name: str) -> bytes:
        """Return a member, unpacked.

        Raises:
            Problem: `inspect-archive`; `extra-missing` (environment) when zstd cannot be read here.
        """
        member = self.members[name]
        if member.flag_bits & _ENCRYPTED:
            raise self._refused(f"`{name}` is encrypted", "save the log without a password")
        if member.file_size > LARGEST_MEMBER:
            raise self._too_large(name)
        found, left = bytearray(), member.file_size
        try:
            for piece in self._unpacked(member):
                if len(piece) > left:
                    raise self._damaged(name, "is longer than it says")
                found += piece
                left -= len(piece)
        except (zlib.error, struct.error, EOFError):
            raise self._damaged(name, "cannot be unpacked") from None
        if left or zlib.crc32(found) != member.CRC:
            raise self._damaged(name, "is not what was packed")
        return bytes(found)

    def _directory(self) -> dict[str, ZipInfo]:
        if _directory_size(self._stream) > LARGEST_DIRECTORY:
            raise self._refused("its directory is too large", "split the log into several")
        try:
            with ZipFile(self._stream) as archive:
                listed = archive.infolist()
        except _BROKEN:
            raise self._refused("no readable archive", _CONVERT) from None
        members = {member.filename: member for member in listed}
        if len(members) != len(listed):
            raise self._refused("two members have one name, so readers may differ", _CONVERT)
        return members

    def _unpacked(self, member: ZipInfo) -> Iterator[bytes]:
        packed = self._packed(member)
        match member.compress_type:
            case zipfile.ZIP_STORED:
                yield from packed
            case zipfile.ZIP_DEFLATED:
                yield from _inflated(packed)
            case 93:
                yield from self._zstd(member, packed)
            case method:
                raise self._refused(f"`{member.filename}` is packed by method {method}", _CONVERT)

    def _packed(self, member: ZipInfo) -> Iterator[bytes]:
        """Yield the packed bytes; sizes are those of the directory, offsets those of the member."""
        self._stream.seek(member.header_offset)
        signature, name, extra = _LOCAL_HEADER.unpack(self._stream.read(_LOCAL_HEADER.size))
        if signature != b"PK\x03\x04":
            raise self._damaged(member.filename, "is not where the directory says")
        self._stream.seek(name + extra, 1)
        left = member.compress_size
        while left:
            piece = self._stream.read(min(left, _CHUNK))
            if not piece:
                raise self._damaged(member.filename, "is cut short")
            left -= len(piece)
            yield piece

    def _zstd(self, member: ZipInfo, packed: Iterator[bytes]) -> Iterator[bytes]:
        library = _zstandard()
        # no sample needs a window that is larger than the largest sample
        unpacker = library.ZstdDecompressor(max_window_size=LARGEST_MEMBER)
        try:
            with unpacker.stream_reader(_Pieces(packed), read_across_frames=True) as reader:
                while piece := reader.read(_CHUNK):
                    yield piece
        except library.ZstdError:
            raise self._damaged(member.filename, "cannot be unpacked") from None

    def _too_large(self, name: str) -> Problem:
        return self._refused(
            f"`{name}` takes more than {LARGEST_MEMBER >> 20} MiB unpacked",
            "leave images and long tool outputs out of the log (`--no-log-images`)",
        )

    def _damaged(self, name: str, what: str) -> Problem:
        return self._refused(f"`{name}` {what}", "take another copy of the log")

    def _refused(self, what: str, advice: str) -> Problem:
        return Problem.of(
            "inspect-archive",
            f"cannot read the log: {what}",
            location=Location(str(self._path)),
            help=advice,
        )


_CONVERT: Final = "write it anew with `inspect log convert LOG --to eval --output-dir FOLDER`"


class _Pieces:
    """Packed bytes as the file that the zstd reader wants."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        """Return the next piece, or nothing at the end."""
        return next(self._pieces, b"")


def _directory_size(stream: BinaryIO) -> int:
    """Return how many bytes the directory takes, by the end of the file; 0 where it has no end."""
    size = stream.seek(0, 2)
    before = _LOCATOR_64 + _END_64.size
    stream.seek(max(0, size - _LONGEST_COMMENT - _END.size - before))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        return 0
    directory: int = _END.unpack_from(tail, at)[1]
    if at >= before and tail[at - before :].startswith(b"PK\x06\x06"):
        directory = max(directory, _END_64.unpack_from(tail, at - before)[1])
    return directory


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        yield reader.decompress(piece, _CHUNK)
        while reader.unconsumed_tail:
            yield reader.decompress(reader.unconsumed_tail, _CHUNK)
    yield reader.flush(_CHUNK)


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "the log is packed with zstd, which needs the package `zstandard`",
            help="pip install 'shipworthy[inspect]'",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    return zstandard
