"""The process that holds Hyperscan: reads questions from its input, answers on its output.

A frame is four bytes of length, big-endian, and so many bytes. A question is `A` and a JSON list of
expressions, the control last (add a set; the answer is JSON: its number, or text that says what is
wrong), or `M`, two bytes of a set's number and a text (the answer is a JSON list of positions, that
of the control among them if the scan got through the text).
"""

import json
import struct
import sys
from typing import Any, BinaryIO

_Set = tuple[Any, Any, int, bytes]
"""A database, its scratch space, the number of its control, and the control."""


def main() -> None:
    """Answer until the input ends."""
    import hyperscan

    sets: list[_Set] = []
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (question := read_frame(source)) is not None:
        if question[:1] == b"A":
            answer: object = _add(hyperscan, sets, json.loads(question[1:]))
        else:
            number = struct.unpack(">H", question[1:3])[0]
            answer = _match(sets[number], question[3:])
        write_frame(sink, json.dumps(answer).encode())


def read_frame(source: BinaryIO) -> bytes | None:
    """Read one frame, or None at the end of the input."""
    head = source.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">I", head)
    data = source.read(size)
    return data if len(data) == size else None


def write_frame(sink: BinaryIO, data: bytes) -> None:
    """Write one frame at once."""
    sink.write(struct.pack(">I", len(data)) + data)
    sink.flush()


def _add(hyperscan: Any, sets: list[_Set], expressions: list[str]) -> int | str:
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH
    database = hyperscan.Database()
    try:
        database.compile(
            expressions=[expression.encode() for expression in expressions],
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[flags] * len(expressions),
        )
    except hyperscan.error as error:
        return str(error)
    scratch = hyperscan.Scratch(database)
    sets.append((database, scratch, len(expressions) - 1, expressions[-1].encode()))
    return len(sets) - 1


def _match(one: _Set, text: bytes) -> list[int]:
    database, scratch, control, behind = one
    ends = _scan(database, scratch, text + behind)
    seen = ends.pop(control, None) is not None
    if any(end > len(text) for end in ends.values()):
        # A match that needs the control, or hides one that does not.
        ends = _scan(database, scratch, text)
        ends.pop(control, None)
    return [*ends, control] if seen else [*ends]


def _scan(database: Any, scratch: Any, text: bytes) -> dict[int, int]:
    """Return the expressions that match, each with an end of a match."""
    ends: dict[int, int] = {}

    def hit(number: int, _begin: int, end: int, *_more: object) -> None:
        ends.setdefault(number, end)

    database.scan(text, match_event_handler=hit, scratch=scratch)
    return ends


if __name__ == "__main__":
    main()
