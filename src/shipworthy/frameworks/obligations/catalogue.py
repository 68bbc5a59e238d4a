"""What a law or code asks for, item by item, and what of Shipworthy answers it.

A catalogue is a list in our words with a cross-walk: the records, report sections and parts of a
framework document that yield an item, and what is left to people. It is no legal advice.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, Literal, cast

import shipworthy.records
from shipworthy.frameworks.document import FrameworkDocument, Governance, Provenance
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.yaml_positions import TextNode, read_yaml
from shipworthy.frameworks.obligations.clocks import LegalClock, read_clocks
from shipworthy.kernel import (
    Location,
    Problem,
    Record,
    did_you_mean,
    read_bounded,
    system_reason,
)

Extent = Literal["full", "part", "none"]
"""How much of an item an assessment yields; `gap` says what is missing."""

EXTENTS: Final[tuple[Extent, ...]] = ("full", "part", "none")
LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""

_KEYS: Final = (
    "catalogue",
    "title",
    "publisher",
    "version",
    "in_force",
    "provenance",
    "standing",
    "items",
    "clocks",
)
_ITEM_KEYS: Final = (
    "id",
    "about",
    "section",
    "deadline",
    "provenance",
    "applies_to",
    "extent",
    "records",
    "sections",
    "documents",
    "gap",
)
_PARTS: Final = (
    *FrameworkDocument.__struct_fields__,
    *(f"governance.{name}" for name in Governance.__struct_fields__),
)
_SURE: Final = ("primary", "secondary", "memory", "derived")


class Obligation(Record, frozen=True, kw_only=True):
    """One thing that is asked for.

    Attributes:
        about: what is asked for, in our words.
        section: where; `not recorded` when the encoder does not know.
        deadline: by when; empty where none is known.
        applies_to: whom, where it is not everybody.
        records: record types, or `Type.field`, that yield it.
        sections: ids of report sections that show it.
        documents: parts of a framework document (`governance.roles`) that state it.
        gap: what is left to people; empty when the extent is `full`.
    """

    id: str
    about: str
    section: str
    deadline: str
    provenance: Provenance
    applies_to: str
    extent: Extent
    records: tuple[str, ...]
    sections: tuple[str, ...]
    documents: tuple[str, ...]
    gap: str


class ObligationCatalogue(Record, frozen=True, kw_only=True):
    """All items of one law or code; `standing` says how its text was read."""

    id: str
    title: str
    publisher: str
    version: str
    in_force: str
    standing: str
    items: tuple[Obligation, ...]
    clocks: tuple[LegalClock, ...] = ()


def read_catalogue(path: Path) -> ObligationCatalogue:
    """Read a catalogue.

    Raises:
        Problem: `framework-*`, every fault with file, line and column (exit 2).
    """
    try:
        data = read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "framework-unreadable",
            f"cannot read the catalogue: {system_reason(error)}",
            location=Location(str(path)),
        ) from None
    faults = Faults()
    document = Section(read_yaml(data, str(path)), "the catalogue", _KEYS, faults)
    name = document.scalar("catalogue")
    distinct([name], "catalogue", faults)
    usual = cast("Provenance", document.choice("provenance", _SURE))
    document.node("items")
    sections = [Section(n, "an item", _ITEM_KEYS, faults) for n in document.items("items")]
    ids = [section.scalar("id") for section in sections]
    distinct(ids, "item", faults)
    found = ObligationCatalogue(
        id=name.text,
        title=document.text("title"),
        publisher=document.text("publisher"),
        version=document.text("version"),
        in_force=document.text("in_force"),
        standing=document.text("standing"),
        items=tuple(
            _item(section, node, usual, faults) for section, node in zip(sections, ids, strict=True)
        ),
        clocks=tuple(read_clocks(document, faults)),
    )
    faults.raise_if_any()
    return found


def catalogue_ids() -> list[str]:
    """Return the ids of the catalogues that ship, sorted."""
    folder = files("shipworthy.frameworks") / "obligations" / "catalogues"
    return sorted(
        e.name.removesuffix(".yaml") for e in folder.iterdir() if e.name.endswith(".yaml")
    )


def load_catalogue(path_or_id: str) -> ObligationCatalogue:
    """Load a catalogue that ships, or a file (a text that ends in `.yaml`).

    Raises:
        Problem: `obligations-unknown` with the nearest id, or what `read_catalogue` raises.
    """
    if path_or_id.endswith((".yaml", ".yml")):
        return read_catalogue(Path(path_or_id))
    if path_or_id not in catalogue_ids():
        raise Problem.of(
            "obligations-unknown",
            f"no catalogue of obligations `{path_or_id}`",
            help=did_you_mean(path_or_id, catalogue_ids()),
        )
    folder = files("shipworthy.frameworks") / "obligations" / "catalogues"
    with as_file(folder / f"{path_or_id}.yaml") as path:
        return read_catalogue(path)


def absent_parts(item: Obligation, document: FrameworkDocument) -> tuple[str, ...]:
    """Return the parts of a framework that an item asks for and this framework leaves empty."""
    return tuple(part for part in item.documents if not _part(document, part))


def _part(document: FrameworkDocument, dotted: str) -> object:
    value: object = document
    for name in dotted.split("."):
        value = getattr(value, name)
    return getattr(value, "text", value)


def _item(section: Section, name: TextNode, usual: Provenance, faults: Faults) -> Obligation:
    section.what = f"item `{name.text}`"
    extent = cast("Extent", section.choice("extent", EXTENTS))
    gap = section.optional("gap")
    lists = {key: _texts(section, key) for key in ("records", "sections", "documents")}
    if (extent == "full") == bool(gap):
        message = f"{section.what} is met in `{extent}` and {'has a' if gap else 'has no'} `gap`"
        advice = "say in `gap` what is missing, unless the extent is `full`"
        faults.add("missing-key", message, name.location, advice)
    if (extent == "none") == any(lists.values()):
        message = f"{section.what} is met in `{extent}`, which its cross-walk does not bear out"
        advice = "name records, sections or documents, or write `extent: none`"
        faults.add("missing-key", message, name.location, advice)
    list(known(section.texts("documents"), _PARTS, "part", faults))
    list(known(section.texts("records"), _records(), "record", faults))
    sure = section.choice("provenance", _SURE) if "provenance" in section else usual
    return Obligation(
        id=name.text,
        about=section.text("about"),
        section=section.text("section"),
        deadline=section.optional("deadline"),
        provenance=cast("Provenance", sure),
        applies_to=section.optional("applies_to"),
        extent=extent,
        gap=gap,
        **lists,
    )


def _records() -> list[str]:
    names = []
    for name in shipworthy.records.__all__:
        kind = getattr(shipworthy.records, name)
        fields = getattr(kind, "__struct_fields__", None)
        if fields is not None:
            names += [name, *(f"{name}.{field}" for field in fields)]
    return names


def _texts(section: Section, key: str) -> tuple[str, ...]:
    return tuple(node.text for node in section.texts(key))
