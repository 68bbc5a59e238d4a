"""YAML with positions, and nothing else: mappings, lists and text.

Events of PyYAML's C parser become a small tree in which every node knows its file, line and
column. No scalar is interpreted (`no` stays `no`, `1.10` stays `1.10`), and everything that makes
YAML say something other than what it shows is refused: anchors, aliases, tags, duplicate keys,
several documents, tabs in indentation, invisible control characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from shipworthy.kernel import Diagnostic, Location, Problem

DEEPEST: Final = 24
"""Nesting beyond this is refused: no framework needs it, and recursion stays bounded."""

_INDENT_TAB: Final = re.compile(r"^ *\t")
# Controls and non-characters, and bidirectional marks that let a file read differently than it
# parses.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\uffa0\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar, as it was written."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    items: tuple["Node", ...]
    location: Location


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping with distinct text keys, in file order."""

    entries: tuple[tuple[TextNode, "Node"], ...]
    location: Location

    def get(self, key: str) -> "Node | None":
        """Return the value under `key`, or nothing."""
        return next((value for name, value in self.entries if name.text == key), None)


Node = TextNode | ListNode | MapNode


def read_yaml(data: bytes, file: str) -> Node:
    """Read one YAML document.

    Raises:
        Problem: `framework-encoding`, `framework-syntax` or `framework-duplicate-key`, with every
            fault that could be told apart.
    """
    text = _decode(data, file)
    builder = _Builder(file)
    try:
        node = builder.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        builder.faults.append(_syntax(error, file))
        raise Problem(builder.faults) from None
    if builder.faults or node is None:
        raise Problem(builder.faults)
    return node


def invisible(text: str) -> str:
    """Return the first character that does not show, as `U+XXXX`; empty when there is none."""
    odd = _INVISIBLE.search(text)
    return f"U+{ord(odd.group()):04X}" if odd else ""


def _decode(data: bytes, file: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise _encoding(Location(file, 1, 1), "begins with a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        place = Location(file, before.count(b"\n") + 1, column)
        raise _encoding(place, f"byte 0x{data[error.start]:02x} is not UTF-8") from None
    faults = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.endswith("\r"):
            raise _encoding(Location(file, number, len(line)), "line ends with CR LF")
        if tab := _INDENT_TAB.match(line):
            faults.append(
                Diagnostic(
                    "framework-syntax",
                    "tab in the indentation",
                    Location(file, number, tab.end()),
                    "indent with spaces",
                )
            )
        elif odd := _INVISIBLE.search(line):
            place = Location(file, number, odd.start() + 1)
            raise _encoding(place, f"invisible character {invisible(line)}")
    if faults:
        raise Problem(faults)
    return text


def _encoding(place: Location, what: str) -> Problem:
    return Problem.of(
        "framework-encoding",
        what,
        location=place,
        help="save the file as UTF-8 text without a byte order mark and with LF line ends",
    )


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
    context = f" ({error.context})" if error.context else ""
    return Diagnostic(
        "framework-syntax",
        f"not valid YAML: {error.problem}{context}",
        place,
        "check indentation, quotes and brackets near this place",
    )


class _Builder:
    """Turns parser events into nodes and notes every fault on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Diagnostic] = []

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        node = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    self._fault(event, "a second document begins here", "keep one document a file")
                    return node
                node = self._node(next(events), events, 0)
        if node is None:
            self._fault(None, "the file is empty", "begin with `framework: <id>`")
        return node

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        place = self._place(event)
        if depth > DEEPEST:
            self._fault(event, f"nested more than {DEEPEST} deep", "split the condition into rules")
            raise Problem(self.faults)
        if anchor := getattr(event, "anchor", None):
            kind = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self._fault(event, f"{kind} `{anchor}`", "write the value out where it is used")
        if (tag := getattr(event, "tag", None)) is not None:
            self._fault(event, f"tag `{tag}`", "remove it; every value is read as text")
        match event:
            case yaml.ScalarEvent():
                if odd := invisible(event.value):
                    self._fault(event, f"escaped invisible character {odd}", "remove it")
                return TextNode(event.value, place)
            case yaml.SequenceStartEvent():
                items = []
                while not isinstance(child := next(events), yaml.SequenceEndEvent):
                    items.append(self._node(child, events, depth + 1))
                return ListNode(tuple(items), place)
            case yaml.MappingStartEvent():
                return self._mapping(place, events, depth)
            case _:
                return TextNode("", place)

    def _mapping(self, place: Location, events: Iterator[yaml.Event], depth: int) -> MapNode:
        entries: dict[str, tuple[TextNode, Node]] = {}
        while not isinstance(child := next(events), yaml.MappingEndEvent):
            key = self._node(child, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, TextNode):
                self._fault(child, "a key that is not text", "write a plain word before the colon")
            elif key.text in entries:
                first = entries[key.text][0].location
                self.faults.append(
                    Diagnostic(
                        "framework-duplicate-key",
                        f"key `{key.text}` occurs twice",
                        key.location,
                        f"the first is on line {first.line}",
                    )
                )
            else:
                entries[key.text] = (key, value)
        return MapNode(tuple(entries.values()), place)

    def _place(self, event: yaml.Event) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1) if mark else Location(self.file)

    def _fault(self, event: yaml.Event | None, message: str, help_text: str) -> None:
        place = self._place(event) if event else Location(self.file, 1, 1)
        self.faults.append(Diagnostic("framework-syntax", message, place, help_text))
