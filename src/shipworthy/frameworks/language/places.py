"""Where the things of a framework stand in its files: kind and id to file, line and column.

The document itself carries no places, because two files that say the same are the same document.
Whoever talks to people about a document reads its places beside it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shipworthy.frameworks.language.loader import FOLDER_FILES
from shipworthy.frameworks.language.yaml_positions import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    read_yaml,
)
from shipworthy.kernel import Location

_LISTS: Final = {"clauses": "clause", "rules": "rule", "sources": "source"}
"""Keys whose elements have an `id`, and the kind of thing each element is."""

_MAPPINGS: Final = {
    "fields": "field",
    "hedges": "hedge",
    "terms": "term",
    "coverage": "domain",
    "evaluations": "evaluation",
    "outcomes": "outcome",
}
"""Keys whose keys are ids."""

_WHOLE: Final = {"framework": "framework", "governance": "governance", "decisions": "decisions"}
"""Keys that are one thing, without an id of its own."""


def read_places(path: Path) -> dict[tuple[str, str], Location]:
    """Return where each clause, rule, requirement, field and so on of a framework stands.

    Exemptions are numbered from 0.

    Raises:
        Problem: `framework-encoding` or `framework-syntax`, as `read_framework` does.
    """
    files = [path / name for name in FOLDER_FILES] if path.is_dir() else [path]
    places: dict[tuple[str, str], Location] = {}
    for file in files:
        if file.exists():
            for key, location in _of_file(read_yaml(file.read_bytes(), str(file))):
                places.setdefault(key, location)
    return places


def _of_file(node: Node) -> Iterator[tuple[tuple[str, str], Location]]:
    for key, value in _entries(node):
        name = key.text
        if name in _WHOLE:
            yield (_WHOLE[name], ""), key.location
        if name in _MAPPINGS:
            yield from _keys(value, _MAPPINGS[name])
        elif name in _LISTS:
            yield from _listed(value, _LISTS[name])
        elif name == "governance":
            for part, inner in _entries(value):
                kinds = {"roles": "role", "elements": "element"}
                if part.text in kinds:
                    yield from _keys(inner, kinds[part.text])
        elif name == "lint":
            for index, item in enumerate(_items(value)):
                yield ("exemption", str(index)), item.location


def _listed(node: Node, kind: str) -> Iterator[tuple[tuple[str, str], Location]]:
    for item in _items(node):
        for key, value in _entries(item):
            if key.text == "id" and isinstance(value, TextNode):
                yield (kind, value.text), value.location
            elif key.text == "requires":
                yield from _listed(value, "requirement")


def _keys(node: Node, kind: str) -> Iterator[tuple[tuple[str, str], Location]]:
    for key, _ in _entries(node):
        yield (kind, key.text), key.location


def _entries(node: Node) -> tuple[tuple[TextNode, Node], ...]:
    return node.entries if isinstance(node, MapNode) else ()


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()
