"""The common vocabulary: fields and decision levels in which frameworks are put side by side.

`spec/language.md`, section 7, gives its use; `vocabulary.yaml` is the one that ships.
"""

from functools import cache
from importlib.resources import files
from typing import Literal, cast

from shipworthy.frameworks.language.expressions import Scope
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.yaml_positions import MapNode, Node, TextNode, read_yaml
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT
from shipworthy.kernel import Digest, Record, digest_bytes
from shipworthy.records import Field, LevelField


class CommonField(Record, frozen=True, kw_only=True):
    """A scale that frameworks share; `says` has, for a level, the words that a person reads."""

    field: LevelField
    about: str
    says: dict[str, str]


class Vocabulary(Record, frozen=True, kw_only=True):
    """The common fields in file order, and for each gate its levels, most restrictive first."""

    id: str
    decisions: dict[str, tuple[str, ...]]
    fields: tuple[CommonField, ...]
    digest: Digest

    @property
    def scope(self) -> Scope:
        """What a condition of a mapping may read: every common field, and `deployment`."""
        fields: dict[str, Field] = {one.field.name: one.field for one in self.fields}
        reachable = {one.field.name: one.field.levels for one in self.fields}
        fields[DEPLOYMENT.name] = DEPLOYMENT
        reachable[DEPLOYMENT.name] = DEPLOYMENT.levels
        return Scope(fields, reachable)

    def find(self, name: str) -> CommonField | None:
        """Return the common field of that name, or nothing."""
        return next((one for one in self.fields if one.field.name == name), None)


@cache
def common_vocabulary() -> Vocabulary:
    """Return the vocabulary that ships with the program."""
    place = files("shipworthy.frameworks.common") / "vocabulary.yaml"
    return read_vocabulary(place.read_bytes(), "vocabulary.yaml")


def read_vocabulary(data: bytes, file: str) -> Vocabulary:
    """Read a vocabulary; `file` is the name that faults show.

    Raises:
        Problem: `framework-*`, every fault with file, line and column (exit 2).
    """
    faults = Faults()
    node = read_yaml(data, file)
    keys = ("vocabulary", "decisions", "scales", "fields")
    document = Section(node, "the vocabulary", keys, faults)
    name = document.scalar("vocabulary")
    distinct([name], "vocabulary", faults)
    scales = _scales(document, faults)
    declared = document.node("fields")
    entries = mapping_entries(declared, "`fields`", faults) if declared else ()
    distinct([key for key, _ in entries], "field", faults)
    fields = tuple(_field(key, value, scales, faults) for key, value in entries)
    decisions = _decisions(document, faults)
    faults.raise_if_any()
    return Vocabulary(id=name.text, decisions=decisions, fields=fields, digest=digest_bytes(data))


def _scales(document: Section, faults: Faults) -> dict[str, dict[str, str]]:
    node = document.node("scales") if "scales" in document else None
    entries = mapping_entries(node, "`scales`", faults) if node else ()
    return {key.text: _phrases(value, f"scale `{key.text}`", faults) for key, value in entries}


def _phrases(node: Node, what: str, faults: Faults) -> dict[str, str]:
    entries = mapping_entries(node, what, faults)
    section = Section(node, what, [key.text for key, _ in entries], faults)
    return {key.text: section.text(key.text) for key, _ in entries}


def _field(
    name: TextNode, node: Node, scales: dict[str, dict[str, str]], faults: Faults
) -> CommonField:
    what = f"common field `{name.text}`"
    section = Section(node, what, ("levels", "riskier", "about", "says"), faults)
    if name.text == DEPLOYMENT.name:
        faults.add("duplicate-id", "`deployment` is built in", name.location, "remove it")
    section.node("levels")
    levels = distinct(section.texts("levels"), f"level of {what}", faults)
    if len(levels) < 2:
        faults.add("type", f"{what} needs at least two levels", name.location)
    riskier = cast("Literal['up', 'down']", section.choice("riskier", ("up", "down")))
    return CommonField(
        field=LevelField(name=name.text, levels=levels, riskier=riskier),
        about=section.text("about"),
        says=_says(section, levels, scales, faults),
    )


def _says(
    section: Section, levels: tuple[str, ...], scales: dict[str, dict[str, str]], faults: Faults
) -> dict[str, str]:
    """Return a phrase for each level: written out, or those of a scale that is named."""
    node = section.node("says")
    if isinstance(node, TextNode):
        named = next(known([node], scales, "scale", faults), "")
        phrases = scales.get(named, dict.fromkeys(levels, ""))
    else:
        phrases = _phrases(node, f"`says` of {section.what}", faults) if node else {}
    if node is not None and set(phrases) != set(levels):
        message = f"`says` of {section.what} has other levels than the field"
        faults.add("type", message, node.location, f"write a phrase for {', '.join(levels)}")
    return phrases


def _decisions(document: Section, faults: Faults) -> dict[str, tuple[str, ...]]:
    node = document.node("decisions")
    if not isinstance(node, MapNode):
        return {}
    section = Section(node, "`decisions`", ("deploy", "develop"), faults)
    found = {}
    for gate in ("deploy", "develop"):
        section.node(gate)
        found[gate] = distinct(section.texts(gate), "decision level", faults)
    return found
