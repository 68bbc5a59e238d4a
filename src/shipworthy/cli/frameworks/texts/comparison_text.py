"""A comparison of two frameworks in lines, for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shipworthy.cli.output.streams import Output
from shipworthy.kernel import short

if TYPE_CHECKING:
    from shipworthy.frameworks.compare import Comparison, GateComparison, RuleFate, Witness
    from shipworthy.frameworks.compare.assurance.every_map import EveryMap

_COLOUR: Final = {"equivalent": "green", "stricter": "green", "unknown": "yellow"}


def comparison_lines(found: "Comparison", output: Output, reading: str = "") -> Iterator[str]:
    """Yield the verdict, what it assumes, terms, then each gate with witnesses and rules."""
    word = output.styled(found.change.value, _COLOUR.get(found.change.value, "red"))
    sides = f"{found.new.id} {found.new.version} beside {found.old.id} {found.old.version}"
    yield f"{word}: {sides}{f' ({reading} reading)' if reading else ''}"
    yield f"  old {short(found.old.digest)}, new {short(found.new.digest)}"
    yield from _assumed(found)
    if found.terms:
        yield ""
        yield "Terms"
        for term in found.terms:
            yield f"  {term.change.value:<13} {term.what}"
    if found.uncounted:
        yield ""
        yield "Hedges of one side only, not counted in this reading (`--reading both` counts them)"
        for one in found.uncounted:
            yield f"  {one.side:<13} `{one.hedge}` can release {', '.join(one.releases)}"
    for gate in found.gates:
        yield ""
        yield f"Gate {gate.gate}: {gate.change.value}"
        yield from _table(gate)
        yield from _go(gate)
        yield from _witness("the new framework permits more", gate.permits_more)
        yield from _witness("the new framework permits less", gate.permits_less)
        yield from _rules("old rules", "dropped", gate.old_rules)
        yield from _rules("new rules", "added", gate.new_rules)
        for side, names in (("old", gate.only_old), ("new", gate.only_new)):
            if names:
                yield f"  blind spot, read by the {side} framework only: {', '.join(names)}"


def every_map_lines(found: "EveryMap") -> Iterator[str]:
    """Yield under how many maps each verdict holds, with the first map of each."""
    yield f"Every map of {', '.join(found.fields)}: {found.maps}"
    for one in found.verdicts:
        yield f"  {one.change.value} under {one.maps} of {found.maps} maps, for example where"
        for part in one.example:
            yield f"    {part.assumption}"
    for level in found.levels:
        counts = ", ".join(f"{word} {count}" for word, count in level.changes.items())
        yield f"  gate {level.gate}, {level.deployment}, {level.level}: {counts}"


def _assumed(found: "Comparison") -> Iterator[str]:
    for old, new in found.levels.items():
        if old != new:
            yield f"  assumed: decision `{old}` of the old framework is `{new}` of the new one"
    for one in found.assumptions:
        yield f"  assumed: {one.assumption}: {one.rationale}"


def _table(gate: "GateComparison") -> Iterator[str]:
    """Yield one line for each deployment type: the verdict on every level above the lowest."""
    rows: dict[str, list[str]] = {}
    for one in gate.levels:
        rows.setdefault(one.deployment, []).append(f"{one.level} {one.change.value}")
    for deployment, cells in rows.items():
        yield f"  {deployment:<16} {', '.join(cells)}"


def _go(gate: "GateComparison") -> Iterator[str]:
    """Yield what changed for the level at which the gate says go, and what answered."""
    changed: dict[str, list[str]] = {}
    for one in gate.levels:
        if one.level == gate.go and one.change.value != "equivalent":
            changed.setdefault(one.change.value, []).append(one.deployment)
    for word, deployments in changed.items():
        yield f"  go (`{gate.go}`): {word} for {', '.join(deployments)}"
    if "sat" in gate.engines:
        yield "  engine: SAT, where the search of boxes did not answer"


def _witness(title: str, witness: "Witness | None") -> Iterator[str]:
    if witness is None:
        return
    yield f"  {title}, for example: deployment {witness.deployment}, otherwise least risky, and"
    for reading in witness.readings:
        yield f"    {reading.name:<40} {reading.value}  (instead of {reading.ordinary})"
    if not witness.readings:
        yield "    (nothing else)"
    if not witness.minimal:
        yield "    (minimal: no; a nearer one may exist, as the budget was spent)"
    yield f"    old decision `{witness.old_level}`, new decision `{witness.new_level}`"
    if witness.ruling == "inconclusive":
        yield (
            "    (the framework that permits it has no requirement to keep here, "
            "so a draft there is inconclusive, never a go)"
        )
    yield f"    rules {', '.join(witness.rules)}; clauses {', '.join(witness.clauses) or 'none'}"


def _rules(title: str, uncovered: str, fates: "tuple[RuleFate, ...]") -> Iterator[str]:
    kept = [one for one in fates if one.fate == "kept"]
    yield f"  {title}: {len(kept)} of {len(fates)} covered by the other side"
    for one in fates:
        if one.fate == "kept":
            continue
        shown = ""
        if one.witness:
            inside = [f"{reading.name} {reading.value}" for reading in one.witness.readings]
            shown = f": {'; '.join([one.witness.deployment, *inside])}"
        word = uncovered if one.fate == "dropped" else one.fate
        yield f"    {one.rule} ({one.ceiling}) {word}{shown}"
