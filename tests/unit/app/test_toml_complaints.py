"""What a parser and a schema complain of, as they say it today."""

import tomllib
from typing import Any

import msgspec
import pytest

from shipworthy.app.assessment_file.toml_complaints import schema_complaint, syntax_complaint


class Row(msgspec.Struct, forbid_unknown_fields=True):
    count: int = 0

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("no count - at `$.elsewhere[7]`")


class Document(msgspec.Struct, forbid_unknown_fields=True):
    rows: list[Row] = []
    named: dict[str, int] = {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = ?", ("invalid value", 1, 5)),
        ("a = 1\nb\n", ("expected '=' after a key in a key/value pair", 2, 2)),
        ("a = ", ("invalid value (at end of document)", 0, 0)),
    ],
)
def test_a_parser_says_what_and_where(text, told):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert syntax_complaint(caught.value) == told


@pytest.mark.parametrize(
    ("value", "what", "path"),
    [
        ({"rows": [{}, {"count": "x"}]}, "expected `int`, got `str`", ("rows", 1, "count")),
        ({"rows": [{"cuont": 1}]}, "object contains unknown field `cuont`", ("rows", 0)),
        ({"named": {"a": "b"}}, "expected `int`, got `str`", ("named", "[...]")),
        ({"more": 1}, "object contains unknown field `more`", ()),
        ([], "expected `object`, got `array`", ()),
        ({"rows": [{"count": -1}]}, "no count - at `$.elsewhere[7]`", ("rows", 0)),
    ],
)
def test_a_schema_says_what_and_where(value: Any, what, path):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Document)
    assert schema_complaint(str(caught.value)) == (what, path)
