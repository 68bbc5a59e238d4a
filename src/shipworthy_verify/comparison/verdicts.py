"""Verdicts from what was shown, and what no situation shows (`spec/comparison.md`, 5 and 6)."""

from collections.abc import Iterable, Iterator

from shipworthy_verify.reading import Json
from shipworthy_verify.rules import decimal


def change_of(more: bool | None, less: bool | None) -> str:  # noqa: FBT001 - the two columns of a table
    """Return the verdict on a level: does NEW permit more, does it permit less? (6.1)."""
    if more is None:
        return "unknown"
    if more:
        return "incomparable" if less else "looser"
    if less is None:
        return "unknown"
    return "stricter" if less else "equivalent"


def together(changes: Iterable[str]) -> str:
    """Return one verdict for several (6.2)."""
    found = set(changes)
    if "incomparable" in found or {"looser", "stricter"} <= found:
        return "incomparable"
    order = ("looser", "unknown", "stricter")
    return next((change for change in order if change in found), "equivalent")


def terms_of(old: Json, new: Json, mapping: dict[str, str], gates: list[str]) -> Iterator[str]:
    """Yield the change of every term: what no situation shows and yet counts (5)."""
    before, after = decimal(old["alpha"]), decimal(new["alpha"])
    if before != after:
        known = before is not None and after is not None
        yield "unknown" if not known else "looser" if (after or 0) > (before or 0) else "stricter"
    for key, gone, added in (
        ("roles", "looser", "stricter"),
        ("deployments", "stricter", "looser"),
    ):
        yield from (gone for name in old[key] if name not in new[key])
        yield from (added for name in new[key] if name not in old[key])
    known_fields = {field["name"]: field for field in old["fields"]}
    for field in new["fields"]:
        yield from _meaning_of(known_fields.get(field["name"], field), field)
    for gate in ("deploy", "develop"):
        here = [gate in book["decisions"] for book in (old, new)]
        if here[0] != here[1]:
            yield "looser" if here[0] else "stricter"
        elif all(here) and gate in gates:
            ladder = new["decisions"][gate]
            was = ladder.index(mapping.get(old["go"][gate], old["go"][gate]))
            now = ladder.index(new["go"][gate])
            yield "equivalent" if was == now else "looser" if now < was else "stricter"


def _meaning_of(old: Json, new: Json) -> Iterator[str]:
    """Yield `unknown` for each thing that one field stands for on one side only (5.1)."""
    if old["riskier"] != new["riskier"]:
        yield "unknown"
    if old.get("bound", "exact") != new.get("bound", "exact"):
        yield "unknown"
    judges = [field.get("judged_by", "") for field in (old, new)]
    if all(judges) and judges[0] != judges[1]:
        yield "unknown"
