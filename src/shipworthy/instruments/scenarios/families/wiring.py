"""Which blank is filled by what: nothing may lack, be left over, or lead back to itself."""

from collections.abc import Iterator, Mapping

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.instruments.scenarios.families.blanks import Blank, blanks, only_blank
from shipworthy.instruments.scenarios.families.slots import Slot, Slots
from shipworthy.instruments.scenarios.reading import Reading
from shipworthy.kernel import did_you_mean

Wiring = Mapping[Blank, set[Blank]]
"""For every field of a slot, the blanks inside its values."""


def check_wiring(template: MapNode, slots: Slots, reading: Reading) -> None:
    """Note blanks that nothing fills, fields that fill none, and those that fill themselves."""
    before = len(reading.faults)
    used: set[Blank] = set()
    for text, in_list in _texts(template):
        used |= _fitting(text, slots, reading, in_list=in_list)
    for key in _swallowed(template, slots):
        advice = f'put it into quotes: "{{{key.text}}}"'
        reading.note("slot", f"`{{{key.text}}}` is read as a mapping", key.location, advice)
    inner = {
        Blank(slot.name, name): _inside(slot, name, slots, reading)
        for slot in slots.values()
        for name in slot.fields
    }
    if len(reading.faults) > before:
        return
    reached = _reached(used, inner)
    for slot in slots.values():
        _note_unused(slot, reached, reading)
    for blank, held in inner.items():
        if blank in _reached(held, inner):
            said = f"`{blank}` leads back to itself"
            reading.note("slot", said, slots[blank.slot].place, "write one of the texts out")


def _inside(slot: Slot, name: str, slots: Slots, reading: Reading) -> set[Blank]:
    held: set[Blank] = set()
    for value in slot.values:
        for text, _ in _texts(value[name]):
            held |= _fitting(text, slots, reading, in_list=False)
    return held


def _note_unused(slot: Slot, reached: set[Blank], reading: Reading) -> None:
    unused = [name for name in slot.fields if Blank(slot.name, name) not in reached]
    advice = "use it in a text of the family, or remove it"
    if len(unused) == len(slot.fields):
        reading.note("slot", f"slot `{slot.name}` is not used", slot.place, advice)
        return
    for name in unused:
        said = f"field `{name}` of slot `{slot.name}` is not used"
        places = (value[name].location for value in slot.values)
        first = min(places, key=lambda place: (place.line, place.column))
        reading.note("slot", said, first, advice)


def _reached(start: set[Blank], inner: Wiring) -> set[Blank]:
    """Return all blanks that stand in texts once those of `start` are filled."""
    reached: set[Blank] = set()
    waiting = list(start)
    while waiting:
        blank = waiting.pop()
        if blank not in reached:
            reached.add(blank)
            waiting.extend(inner[blank])
    return reached


def _swallowed(node: Node, slots: Slots) -> Iterator[TextNode]:
    """Yield blanks that YAML reads as mappings, because they stand without quotes."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _swallowed(item, slots)
    if isinstance(node, MapNode):
        for key, value in node.entries:
            empty = isinstance(value, TextNode) and not value.text
            if empty and len(node.entries) == 1 and key.text.partition(".")[0] in slots:
                yield key
            yield from _swallowed(value, slots)


def _fitting(text: TextNode, slots: Slots, reading: Reading, *, in_list: bool) -> set[Blank]:
    """Note every blank of a text that nothing can fill, and return the others.

    A list of texts can only fill a blank that is a whole item of a list: `in_list`.
    """
    try:
        found = set(blanks(text.text))
    except ValueError as error:
        advice = "a blank is `{slot}` or `{slot.field}`; write `{{` for a brace that is meant"
        reading.note("slot", str(error), text.location, advice)
        return set()
    good = set()
    for blank in sorted(found, key=str):
        fault = _misfit(blank, slots)
        if fault is not None:
            reading.note("slot", fault[0], text.location, fault[1])
        elif slots[blank.slot].lists(blank.field) and not (in_list and only_blank(text.text)):
            advice = "use it alone, as an item of a list"
            reading.note("slot", f"`{blank}` is a list of texts", text.location, advice)
        else:
            good.add(blank)
    return good


def _texts(node: Node) -> Iterator[tuple[TextNode, bool]]:
    """Yield the texts below a node, without keys, each with whether it is an item of a list."""
    match node:
        case TextNode():
            yield node, False
        case ListNode():
            for item in node.items:
                yield from ((text, text is item) for text, _ in _texts(item))
        case MapNode():
            for _, value in node.entries:
                yield from _texts(value)


def _misfit(blank: Blank, slots: Slots) -> tuple[str, str] | None:
    """Return message and advice for a blank without content; nothing when it has some."""
    slot = slots.get(blank.slot)
    if slot is None:
        return f"no slot `{blank.slot}`", did_you_mean(blank.slot, slots)
    if blank.field in slot.fields:
        return None
    if slot.fields == ("",):
        return f"values of slot `{slot.name}` have no fields", f"write `{{{slot.name}}}`"
    if not blank.field:
        near = did_you_mean("", slot.fields)
        return f"`{blank}` does not say which field is meant", near
    near = did_you_mean(blank.field, slot.fields)
    return f"slot `{slot.name}` has no field `{blank.field}`", near
