"""The answers of `framework prove` as lines: the sentence first, then the situation behind it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shipworthy.frameworks import FrameworkDocument
    from shipworthy.frameworks.prove import (
        BindingProof,
        Floor,
        GateProof,
        Judged,
        Monotony,
        Proof,
        Release,
        Stopped,
        Topic,
    )

_TOPICS: "Final[Mapping[Topic, str]]" = {
    "monotone": "a riskier value never permits more",
    "critical": "no critical situation reaches go",
    "binding": "hedges loosen and release nothing",
    "floors": "hedges leave the strictest decision that can be forced",
}

_SHOWN = 3
"""Situations written out in full; the others are named, and in the JSON."""

_REASONS = 5
"""Things that a situation relies on which are listed; the others are counted."""


class ProofText:
    """Writes a proof for people; `about` has the meaning of a field."""

    def __init__(self, document: "FrameworkDocument", places: Mapping[str, str]) -> None:
        self._about = {one.field.name: one.about for one in document.fields}
        self._hedges = {one.hedge.id: one.hedge for one in document.hedges}
        self._places = places

    def lines(self, proof: "Proof", word: str) -> Iterator[str]:
        """Yield everything."""
        yield f"{word}: {proof.framework} {proof.version}"
        for name, outcome in _by_topic(proof):
            yield f"  {name}: {outcome}"
        for gap in proof.gaps:
            yield f"  not asked: {gap}"
        for gate in proof.gates:
            yield ""
            yield f"Gate {gate.gate} (levels {' < '.join(gate.levels)}; go is `{gate.go}`)"
            yield from self._gate(gate)

    def _gate(self, gate: "GateProof") -> Iterator[str]:
        if gate.monotone is not None:
            yield from self._monotone(gate.monotone)
        if gate.critical is not None:
            yield from self._critical(gate.critical, gate.go)
        if gate.binding is not None:
            yield from self._binding(gate.binding, gate.levels[-1])

    def _monotone(self, found: "Iterable[Monotony]") -> Iterator[str]:
        rows = list(found)
        bad = [one for one in rows if one.outcome == "refuted"]
        open_ = sorted({one.field for one in rows if one.outcome == "unknown"})
        fields = len({one.field for one in rows})
        yield ""
        if not bad and not open_:
            yield f"  A riskier value never permits more: proved for all {fields} things it reads."
        for name, several in _by_field(bad).items():
            one = several[0]
            reading = "either" if len(several) > 1 else one.reading
            yield f"  A riskier `{name}` permits more ({reading} reading):"
            for label, side in (("safer", one.safer), ("riskier", one.riskier)):
                if side is not None:
                    yield f"    {label}: {_value(side, name)} -> `{side.decision}`"
            if one.riskier is not None and list(_by_field(bad)).index(name) < _SHOWN:
                yield from self._settings(one.riskier, skip=name)
        if open_:
            yield f"  Not settled within the budget: {', '.join(open_)}"

    def _critical(self, found: "Iterable[Stopped]", go: str) -> Iterator[str]:
        rows = list(found)
        yield ""
        for reading in dict.fromkeys(one.reading for one in rows):
            asked = [one for one in rows if one.reading == reading]
            names = list(dict.fromkeys(one.situation for one in asked))
            held = [
                name
                for name in names
                if all(one.outcome == "proved" for one in asked if one.situation == name)
            ]
            yield (
                f"  {len(names) - len(held)} of {len(names)} critical situations can reach `{go}`, "
                f"or are not settled ({reading} reading)."
            )
            let = [one for one in asked if one.outcome == "refuted"]
            for name, group in groupby(let, key=lambda one: one.situation):
                several = list(group)
                kinds = ", ".join(one.deployment for one in several)
                yield f"    `{name}` can get `{go}`: {kinds}"
                last = several[-1]
                if names.index(name) < _SHOWN and last.witness is not None:
                    yield from self._settings(last.witness)
                    yield from self._reasons(last)
            doubt = sorted({one.situation for one in asked if one.outcome == "unknown"})
            if doubt:
                yield f"    not settled within the budget: {', '.join(doubt)}"

    def _binding(self, found: "BindingProof", top: str) -> Iterator[str]:
        gap = found.gap
        yield ""
        yield (
            "  Read against the public, "
            f"{gap.count('rule')} of {gap.rules} rules, {gap.count('requirement')} of "
            f"{gap.requirements} requirements and {gap.count('definition')} of {gap.definitions} "
            "definitions vanish (all gates)."
        )
        for one in gap.vanished:
            yield f"    {one.kind} {one.name}: {', '.join(self._phrase(h) for h in one.hedges)}"
        yield from self._released(found.released)
        yield from self._floors(found.floors, top)
        kept = [one.rule for one in found.remaining if one.settled]
        yield f"  Rules that bind in either reading: {', '.join(kept) or 'none'}"

    def _released(self, found: "Iterable[Release]") -> Iterator[str]:
        by_sets: dict[tuple[tuple[str, ...], ...], list[Release]] = {}
        for one in found:
            if one.outcome == "unknown":
                yield f"  Not settled: what releases `{one.situation}` ({one.deployment})"
            elif one.outcome == "refuted":
                by_sets.setdefault(tuple(names.hedges for names in one.sets), []).append(one)
        for sets, several in by_sets.items():
            first = several[0]
            yield f"  {_sentence(sets)} to `{first.level}`:"
            for names in sets:
                yield f"    {' and '.join(self._phrase(name) for name in names)}"
            if not all(one.complete for one in several):
                yield "    and more than are listed"
            for name, group in groupby(several, key=lambda one: one.situation):
                yield f"    releases `{name}`: {', '.join(one.deployment for one in group)}"
            if first.sets:
                yield f"    for example `{first.situation}`, by the first:"
                yield from self._settings(first.sets[0].released)

    def _floors(self, found: "Iterable[Floor]", top: str) -> Iterator[str]:
        rows = list(found)
        keys = dict.fromkeys((one.charitable.level, one.hostile.level, one.outcome) for one in rows)
        for charitable, hostile, outcome in keys:
            kinds = ", ".join(
                one.deployment
                for one in rows
                if (one.charitable.level, one.hostile.level, one.outcome)
                == (charitable, hostile, outcome)
            )
            if outcome == "unknown":
                yield f"  How far down a decision can be forced is not settled: {kinds}"
            elif hostile == top and charitable != top:
                yield f"  Read hostilely, nothing can ever be stopped: {kinds}"
            else:
                yield (
                    f"  The strictest decision that can be forced is `{charitable}`, "
                    f"read hostilely `{hostile}`: {kinds}"
                )

    def _settings(self, judged: "Judged", skip: str = "") -> Iterator[str]:
        yield f"      {judged.deployment}, otherwise least risky; decision `{judged.decision}`"
        for one in judged.settings:
            if one.name != skip:
                yield f"      {one.name}: {one.value}{self._meaning(one.name)}"

    def _reasons(self, found: "Stopped") -> Iterator[str]:
        for one in found.relies_on[:_REASONS]:
            yield f"      because {one.name}: {one.value}{self._meaning(one.name)}"
        more = len(found.relies_on) - _REASONS
        if more > 0:
            yield f"      and because of {more} more; `--format json` has them"

    def _meaning(self, name: str) -> str:
        about = self._about.get(name, "")
        return f"  ({about})" if about else ""

    def _phrase(self, name: str) -> str:
        hedge = self._hedges.get(name)
        if hedge is None:
            return name
        place = self._places.get(name, "")
        where = f"clause {hedge.clause}{f', {place}' if place else ''}"
        return f"“{hedge.phrase}” ({hedge.kind}; {where})"


def _by_topic(proof: "Proof") -> "Iterator[tuple[str, str]]":
    """Yield one outcome for each topic about which something was asked, over all gates."""
    from shipworthy.frameworks.prove.answers import worst_outcome

    for topic, title in _TOPICS.items():
        found = [gate.outcomes[topic] for gate in proof.gates if topic in gate.outcomes]
        if found:
            yield title, worst_outcome(found)


def _by_field(found: "Iterable[Monotony]") -> "dict[str, list[Monotony]]":
    fields: dict[str, list[Monotony]] = {}
    for one in found:
        fields.setdefault(one.field, []).append(one)
    return fields


def _value(judged: "Judged", field: str) -> str:
    if field == "deployment":
        return judged.deployment
    found = next((one.value for one in judged.settings if one.name == field), "least risky")
    return f"{field} {found}"


def _sentence(sets: "tuple[tuple[str, ...], ...]") -> str:
    if all(len(names) == 1 for names in sets):
        how = "one phrase" if len(sets) == 1 else f"any one of {len(sets)} phrases"
    else:
        how = f"{min(map(len, sets), default=0)} or more phrases together"
    return f"With {how}, what was forbidden in a critical situation gets"
