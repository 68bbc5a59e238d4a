"""JSON that two readers may read apart is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.traffic.dialects.strict_json import DEPTH, NotPlainJson, decode

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(' ":\\a\n', max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    value=values,
    indent=st.sampled_from([None, 1]),
    separators=st.sampled_from([(",", ":"), (", ", " : "), (",\n", "\t:")]),
)
def test_plain_json_is_read_however_it_is_spaced(value, indent, separators):
    written = json.dumps(value, indent=indent, separators=separators)
    assert decode(written.encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"x":[{"a":1,"a":1}]}',
        b'{"a":1,"a":2,"b" :3}',
        b'{"a":1,"a":2,"b":"c\\":"}',
        b'{"a" :1,"a" :2}',
    ],
)
def test_two_equal_keys_are_refused(body):
    with pytest.raises(NotPlainJson, match="twice"):
        decode(body)


@pytest.mark.parametrize(
    "body", [b'{"a":"x\\":"}', b'{"a:":" : "}', b'[":",":"]', b'"a\\":"', b"7"]
)
def test_colons_in_texts_are_no_keys(body):
    assert decode(body) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" * 100_000, "deep"),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "deep"),
        (b'{"a":' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1), "deep"),
        (b'{"a":9007199254740992}', "integer"),
        (b'{"a":-9007199254740992}', "integer"),
        (b'{"a":' + b"9" * 5000 + b"}", "not valid"),
        (b'{"a":1e999}', "not valid"),
        (b'{"a":NaN}', "not valid"),
        (b'{"a":"\xff"}', "not valid"),
        (b'{"a":"\\ud800"}', "not valid"),
        (b"\xef\xbb\xbf{}", "not valid"),
        (b"{} {}", "not valid"),
        (b"", "not valid"),
    ],
)
def test_what_readers_read_apart_is_refused(body, why):
    with pytest.raises(NotPlainJson, match=why):
        decode(body)


def test_nesting_is_read_down_to_the_limit():
    assert decode(b"[" * DEPTH + b"]" * DEPTH)
