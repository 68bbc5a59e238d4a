"""The markup a report may be written in, so that every browser shows what this program read.

Browsers repair what is malformed, each piece by rules of its own; a page that needs no repair
leaves nothing to interpretation. What is not on a list here is refused.
"""

import re
from collections.abc import Iterator
from typing import Final

from shipworthy_verify.reading import digest

STYLES: Final = frozenset(
    {"sha256:3d0d41bc013158d63ca3916c6de81eadd4a3960c10bf55c330a55a3d482d93f8"}
)
"""Digests of the style sheets that reports have had: none of them hides or draws a digit."""

_ELEMENTS: Final = frozenset(
    {"a", "abbr", "b", "body", "br", "caption", "circle", "code", "dd", "defs", "desc", "div"}
    | {"dl", "dt", "ellipse", "em", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "head", "header", "hr", "html", "i", "li", "line", "main", "meta", "nav", "ol"}
    | {"p", "path", "pattern", "polygon", "polyline", "pre", "rect", "section", "small", "span"}
    | {"strong", "style", "sub", "sup", "svg", "table", "tbody", "td", "text", "tfoot", "th"}
    | {"thead", "time", "title", "tr", "tspan", "ul"}
)
_SHAPES: Final = frozenset({"circle", "ellipse", "line", "path", "polygon", "polyline", "rect"})
_ATTRIBUTES: Final = re.compile(
    r"class|id|role|tabindex|lang|scope|colspan|rowspan|datetime|aria-[a-z]+"
    r"|data-(?:claim|value|format|source)"
)
_OF_ELEMENTS: Final = {
    "a": {"href"},
    "meta": {"charset", "content", "http-equiv", "name"},
    "svg": {"viewBox", "width", "height", "xmlns", "fill", "font-family", "font-size"},
}
_DRAWING: Final = re.compile(
    r"[xyrd]|[rc][xy]|[xy][12]|width|height|points|fill(-opacity)?|stroke(-[a-z]+)?|opacity|font-size"
    r"|font-weight|font-family|text-anchor|dominant-baseline|transform|pattern(Units|Transform)"
)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_TURN: Final = re.compile(r"rotate\(-?[0-8]?[0-9](\.[0-9]+)?( -?[0-9]+(\.[0-9]+)?){2}\)")
_META: Final = frozenset(
    {"viewport", "color-scheme", "referrer", "generator", "Content-Security-Policy", ""}
)
_PIECE: Final = re.compile(
    r"(?P<style><style>(?P<css>[^<]*)</style>)"
    r"|<(?P<open>[a-z][a-z0-9]*)"
    r"(?P<attributes>(?:\s+[A-Za-z][A-Za-z0-9-]*(?:=\"[^\"<>]*\")?)*)\s*(?P<end>/?)>"
    r"|</(?P<close>[a-z][a-z0-9]*)>"
    r"|(?P<text>[^<>]+)"
)
_ATTRIBUTE: Final = re.compile(r"\s+([A-Za-z][A-Za-z0-9-]*)(?:=\"([^\"]*)\")?")
_REORDERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DOCTYPE: Final = "<!DOCTYPE html>"


def markup_faults(page: str) -> Iterator[str]:
    """Yield what a page holds that could be shown otherwise than it was read."""
    if not page.startswith(_DOCTYPE):
        yield "does not begin as an HTML page"
    position, styles = len(_DOCTYPE), 0
    while position < len(page):
        piece = _PIECE.match(page, position)
        if piece is None:
            yield f"is not written plainly at `{' '.join(page[position : position + 40].split())}`"
            return
        position = piece.end()
        if piece["style"]:
            styles += 1
            if digest(piece["css"].encode()) not in STYLES:
                yield "has a style sheet that is not known to show every digit as it is"
        elif piece["open"]:
            yield from _element_faults(piece)
        elif piece["close"] and piece["close"] not in _ELEMENTS:
            yield f"holds `</{piece['close']}>`"
    if styles > 1:
        yield "has several style sheets"
    if _REORDERING.search(page) or re.search(r"&#(x20[26]|82[0-9][0-9])", page, re.IGNORECASE):
        yield "holds characters that reorder text"


def _element_faults(piece: re.Match[str]) -> Iterator[str]:
    name = piece["open"]
    if name not in _ELEMENTS:
        yield f"holds `<{name}>`, which could show other numbers"
        return
    if piece["end"] and name not in _SHAPES:
        yield f"closes `<{name}/>` in itself"
    attributes = _ATTRIBUTE.findall(piece["attributes"])
    if len({key.lower() for key, _ in attributes}) != len(attributes):
        yield f"gives `<{name}>` an attribute twice"
    values = dict(attributes)
    for key, value in attributes:
        if not _legal(name, key, value):
            yield f"holds `<{name} {key}>`, which could show other numbers"
    if name == "meta" and values.get("name", values.get("http-equiv", "")) not in _META:
        yield "holds a `<meta>` that could lead elsewhere"


def _legal(element: str, key: str, value: str) -> bool:
    if element == "a" and key == "href":
        return value.startswith(("#", "https://"))
    if _ATTRIBUTES.fullmatch(key) or key in _OF_ELEMENTS.get(element, ()):
        return element != "text" or key not in {"colspan", "rowspan"}
    if not _DRAWING.fullmatch(key):
        return False
    if key == "transform":
        return element == "text" and _TURN.fullmatch(value) is not None
    if element in {"text", "tspan"}:
        return key not in {"x", "y", "font-size"} or _NUMBER.fullmatch(value) is not None
    return element in _SHAPES or element in {"g", "pattern"}
