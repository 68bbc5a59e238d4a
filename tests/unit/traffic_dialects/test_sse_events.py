"""Server-sent events, against the rules of the standard and against each other's cuts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.traffic.dialects.sse import EventReader, write_event

COMMENT = (b"", None)


def read(*pieces, limit=1000):
    reader = EventReader(limit)
    found = [(event.name, event.data) for piece in pieces for event in reader.feed(piece)]
    return found, reader.trouble


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [(b"", b"a")]),
        (b"data:a\n\n", [(b"", b"a")]),
        (b"data:  a\n\n", [(b"", b" a")]),
        (b"data: a\r\n\r\n", [(b"", b"a")]),
        (b"data: a\r\r", [(b"", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [(b"", b"a")]),
        (b"data: a\n\xef\xbb\xbf\ndata: b\n\n", [(b"", b"a\nb")]),
        (b"event: x\ndata: a\n\n", [(b"x", b"a")]),
        (b"event: x\n\ndata: a\n\n", [(b"", b"a")]),
        (b"data: a\ndata: b\n\n", [(b"", b"a\nb")]),
        (b"data\n\n", [(b"", b"")]),
        (b"id: 7\nretry: 9\ndata: a\nodd: z\n\n", [(b"", b"a")]),
        (b": words\n\ndata: a\n\n", [COMMENT, (b"", b"a")]),
        (b"data: a\n\n\n\ndata: b\n\n", [(b"", b"a"), (b"", b"b")]),
        (b"data: a", []),
        (b"data: a\n", []),
        (b"\n\n", []),
    ],
)
def test_events_are_read_as_the_standard_has_it(stream, events):
    assert read(stream) == (events, None)
    assert read(*(stream[at : at + 1] for at in range(len(stream)))) == (events, None)


LINES = st.sampled_from(
    [b"data: a", b"data:b", b"event: x", b": c", b"", b"id: 1", "data: é".encode()]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(
    lines=st.lists(st.tuples(LINES, ENDS), max_size=12),
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_a_cut_changes_no_event(lines, cuts):
    stream = b"".join(line + end for line, end in lines)
    places = sorted({min(place, len(stream)) for place in cuts})
    pieces = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]
    assert read(*pieces) == read(stream)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("head", [b"data: ", b"data: x\ndata: ", b"", b"\xef\xbb\xbf"])
def test_an_event_that_is_too_long_ends_the_reading(size, head):
    stream = b"data: first\n\n" + head + b"y" * 120 + b"\n\ndata: last\n\n"
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    events, trouble = read(*pieces, limit=100)
    assert events == [(b"", b"first")]
    assert trouble.status == 502


def test_a_written_event_reads_back():
    for data, name in ((b"{}", b""), (b'{"a":\n1}', b"x"), (b"a\r\nb", b"")):
        ((read_name, read_data),), _ = read(write_event(data, name))
        assert read_name == name
        assert read_data == data.replace(b"\r\n", b"\n")
