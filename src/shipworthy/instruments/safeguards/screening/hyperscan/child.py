"""The process that holds Hyperscan: reads questions from its input, answers on its output.

A frame is four bytes of length, big-endian, and so many bytes. A question is `A` and a JSON list of
expressions (add a set; the answer is JSON: its number, or text that says what is wrong), or `M`,
two bytes of a set's number and a text (the answer is a JSON list of positions).
"""

import json
import struct
import sys
from typing import Any, BinaryIO


def main() -> None:
    """Answer until the input ends."""
    import hyperscan

    sets: list[tuple[Any, Any]] = []
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


def _add(hyperscan: Any, sets: list[tuple[Any, Any]], expressions: list[str]) -> int | str:
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
    sets.append((database, hyperscan.Scratch(database)))
    return len(sets) - 1


def _match(one: tuple[Any, Any], text: bytes) -> list[int]:
    found: list[int] = []

    def hit(number: int, *_where: object) -> None:
        found.append(number)

    database, scratch = one
    database.scan(text, match_event_handler=hit, scratch=scratch)
    return found


if __name__ == "__main__":
    main()
