"""What a change loosens, item by item, or may loosen where that was not settled.

Rules and terms come from the comparison, in both readings (`spec/comparison.md`; semantics 11).
What the comparison cannot see is compared here: the guards of the framework against change, what
fields, terms and evaluations mean, and clauses that no rule carries out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.frameworks.compare import Change, Comparison, Witness
from shipworthy.frameworks.compare.correspondence.scales import FieldMap
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.wording import Wording

Reading = Literal["charitable", "hostile"]

_WEAKER: Final = frozenset({"weakened", "removed", "relocated", "unclear"})


@dataclass(frozen=True, slots=True)
class Loosened:
    """One thing that a change loosens (`looser`), or of which nobody has shown that it does not.

    Attributes:
        kind: what sort of thing it is.
        name: its id; a hedge, rule, clause, field and so on, of the old framework where it has one.
        change: `looser` or `unknown`.
        what: one line for people.
        reading: under which reading a rule is dropped; empty for what no reading changes.
        gate: of a rule; empty for others.
        witness: the nearest situation that the new framework permits and the old one does not.
    """

    kind: Literal[
        "rule",
        "new-go",
        "term",
        "hedge",
        "guard",
        "field",
        "wording",
        "evaluation",
        "scenario",
        "clause",
    ]
    name: str
    change: Change
    what: str
    reading: Reading | Literal[""] = ""
    gate: str = ""
    witness: Witness | None = None


def dropped(found: Comparison, reading: Reading) -> Iterator[Loosened]:
    """Yield the rules of the old framework that the new one does not keep, then looser terms."""
    for gate in found.gates:
        for rule in gate.old_rules:
            if rule.fate == "kept":
                continue
            settled = rule.fate == "dropped"
            yield Loosened(
                kind="rule",
                name=rule.rule,
                change=Change.LOOSER if settled else Change.UNKNOWN,
                what=f"rule `{rule.rule}` (`{rule.ceiling}`) is not kept"
                if settled
                else f"whether rule `{rule.rule}` (`{rule.ceiling}`) is kept was not settled",
                reading=reading,
                gate=gate.gate,
                witness=rule.witness,
            )
    for term in found.terms:
        if term.change not in {Change.STRICTER, Change.EQUIVALENT}:
            yield Loosened("term", "", term.change, term.what, reading)


def guards(old: FrameworkDocument, new: FrameworkDocument) -> Iterator[Loosened]:
    """Yield how the framework can be changed more easily, or is looked at less often."""
    before, after = old.governance.amendment, new.governance.amendment
    for key in ("stricter", "looser"):
        left = [role for role in getattr(before, key) if role not in getattr(after, key)]
        for role in left:
            yield _guard(f"role `{role}` no longer approves changes that are {key}")
    if after.notice_days < before.notice_days:
        yield _guard(f"notice of {before.notice_days} days became {after.notice_days}")
    if before.enumerate_looser and not after.enumerate_looser:
        yield _guard("what is loosened no longer has to be listed")
    months = (before.review_months, after.review_months)
    if months[0] and (not months[1] or months[1] > months[0]):
        yield _guard(f"a review each {months[0]} months became {months[1] or 'none'}")
    if old.review_by and not new.review_by:
        yield _guard("no day for the next review is set any more")
    for key in ("change_log", "justification"):
        if getattr(before, key) == "present" and getattr(after, key) != "present":
            yield _guard(f"`{key}` was present and is {getattr(after, key)}")


def assumed(maps: Sequence[FieldMap]) -> Iterator[Loosened]:
    """Yield every scale map: what was proved rests on it, and whether it is right, a person judges.

    Whoever wants a change to pass as stricter could otherwise write the map that makes it so.
    """
    for one in maps:
        what = f"by a scale map, {one.assumption}: {one.rationale}"
        yield Loosened("field", one.field, Change.UNKNOWN, what)


def meanings(old: FrameworkDocument, new: FrameworkDocument) -> Iterator[Loosened]:
    """Yield fields, terms and evaluations that carry a name on and mean something else now.

    Whether that is looser only a person can tell: the rules read the name.
    """
    fields = {one.field.name: one for one in new.fields}
    for field in old.fields:
        other = fields.get(field.field.name)
        for key in ("about", "baseline", "measured_by") if other else ():
            if getattr(field, key) != getattr(other, key):
                name = field.field.name
                yield Loosened(
                    "field", name, Change.UNKNOWN, f"`{key}` of field `{name}` was changed"
                )
    terms = {one.id: one for one in new.terms}
    for term in old.terms:
        if terms.get(term.id) != term:
            what = f"term `{term.id}` was {'changed' if term.id in terms else 'removed'}"
            yield Loosened("wording", term.id, Change.UNKNOWN, what)
    methods = {one.id: one for one in new.evaluations}
    for method in old.evaluations:
        if methods.get(method.id) != method:
            word = "changed" if method.id in methods else "removed"
            yield Loosened(
                "evaluation", method.id, Change.UNKNOWN, f"evaluation `{method.id}` was {word}"
            )


def threats(old: FrameworkDocument, new: FrameworkDocument) -> Iterator[Loosened]:
    """Yield threat scenarios that are gone, and those for which something else is evidence now.

    A scenario that nobody has to map any more is looser whatever the rules say.
    """
    kept = {scenario.id: scenario for scenario in compile_rulebook(new).scenarios}
    for scenario in compile_rulebook(old).scenarios:
        other = kept.get(scenario.id)
        if other is None:
            what = f"threat scenario `{scenario.id}` was removed"
            yield Loosened("scenario", scenario.id, Change.LOOSER, what)
        elif (other.when, other.evidence) != (scenario.when, scenario.evidence):
            what = f"threat scenario `{scenario.id}` matters elsewhere or rests on other evidence"
            yield Loosened("scenario", scenario.id, Change.UNKNOWN, what)
        elif other.about != scenario.about:
            what = f"threat scenario `{scenario.id}` is told otherwise"
            yield Loosened("scenario", scenario.id, Change.UNKNOWN, what)


def hedges(found: Comparison, new: FrameworkDocument) -> Iterator[Loosened]:
    """Yield what somebody else than the developer can release now, and could not before.

    The hostile reading uses the hedges of the developer alone, so that no verdict counts these.
    """
    controlled = {one.hedge.id: one.hedge.controlled_by for one in new.hedges}
    for one in found.uncounted:
        if one.side == "new" and controlled.get(one.hedge) != "developer":
            what = f"`{one.hedge}`, in others' control, can release {', '.join(one.releases)}"
            yield Loosened("hedge", one.hedge, Change.UNKNOWN, what)


def clauses(found: Wording, old: FrameworkDocument) -> Iterator[Loosened]:
    """Yield the clauses that no rule carries out and that seem weaker, moved or unclear.

    What a rule carries out is proved by its rule; of these clauses there are words alone.
    """
    words_only = {one.id for one in old.clauses if not one.executable}
    for change in found.changes:
        if change.old in words_only and change.outcome in _WEAKER:
            what = f"clause `{change.old}`, which no rule carries out, seems {change.outcome}"
            yield Loosened("clause", change.old, Change.UNKNOWN, what)


def weaker_wording(found: Wording) -> tuple[str, ...]:
    """Return the ids of all old clauses whose words seem weaker, carried out by rules or not."""
    return tuple(one.old for one in found.changes if one.old and one.outcome in _WEAKER)


def once(items: Sequence[Loosened]) -> tuple[Loosened, ...]:
    """Return the items without those that the charitable reading has shown already."""
    kept: dict[tuple[str, str, str, str], Loosened] = {}
    for one in items:
        key = (one.kind, one.gate, one.name, one.what)
        kept.setdefault(key, one)
    return tuple(kept.values())


def _guard(what: str) -> Loosened:
    return Loosened("guard", "", Change.LOOSER, what)
