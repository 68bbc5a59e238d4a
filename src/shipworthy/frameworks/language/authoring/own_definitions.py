"""What an assessor adds to a framework: when a level that it leaves to judgement is reached.

Where a framework names no number, nobody here makes one up for its publisher. The assessor says in
a file of his own which findings decide, with the numbers, who answers for them and where they are
argued. The fields are then computed, and whatever is drafted under them says whose numbers they
are. What the framework defines itself cannot be defined again.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.files import read_source
from shipworthy.frameworks.language.loader import framework_tree, read_document
from shipworthy.frameworks.language.reader import Faults, Section
from shipworthy.frameworks.language.yaml_positions import MapNode, Node, TextNode, read_yaml
from shipworthy.kernel import did_you_mean, digest_bytes, digest_of
from shipworthy.records import LevelField, OwnDefinitions, atoms_of

LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""

MARK: Final = " with definitions of the assessor"
"""What the version of a framework says beside its own."""

_KEYS: Final = ("definitions_for", "by", "record", "rates", "levels")
_NOT_THEIRS: Final = ("clauses", "unless_discretion")


def read_with_definitions(framework: Path, definitions: Path) -> FrameworkDocument:
    """Read a framework with the definitions of an assessor, by the same checks as the framework.

    Raises:
        Problem: `framework-*`, every fault of either file with its place (exit 2).
    """
    tree, digest = framework_tree(framework)
    data = read_source(definitions, LARGEST_FILE, "the definitions")
    faults = Faults()
    own = Section(read_yaml(data, str(definitions)), "the definitions", _KEYS, faults)
    by, record = own.text("by"), own.text("record")
    fields, named = _fields(tree), _name(tree)
    meant = own.scalar("definitions_for")
    if meant.text and meant.text != named:
        message = f"these are definitions for `{meant.text}`, not for `{named}`"
        faults.add("definitions", message, meant.location, "take the framework that they are for")
    rates = own.entries("rates")
    for name, _ in rates:
        if name.text in fields:
            message = f"`{name.text}` is a field of the framework"
            faults.add("definitions", message, name.location, "give the rate a name of its own")
    own.node("levels")
    defined = dict(_defined(own, fields, faults))
    faults.raise_if_any()
    merged = _merged(tree, defined, rates)
    mine = digest_bytes(data)
    document = read_document(merged, digest_of([digest, mine]))
    _refuse_idle(document, defined, faults)
    faults.raise_if_any()
    return msgspec.structs.replace(
        document,
        version=document.version + MARK,
        own_definitions=OwnDefinitions(
            by=by,
            record=record,
            digest=mine,
            framework=digest,
            fields=tuple(name.text for name in defined),
            rates=tuple(name.text for name, _ in rates),
        ),
    )


def _refuse_idle(document: FrameworkDocument, defined: Iterable[TextNode], faults: Faults) -> None:
    """Refuse definitions that little evidence, or any evidence, would settle for the better."""
    places = {name.text: name.location for name in defined}
    for field in (one.field for one in document.fields):
        if field.name not in places or not isinstance(field, LevelField):
            continue
        for atom in (atom for one in field.definitions for atom in atoms_of(one.when)):
            if atom.bound == "point":
                message = f"`{field.name}` would follow from `{atom.field}.point`, a few trials"
                advice = f"read `{atom.field}.lower` or `{atom.field}.upper`"
                faults.add("definitions", message, places[field.name], advice)
            elif atom.bound == "lower" and atom.operator == ">=" and Decimal(atom.value) == 1:
                message = f"`{atom.field}.lower >= {atom.value}` is never reached"
                advice = "a lower limit stays below 1, whatever is measured"
                faults.add("definitions", message, places[field.name], advice)


def _name(tree: Node) -> str:
    found = tree.get("framework") if isinstance(tree, MapNode) else None
    return found.text if isinstance(found, TextNode) else ""


def _fields(tree: Node) -> dict[str, Node]:
    found = tree.get("fields") if isinstance(tree, MapNode) else None
    return {name.text: node for name, node in found.entries} if isinstance(found, MapNode) else {}


def _defined(
    own: Section, fields: dict[str, Node], faults: Faults
) -> Iterator[tuple[TextNode, Node]]:
    """Yield each field that is defined, as a field of the framework that is computed."""
    for name, definitions in own.entries("levels"):
        field = fields.get(name.text)
        if not isinstance(field, MapNode):
            message = f"the framework has no field `{name.text}`"
            faults.add("definitions", message, name.location, did_you_mean(name.text, fields))
            continue
        if field.get("judged_by") is None or field.get("levels") is None:
            message = f"`{name.text}` is not left to judgement: the framework computes it"
            faults.add(
                "definitions", message, name.location, "define only levels that people judge"
            )
            continue
        for word, place in _keys(definitions):
            if word in _NOT_THEIRS:
                message = (
                    f"`{word}` cites the publisher, and this definition is not the publisher's"
                )
                faults.add("definitions", message, place.location, f"remove `{word}`")
        kept = [entry for entry in field.entries if entry[0].text != "judged_by"]
        key = TextNode("definitions", name.location)
        yield name, MapNode((*kept, (key, definitions)), field.location)


def _keys(definitions: Node) -> Iterator[tuple[str, TextNode]]:
    for one in getattr(definitions, "items", ()):
        if isinstance(one, MapNode):
            yield from ((key.text, key) for key, _ in one.entries)


def _merged(
    tree: Node, defined: dict[TextNode, Node], rates: tuple[tuple[TextNode, Node], ...]
) -> Node:
    """Return the tree of the framework with these fields in place of its own, and the rates."""
    if not isinstance(tree, MapNode):
        return tree
    computed = {name.text: node for name, node in defined.items()}

    def replaced(name: TextNode, node: Node) -> Node:
        if name.text != "fields" or not isinstance(node, MapNode):
            return node
        own = tuple((key, computed.get(key.text, value)) for key, value in node.entries)
        return MapNode((*own, *rates), node.location)

    return MapNode(
        tuple((name, replaced(name, node)) for name, node in tree.entries), tree.location
    )
