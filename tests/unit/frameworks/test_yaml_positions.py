"""The strict reader: what is refused, where, and with which help."""

import pytest

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, TextNode, read_yaml
from shipworthy.kernel import Problem


def faults(data: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises(Problem) as caught:
        read_yaml(data, "f.yaml")
    assert caught.value.exit_code == 2
    return [(str(d.location), d.code, d.message) for d in caught.value.diagnostics]


def test_scalars_are_kept_as_they_were_written():
    node = read_yaml(b"a: no\nb: 1.10\nc: 2026-01-01\nd: ~\ne: 0x10\n", "f.yaml")
    assert isinstance(node, MapNode)
    assert [v.text for _, v in node.entries if isinstance(v, TextNode)] == [
        "no",
        "1.10",
        "2026-01-01",
        "~",
        "0x10",
    ]


def test_every_node_knows_its_line_and_column():
    node = read_yaml(b"a:\n  - b: [c, d]\n", "f.yaml")
    assert isinstance(node, MapNode)
    outer = node.get("a")
    assert isinstance(outer, ListNode)
    inner = outer.items[0]
    assert isinstance(inner, MapNode)
    values = inner.get("b")
    assert isinstance(values, ListNode)
    assert [str(n.location) for n in (outer, inner, values, *values.items)] == [
        "f.yaml:2:3",
        "f.yaml:2:5",
        "f.yaml:2:8",
        "f.yaml:2:9",
        "f.yaml:2:12",
    ]


def test_columns_count_characters_not_bytes():
    assert faults("ä: ü\nä: &x 1\n".encode())[0][0] == "f.yaml:2:4"


@pytest.mark.parametrize(
    ("data", "place", "code", "message"),
    [
        (b"", "f.yaml:1:1", "framework-syntax", "the file is empty"),
        (b"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "framework-duplicate-key", "key `a` occurs twice"),
        (b"a: &x 1\n", "f.yaml:1:4", "framework-syntax", "anchor `x`"),
        (b"a: !!int 1\n", "f.yaml:1:4", "framework-syntax", "tag `tag:yaml.org,2002:int`"),
        (b"a: !x 1\n", "f.yaml:1:4", "framework-syntax", "tag `!x`"),
        (b"a:\n \t- b\n", "f.yaml:2:2", "framework-syntax", "tab in the indentation"),
        (b"a: 1\n---\nb: 2\n", "f.yaml:2:1", "framework-syntax", "a second document begins here"),
        (b"? [a]\n: b\n", "f.yaml:1:3", "framework-syntax", "a key that is not text"),
        (b"a: 1\r\n", "f.yaml:1:5", "framework-encoding", "line ends with CR LF"),
        (b"\xef\xbb\xbfa: 1", "f.yaml:1:1", "framework-encoding", "begins with a byte order mark"),
        (b"a: 1\nb: \xe4\n", "f.yaml:2:4", "framework-encoding", "byte 0xe4 is not UTF-8"),
        ("a: 1\u202e\n".encode(), "f.yaml:1:5", "framework-encoding", "invisible character U+202E"),
        ("a: \ufffe".encode(), "f.yaml:1:4", "framework-encoding", "invisible character U+FFFE"),
        (b"a: x\x00\n", "f.yaml:1:5", "framework-encoding", "invisible character U+0000"),
        (
            b'a: "\\u200b"\n',
            "f.yaml:1:4",
            "framework-syntax",
            "escaped invisible character U+200B",
        ),
    ],
)
def test_what_yaml_hides_is_refused_where_it_stands(data, place, code, message):
    assert faults(data) == [(place, code, message)]


def test_an_alias_is_refused_at_its_own_place():
    assert [place for place, _, _ in faults(b"a: &x 1\nb: *x\n")] == ["f.yaml:1:4", "f.yaml:2:4"]


def test_several_faults_are_reported_together():
    found = faults(b"a: &x 1\na: 2\nb: !t 3\n")
    assert [code for _, code, _ in found] == [
        "framework-syntax",
        "framework-duplicate-key",
        "framework-syntax",
    ]


def test_broken_syntax_is_reported_with_its_place_and_no_traceback():
    place, code, message = faults(b"a: b: c\n")[0]
    assert (place, code) == ("f.yaml:1:5", "framework-syntax")
    assert message.startswith("not valid YAML:")


def test_deep_nesting_is_refused_before_it_exhausts_the_stack():
    assert faults(b"[" * 100_000)[0][2] == "nested more than 24 deep"


def test_every_character_is_either_kept_or_refused():
    planes = (range(0x20, 0x300), range(0x2000, 0x2100), range(0xE000, 0x10300))
    for character in (chr(code) for codes in planes for code in codes if chr(code) != "'"):
        try:
            node = read_yaml(f"a: 'x{character}y'\n".encode(), "f.yaml")
        except Problem:
            continue
        assert isinstance(node, MapNode)
        value = node.get("a")
        assert isinstance(value, TextNode)
        assert value.text == f"x{character}y"
