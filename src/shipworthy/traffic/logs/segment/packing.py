"""Zstandard frames, where `zstandard` is installed."""

from typing import Any, Final

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.logs.segment.frames import Compress, Expand

LEVEL: Final = 3


def compressor() -> Compress:
    """Return what packs a batch.

    Raises:
        Problem: `extra-missing` (environment) when zstandard is not installed.
    """
    packer = _zstandard().ZstdCompressor(level=LEVEL, write_content_size=True)

    def compress(data: bytes) -> bytes:
        return bytes(packer.compress(data))

    return compress


def expander() -> Expand:
    """Return what unpacks a batch; zstandard is needed only when the first packed batch comes."""
    unpacker: Any = None

    def expand(data: bytes, size: int) -> bytes:
        nonlocal unpacker
        zstandard = _zstandard()
        if unpacker is None:
            unpacker = _zstandard().ZstdDecompressor()
        try:
            # the frame names its size: nothing larger than the header says is ever unpacked
            if zstandard.frame_content_size(data) != size:
                raise ValueError("the frame has another size than its header says")
            plain = bytes(unpacker.decompress(data))
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from None
        return plain

    return expand


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "the batches of this log are packed with zstd, which needs the package `zstandard`",
            help="pip install 'shipworthy[inspect]', or write the log with `compress = false`",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    return zstandard
