"""What a reader of a report sees: claims, verdicts, and whatever stands there without evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from shipworthy_verify.claims.pages.markup import markup_faults
from shipworthy_verify.claims.shown import Shown
from shipworthy_verify.reading import Json

_VOID: Final = frozenset({"area", "br", "col", "hr", "meta", "source", "track", "wbr"})
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "tspan"}
)
_SIGNS: Final = frozenset("-\u2212\u2010\u2011\u2012\u2013\u2014+.,<>\u2264\u2265~\u2248")
"""Signs that change a number when they stand directly before it."""

_REFUSED: Final = frozenset(
    {"audio", "base", "canvas", "embed", "form", "iframe", "image", "img", "input", "link"}
    | {"noscript", "object", "script", "template", "video"}
)
"""Elements that could show what the text of the page does not say."""

_GLYPHS: Final = {
    **dict.fromkeys(("kept", "go", "signed"), "\u2713"),
    **dict.fromkeys(("broken", "no-go", "dissent"), "\u2717"),
    "inconclusive": "?",
    "waiting": "\u25cb",
    "none": "!",
}
_ROW: Final = "decided-"
"""Beginning of the anchor of a requirement's row in the decision."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict as shown: its state, the anchor of its table row, its text in a page."""

    state: str
    row: str
    text: str | None


@dataclass(slots=True)
class Seen:
    """What a report shows. `faults` are sentences about what it must not hold."""

    claims: list[Shown] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    quotes: bool
    since: int
    claim: Shown | None
    mark: Mark | None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()
        self._open: list[_Element] = []
        self._text: list[str] = []
        self._row = ""
        self._before = "\n"
        self._after_claim = False

    def _claim_begins(self) -> None:
        """Two claims without anything between them read as a third number."""
        if self._before.isalnum() or self._before in _SIGNS:
            self.seen.faults.append("runs a claim together with what stands before it")
        self._after_claim = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        words = found.get("class", "").split()
        if tag in _REFUSED or any(name.startswith("on") for name in found):
            self.seen.faults.append(f"holds `<{tag}>` or a script, which could show other numbers")
        if tag == "tr":
            self._row = found.get("id", "")
        if tag not in _INLINE:
            self._before, self._after_claim = "\n", False
        claim = mark = None
        if tag == "a" and "claim" in words:
            name, value, shape = (found.get(f"data-{k}", "") for k in ("claim", "value", "format"))
            claim = Shown(name, value, shape, "")
            self._claim_begins()
        if "mark" in words:
            states = [word.removeprefix("mark-") for word in words if word.startswith("mark-")]
            mark = Mark(states[0] if len(states) == 1 else "", self._row, "")
        if (claim or mark) and any(outer.claim or outer.mark for outer in self._open):
            self.seen.faults.append("nests a claim or verdict in another")
        quotes = tag in {"code", "time", "style"} or "data-source" in found
        quotes = quotes or (tag == "text" and "axis" in words)
        # The title of the page names the subject, whose name may hold digits.
        quotes = quotes or (tag == "title" and bool(self._open) and self._open[-1].tag == "head")
        if tag not in _VOID:
            self._open.append(_Element(tag, quotes, len(self._text), claim, mark))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {element.tag for element in self._open}:
            return
        while self._open[-1].tag != tag:
            self._close(self._open.pop(), whole=False)
        self._close(self._open.pop(), whole=True)
        if tag not in _INLINE:
            self._before, self._after_claim = "\n", False
        self._row = "" if tag == "tr" else self._row

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        inside = any(element.claim for element in self._open)
        if self._after_claim and not inside and (data[0].isalnum() or data[0] in "%\u2030"):
            self.seen.faults.append("runs a claim together with what stands after it")
        self._before, self._after_claim = data[-1], False
        if inside:
            return
        if not any(element.quotes for element in self._open):
            if any(letter.isnumeric() for letter in data):
                self.seen.loose.append(" ".join(data.split())[:60])
        elif self._open[-1].tag == "style" and _draws_digits(data):
            self.seen.faults.append("draws digits by its style sheet")

    def _close(self, element: _Element, *, whole: bool) -> None:
        text = "".join(self._text[element.since :])
        claim, mark = element.claim, element.mark
        if claim:
            self._after_claim = True
            self.seen.claims.append(Shown(claim.id, claim.value, claim.format, text))
        if mark:
            self.seen.marks.append(Mark(mark.state, mark.row, " ".join(text.split())))
        if not whole and (element.quotes or claim or mark):
            self.seen.faults.append(f"leaves `<{element.tag}>` open")

    def finish(self) -> Seen:
        self.close()
        while self._open:
            self._close(self._open.pop(), whole=False)
        return self.seen


def read_page(data: bytes) -> Seen:
    """Read an HTML report."""
    text = data.decode()
    page = _Page()
    try:
        page.feed(text)
        seen = page.finish()
    except AssertionError:
        # the parser of the standard library gives up so on declarations that are none
        seen = page.seen
        seen.faults.append("cannot be read as a page")
    seen.faults.extend(dict.fromkeys(markup_faults(text)))
    return seen


def read_document(value: Any) -> Seen:
    """Read a JSON report."""
    seen = Seen()
    for row, node in _nodes(value, ""):
        if {"id", "value", "format"} <= set(node) <= {"id", "value", "format", "text"}:
            claim = Shown(node["id"], node["value"], node["format"], node.get("text"))
            seen.claims.append(claim)
        if node.get("type") == "mark":
            seen.marks.append(Mark(node["state"], row, None))
    return seen


def _nodes(value: Any, row: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        row = value.get("anchor") or row
        yield row, value
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _nodes(member, row)


def verdict_faults(marks: list[Mark], decision: Json) -> Iterator[str]:
    """Yield what is wrong with the verdicts that a report shows, against the decision."""
    for mark in marks:
        word = "note" if mark.state == "none" else mark.state
        if mark.text is not None and mark.text != f"{_GLYPHS.get(mark.state)} {word}":
            yield f"shows `{mark.text}` under the verdict `{mark.state}`"
    states = {mark.state for mark in marks}
    if decision["ruling"] not in states:
        yield f"does not show the ruling `{decision['ruling']}`"
    if "go" in states and decision["ruling"] != "go":
        yield "shows a go that the gate did not draft"
    wanted = {
        f"{_ROW}{_anchor(result['rule'])}-{_anchor(result['requirement'])}": [result["verdict"]]
        for result in decision["requirements"]
    }
    shown: dict[str, list[str]] = {}
    for mark in marks:
        if mark.row.startswith(_ROW):
            shown.setdefault(mark.row, []).append(mark.state)
    for row in sorted(wanted.keys() | shown.keys()):
        if wanted.get(row) != shown.get(row):
            yield f"shows another verdict in `{row}` than the decision holds"


def _anchor(name: str) -> str:
    """Escape a name as the rows of a report do."""
    named = {":": "_c", "#": "_n", "/": "_s", "_": "__"}
    safe = re.compile(r"[A-Za-z0-9.-]")
    return "".join(c if safe.match(c) else named.get(c, f"_x{ord(c):x}_") for c in name)


def _draws_digits(css: str) -> bool:
    """Say whether a `content` property holds a digit in a string, its escapes decoded."""
    for value in re.findall(r"content\s*:([^;}]*)", css):
        text = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda escape: chr(int(escape[1], 16)), value)
        if any(letter.isnumeric() for quoted in re.split("[\"']", text)[1::2] for letter in quoted):
            return True
    return False
