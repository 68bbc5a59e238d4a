"""Content encodings: undone in any pieces, and never beyond the bound."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.traffic.dialects import Unreadable
from shipworthy.traffic.passages.encodings import Decoder, decoded


def raw_deflate(data):
    making = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return making.compress(data) + making.flush()


WAYS = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "x-gzip": lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:]),
    "deflate": zlib.compress,
    "Deflate ": raw_deflate,
}


@pytest.mark.parametrize("encoding", WAYS)
@given(data=st.binary(max_size=200), size=st.integers(1, 50))
def test_a_body_is_undone_in_any_pieces(encoding, data, size):
    packed = WAYS[encoding](data)
    decoder = Decoder(encoding, 1000)
    found = b"".join(decoder.feed(packed[at : at + size]) for at in range(0, len(packed), size))
    if packed:
        decoder.finish()
    assert found == data


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_refused_before_it_grows(encoding):
    packed = WAYS[encoding](b"\0" * 50_000_000)
    with pytest.raises(Unreadable) as refused:
        decoded(packed, encoding, 10_000)
    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"abc" * 50, mtime=0)[:-4]),
        ("gzip", b"plain text"),
        ("gzip", gzip.compress(b"abc", mtime=0) + b"trailing"),
        ("deflate", zlib.compress(b"abc") + zlib.compress(b"d")),
        ("deflate", b"x"),
        ("gzip", b""),
    ],
    ids=["cut", "plain", "trailing", "two in one", "one byte", "empty"],
)
def test_what_is_not_compressed_as_it_says_is_refused(encoding, body):
    with pytest.raises(Unreadable) as refused:
        decoded(body, encoding, 1000)
    assert refused.value.status == 400


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_other_encodings_are_refused(encoding):
    with pytest.raises(Unreadable) as refused:
        decoded(b"x", encoding, 1000)
    assert refused.value.status == 415
