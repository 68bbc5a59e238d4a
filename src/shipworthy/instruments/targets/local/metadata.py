"""Read the metadata of a GGUF file (version 2 or 3) without any package.

Only strings and integers are returned; arrays are stepped over. Layout: magic, version, tensor
count, pair count, then pairs of key, type and value, all little-endian (ggml, docs/gguf.md).
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

_STRING: Final = 8
_ARRAY: Final = 9
_WIDTH: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_UNSIGNED: Final = {0, 2, 4, 10}
_LONGEST: Final = 1 << 24
_MOST: Final = 1 << 20


def read_metadata(path: Path) -> Mapping[str, str | int]:
    """Return the string and unsigned integer metadata of a GGUF file.

    Raises:
        ValueError: the file is not GGUF or its metadata is damaged.
    """
    found: dict[str, str | int] = {}
    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF" or _integer(stream, 4) not in {2, 3}:
            raise ValueError("not a GGUF file of version 2 or 3")
        _integer(stream, 8)
        for _ in range(_bounded(_integer(stream, 8), _MOST)):
            key = _text(stream)
            kind = _integer(stream, 4)
            if kind == _STRING:
                found[key] = _text(stream)
            elif kind in _UNSIGNED:
                found[key] = _integer(stream, _WIDTH[kind])
            else:
                _skip(stream, kind)
    return found


def _skip(stream: BinaryIO, kind: int) -> None:
    if kind != _ARRAY:
        _take(stream, _width(kind))
        return
    element = _integer(stream, 4)
    count = _bounded(_integer(stream, 8), _MOST)
    if element == _STRING:
        for _ in range(count):
            stream.seek(_bounded(_integer(stream, 8), _LONGEST), 1)
    else:
        stream.seek(count * _width(element), 1)


def _width(kind: int) -> int:
    if kind not in _WIDTH:
        raise ValueError(f"unknown metadata type {kind}")
    return _WIDTH[kind]


def _text(stream: BinaryIO) -> str:
    return _take(stream, _bounded(_integer(stream, 8), _LONGEST)).decode("utf-8", "replace")


def _integer(stream: BinaryIO, width: int) -> int:
    value: int
    (value,) = struct.unpack({1: "<B", 2: "<H", 4: "<I", 8: "<Q"}[width], _take(stream, width))
    return value


def _take(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise ValueError("the file ends inside its metadata")
    return data


def _bounded(value: int, bound: int) -> int:
    if value > bound:
        raise ValueError("a length in the metadata is beyond reason")
    return value
