"""The slots of a family: what may stand in each blank of its texts.

A slot is a list of values. A value is a text, or several fields that vary together; a field is a
text or a list of texts. Values may hold blanks for other slots.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.instruments.scenarios.families.blanks import NAME
from shipworthy.instruments.scenarios.reading import Reading, plain_of
from shipworthy.kernel import Location, canonical_bytes

Value = Mapping[str, TextNode | ListNode]
"""The fields of a value; a value that is a text has the one field with an empty name."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot with its values in canonical order, whatever their order in the file."""

    name: str
    values: tuple[Value, ...]
    place: Location

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that every value has; one empty name where values are texts."""
        return tuple(self.values[0])

    def lists(self, field: str) -> bool:
        """Say whether the field holds lists of texts."""
        return isinstance(self.values[0][field], ListNode)


Slots = Mapping[str, Slot]

WIDEST: Final = 64
"""Fields of all slots of a family beyond which it is refused: blanks are filled recursively."""


def read_slots(node: MapNode, reading: Reading) -> Slots:
    """Read the slots of a family; faults are noted, and their slots left out."""
    slots = {}
    for key, listed in node.entries:
        if not NAME.fullmatch(key.text):
            advice = "begin with a lower-case letter; then letters, digits, `-` and `_`"
            reading.note("slot", f"`{key.text}` is not a name of a slot", key.location, advice)
        elif not isinstance(listed, ListNode) or not listed.items:
            advice = "list its values"
            reading.note("slot", f"slot `{key.text}` has no values", listed.location, advice)
        else:
            values = _values(key.text, listed, reading)
            if values is not None:
                slots[key.text] = Slot(key.text, values, key.location)
    if sum(len(slot.fields) for slot in slots.values()) > WIDEST:
        advice = "make two families of it"
        reading.note("slot", f"more than {WIDEST} slots and fields", node.location, advice)
    return slots


def _values(name: str, listed: ListNode, reading: Reading) -> tuple[Value, ...] | None:
    before = len(reading.faults)
    found: dict[bytes, Value] = {}
    shape: dict[str, type[Node]] | None = None
    for item in listed.items:
        value = _value(name, item, reading)
        if value is None:
            continue
        kinds: dict[str, type[Node]] = {field: type(node) for field, node in value.items()}
        shape = shape or kinds
        content = canonical_bytes(plain_of(item))
        if kinds != shape:
            advice = f"the first value has {_listed(shape)}, this one {_listed(kinds)}"
            reading.note("slot", f"values of slot `{name}` differ in kind", item.location, advice)
        elif content in found:
            reading.note("slot", f"slot `{name}` has a value twice", item.location, "list it once")
        found.setdefault(content, value)
    if len(reading.faults) > before:
        return None
    return tuple(found[content] for content in sorted(found))


def _value(name: str, item: Node, reading: Reading) -> Value | None:
    fields = {key.text: node for key, node in item.entries} if isinstance(item, MapNode) else None
    checked: dict[str, TextNode | ListNode] = {}
    for field, node in ({"": item} if fields is None else fields).items():
        texts = node.items if fields is not None and isinstance(node, ListNode) else (node,)
        filled = texts and all(isinstance(text, TextNode) and text.text.strip() for text in texts)
        if not filled or isinstance(node, MapNode) or (field and not NAME.fullmatch(field)):
            advice = "a value is a text, or named fields of texts or lists of texts; quote `{`"
            said = f"`{field}` of a value" if field else "a value"
            reading.note("slot", f"cannot read {said} of slot `{name}`", node.location, advice)
            return None
        checked[field] = node
    if not checked:
        reading.note("slot", f"slot `{name}` has a value without fields", item.location)
    return checked or None


def _listed(kinds: Mapping[str, type[Node]]) -> str:
    if set(kinds) == {""}:
        return "a plain text"
    return ", ".join(
        f"`{field}`{' (a list)' if kind is ListNode else ''}"
        for field, kind in sorted(kinds.items())
    )
