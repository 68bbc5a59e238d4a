"""Families: one scenario with blanks, and lists of what may fill them, made into many scenarios.

The expansion is a function of what the family says. It depends neither on the order of keys nor
on the order in which a slot lists its values, so that the same family has the same scenarios in
everybody's hands, each with the digest it would have if a person had written it out.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.instruments.scenarios.families.blanks import Blank, blanks, fill, only_blank
from shipworthy.instruments.scenarios.families.drawing import draw_balanced
from shipworthy.instruments.scenarios.families.slots import Slots, Value, read_slots
from shipworthy.instruments.scenarios.families.wiring import check_wiring
from shipworthy.instruments.scenarios.reading import Reading, place_of, plain_of
from shipworthy.kernel import Stream, canonical_bytes

MOST: Final = 5_000
"""Scenarios of one family beyond which it is refused."""

LONGEST: Final = 20_000
"""Characters of one filled text beyond which a family is refused: blanks within blanks multiply."""

FAMILY_KEYS: Final = frozenset({"slots", "take"})
"""What a family has besides the keys of a scenario."""

_PURPOSE: Final = "scenario-family"


@dataclass(frozen=True, slots=True)
class _Member:
    """One scenario of a family: what was chosen for each slot, and the scenario written out."""

    chosen: Mapping[str, Value]
    node: MapNode

    @property
    def id(self) -> str:
        return _text(self.node, "id")


def expand_family(node: Node, reading: Reading) -> tuple[MapNode, ...]:
    """Return the scenarios of a family as they would be written out, by id.

    Every node keeps the place that its text has in the family, so faults of a scenario are found
    there. What is wrong with the family itself is noted, and then nothing is returned.
    """
    before = len(reading.faults)
    slots, template = _parts(node, reading)
    if len(reading.faults) == before:
        check_wiring(template, slots, reading)
    if len(reading.faults) > before:
        return ()
    take = _take(node, slots, reading)
    if take is None:
        return ()
    members = []
    for chosen in _choices(slots, take, _text(template, "family")):
        try:
            members.append(_Member(chosen, _Filler(chosen).mapping(template)))
        except OverflowError as error:
            reading.note("family", str(error), node.location, "shorten the values of its slots")
            return ()
    members.sort(key=lambda member: member.id)
    _check_distinct(members, reading)
    return () if len(reading.faults) > before else tuple(member.node for member in members)


def _parts(node: Node, reading: Reading) -> tuple[Slots, MapNode]:
    """Split a family into its slots and the scenario with blanks."""
    if not isinstance(node, MapNode):
        reading.note("family", "a family is not a mapping", node.location)
        return {}, MapNode((), node.location)
    template = MapNode(
        tuple(entry for entry in node.entries if entry[0].text not in FAMILY_KEYS), node.location
    )
    name, listed = template.get("family"), node.get("slots")
    if not isinstance(name, TextNode) or not name.text.strip() or "{" in name.text:
        place = place_of(template, ("family",))
        advice = "`family:` names all of its scenarios, without a blank"
        reading.note("family", "the family has no name", place, advice)
    if not isinstance(listed, MapNode) or not listed.entries:
        advice = "a scenario without blanks belongs under `scenarios`"
        reading.note("slot", "the family has no `slots`", place_of(node, ("slots",)), advice)
        return {}, template
    return read_slots(listed, reading), template


def _take(node: Node, slots: Slots, reading: Reading) -> int | None:
    """Return how many scenarios the family has; nothing, and a fault, where that cannot be."""
    every = math.prod(len(slot.values) for slot in slots.values())
    written = node.get("take") if isinstance(node, MapNode) else None
    place = written.location if written else node.location
    if written is None:
        take = every
    else:
        text = written.text if isinstance(written, TextNode) else ""
        take = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= take <= every:
        advice = f"its slots have {every} combinations: take 1 to {min(every, MOST)}"
        reading.note("family", "`take` is not a number of combinations", place, advice)
    elif take > MOST:
        advice = f"draw a part of them with `take: {MOST}` or less"
        said = f"the family has {take} scenarios, more than {MOST}"
        reading.note("family", said, place, advice)
    else:
        return take
    return None


def _choices(slots: Slots, take: int, family: str) -> Iterator[Mapping[str, Value]]:
    """Yield what is chosen for the slots in each scenario: all combinations, or a drawn part."""
    names = sorted(slots)
    sizes = [len(slots[name].values) for name in names]
    rows: Sequence[tuple[int, ...]]
    if take == math.prod(sizes):
        rows = list(product(*map(range, sizes)))
    else:
        rows = draw_balanced(sizes, take, Stream(_PURPOSE, family))
    for row in rows:
        yield {name: slots[name].values[index] for name, index in zip(names, row, strict=True)}


@dataclass(slots=True)
class _Filler:
    """Fills the blanks of a template for one choice of values."""

    chosen: Mapping[str, Value]
    known: dict[Blank, str] = field(default_factory=dict)

    def mapping(self, node: MapNode) -> MapNode:
        entries = tuple((key, self._node(value)) for key, value in node.entries)
        return MapNode(entries, node.location)

    def _node(self, node: Node) -> Node:
        match node:
            case TextNode():
                return TextNode(self._filled(node.text), node.location)
            case ListNode():
                items = (filled for item in node.items for filled in self._items(item))
                return ListNode(tuple(items), node.location)
            case MapNode():
                return self.mapping(node)

    def _items(self, item: Node) -> Iterator[Node]:
        blank = only_blank(item.text) if isinstance(item, TextNode) else None
        content = self.chosen[blank.slot][blank.field] if blank else None
        if isinstance(content, ListNode):
            for text in content.items:
                yield self._node(text)
        else:
            yield self._node(item)

    def _content(self, blank: Blank) -> str:
        if blank not in self.known:
            content = self.chosen[blank.slot][blank.field]
            self.known[blank] = self._filled(content.text) if isinstance(content, TextNode) else ""
        return self.known[blank]

    def _filled(self, text: str) -> str:
        """Fill one text.

        Raises:
            OverflowError: it would be longer than `LONGEST`.
        """
        length = len(text) + sum(len(self._content(blank)) for blank in blanks(text))
        if length > LONGEST:
            raise OverflowError(f"a text of the family has more than {LONGEST} characters")
        return fill(text, self._content)


def _check_distinct(members: Sequence[_Member], reading: Reading) -> None:
    """Note the first two members with one id, and the first two that ask for one secret alike."""
    ids: dict[str, _Member] = {}
    asked: dict[bytes, _Member] = {}
    for member in members:
        twin = ids.setdefault(member.id, member)
        if member.id and twin is not member:
            place = place_of(member.node, ("id",))
            advice = f"they differ in {_difference(twin, member)}: use it in `id`"
            reading.note("family", f"two scenarios have the id `{member.id}`", place, advice)
            return
    for member in members:
        parts = [member.node.get(key) for key in ("request", "confidential_context", "check")]
        content = canonical_bytes([plain_of(part) if part else "" for part in parts])
        twin = asked.setdefault(content, member)
        if twin is not member:
            place = place_of(member.node, ("request",))
            said = f"`{twin.id}` and `{member.id}` have the same request and the same secret"
            advice = f"they differ in {_difference(twin, member)}: use it in `request` and `check`"
            reading.note("family", said, place, advice)
            return


def _difference(one: _Member, other: _Member) -> str:
    differing = (name for name in one.chosen if one.chosen[name] is not other.chosen[name])
    return ", ".join(f"`{name}`" for name in differing)


def _text(node: MapNode, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, TextNode) else ""
