"""An ONNX graph written by hand: logits of a text are the mean of its tokens' rows in a table.

Only the fields that are needed, in the wire form of protocol buffers (onnx.proto, ONNX 1.16).
"""

import struct


def mean_of_rows(table: list[list[float]]) -> bytes:
    """A model with inputs `input_ids` and `attention_mask` (int64, 1 x n) and output `logits`."""
    rows, columns = len(table), len(table[0])
    data = b"".join(struct.pack("<f", value) for row in table for value in row)
    tensor = _number(1, rows) + _number(1, columns) + _number(2, 1) + _bytes(8, b"table")
    tensor += _bytes(9, data)
    gather = _node("Gather", [b"table", b"input_ids"], b"rows")
    mean = _node("ReduceMean", [b"rows"], b"logits", _ints(b"axes", [1]) + _int(b"keepdims", 0))
    graph = gather + mean + _bytes(2, b"tiny") + _bytes(5, tensor)
    graph += _bytes(11, _value(b"input_ids", 7)) + _bytes(11, _value(b"attention_mask", 7))
    graph += _bytes(12, _value(b"logits", 1))
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13))


def _node(kind: str, inputs: list[bytes], output: bytes, attributes: bytes = b"") -> bytes:
    given = b"".join(_bytes(1, name) for name in inputs)
    return _bytes(1, given + _bytes(2, output) + _bytes(4, kind.encode()) + attributes)


def _ints(name: bytes, values: list[int]) -> bytes:
    body = _bytes(1, name) + b"".join(_number(8, value) for value in values) + _number(20, 7)
    return _bytes(5, body)


def _int(name: bytes, value: int) -> bytes:
    return _bytes(5, _bytes(1, name) + _number(3, value) + _number(20, 2))


def _value(name: bytes, kind: int) -> bytes:
    """A tensor of two dimensions: one row, any number of columns."""
    shape = _bytes(1, _number(1, 1)) + _bytes(1, _bytes(2, b"n"))
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
