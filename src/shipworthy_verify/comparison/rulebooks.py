"""Rulebooks that a verdict may rest on: everything in them that the checker reads has one meaning.

A rulebook comes from the one who certifies. What a loader would never have written could be read
in two ways, and the certificate would choose the one that suits it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shipworthy_verify.reading import Json, Refused
from shipworthy_verify.rules import DEPLOYMENTS, atoms, decimal

_SIGNS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
_MANY: Final = frozenset({"all", "any", "at-least"})
_BOUNDS: Final = frozenset({"upper", "lower", "point"})


def refuse_unsound(book: Json, name: str) -> None:
    """Refuse a rulebook that no loader produced.

    Raises:
        Refused: `SV-DIFF-RULEBOOK`; what is malformed otherwise raises what reading it raises.
    """
    fields: dict[str, Json] = {field["name"]: field for field in book["fields"]}
    if len(fields) != len(book["fields"]) or "deployment" in fields:
        raise _refused(name, "a field is declared twice or named `deployment`")
    for field in book["fields"]:
        _field(field, name)
    fields["deployment"] = {"type": "levels", "levels": list(DEPLOYMENTS)}
    for condition in (*_definitions(book, name), *_rules(book, name)):
        _condition(condition, fields, name)
    _refuse_cycles(book, name)
    for gate, ladder in book["decisions"].items():
        if not _distinct(ladder) or book["go"][gate] not in ladder:
            raise _refused(name, f"the levels of gate `{gate}`")
    if not (_texts(book["roles"]) and _texts(book["deployments"])):
        raise _refused(name, "its roles or deployment types")


def _definitions(book: Json, name: str) -> Iterator[Json]:
    """Yield the conditions of definitions, each of which is about a level of its field."""
    for field in book["fields"]:
        for one in field.get("definitions", ()):
            if one["level"] not in field["levels"]:
                raise _refused(name, f"a definition of `{field['name']}` names no level of it")
            yield one["when"]


def _refuse_cycles(book: Json, name: str) -> None:
    """Refuse fields that are defined by themselves, whether a rule reads them or not (3.5)."""
    reads = {
        field["name"]: {
            atom["field"] for one in field["definitions"] for atom in atoms(one["when"])
        }
        for field in book["fields"]
        if field.get("definitions")
    }
    while reads:
        settled = [field for field, read in reads.items() if read.isdisjoint(reads)]
        if not settled:
            raise _refused(name, f"field `{min(reads)}` is defined by itself")
        for field in settled:
            del reads[field]


def _rules(book: Json, name: str) -> Iterator[Json]:
    """Yield the conditions of rules, each of which has a ceiling on the ladder of its gate."""
    for rule in book["rules"]:
        if rule["ceiling"] not in book["decisions"][rule["gate"]]:
            raise _refused(name, f"the ceiling of rule `{rule['id']}`")
        if rule["when"] is not None:
            yield rule["when"]
        yield from (one["condition"] for one in rule["requires"])


def refuse_two_scales(books: Iterable[Json]) -> None:
    """Refuse one name for two scales: nothing says how they correspond (1.8).

    Raises:
        Refused: `SV-DIFF-CUT`.
    """
    known: dict[str, object] = {}
    for book in books:
        for field in book["fields"]:
            scale = _scale(field)
            if scale is not None and known.setdefault(field["name"], scale) != scale:
                raise Refused("SV-DIFF-CUT", f"the scale of `{field['name']}` is not the same")


def _scale(field: Json) -> tuple[object, ...] | None:
    if field["type"] == "levels":
        return None if field["definitions"] else ("levels", *field["levels"])
    return (field["type"], field.get("unit"))


def _field(field: Json, book: str) -> None:
    kind, sound = field["type"], field["riskier"] in {"up", "down"}
    if kind == "levels":
        sound = sound and _distinct(field["levels"])
    elif kind == "rate":
        sound = sound and isinstance(field["finding"], str)
    else:
        sound = sound and kind == "quantity" and isinstance(field["unit"], str)
    if not sound:
        raise _refused(book, f"field `{field['name']}`")


def _condition(condition: Json, fields: dict[str, Json], book: str) -> None:
    if condition["type"] in _MANY:
        needed = condition["needed"] if condition["type"] == "at-least" else 0
        if not isinstance(needed, int) or isinstance(needed, bool):
            raise _refused(book, "a condition that counts needs a whole number")
        for member in condition["of"]:
            _condition(member, fields, book)
        return
    field = fields.get(condition["field"], {"type": "none"})
    legal = condition["type"] == "atom" and condition["operator"] in _SIGNS
    if field["type"] == "levels":
        legal = legal and condition["value"] in field["levels"]
    else:
        legal = legal and field["type"] != "none" and decimal(condition["value"]) is not None
    if field["type"] == "rate":
        legal = legal and condition["bound"] in _BOUNDS
    if not legal:
        raise _refused(book, f"a condition on `{condition['field']}`")


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _distinct(value: Any) -> bool:
    return _texts(value) and bool(value) and len(set(value)) == len(value)


def _refused(book: str, what: str) -> Refused:
    return Refused("SV-DIFF-RULEBOOK", f"no loader wrote the {book} rulebook: {what}")
