"""The law of change: proved equivalent or stricter, or else treated as looser.

A change is `equivalent` or `stricter` only when the comparison has proved it in the charitable and
in the hostile reading and nothing else is in doubt; then the approvers of stricter changes of the
old framework decide. Anything else, a doubt included, needs the approvers of looser changes of both
versions: neither the old rule nor the new one can be got round by changing it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.amendment.loosened import (
    Loosened,
    Reading,
    assumed,
    clauses,
    dropped,
    guards,
    hedges,
    meanings,
    once,
    threats,
    weaker_wording,
)
from shipworthy.frameworks.amendment.newly_go import newly_go
from shipworthy.frameworks.compare import Change, Comparison, Scope, Side, compare
from shipworthy.frameworks.compare.correspondence.scales import mapped
from shipworthy.frameworks.compare.terms import together
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.semantics.readings import both_readings
from shipworthy.frameworks.wording import Wording, compare_wording
from shipworthy.records import Rulebook

ChangeClass = Literal["equivalent", "stricter", "looser", "unknown"]
Procedure = Literal["stricter", "looser"]
Version = Literal["old", "new"]


@dataclass(frozen=True, slots=True)
class Approval:
    """A role that has to approve; `of` says by which framework, `why` by which of its rules."""

    role: str
    of: tuple[Version, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Amending:
    """What a change is, and what it takes.

    Attributes:
        old: the framework in force.
        new: the one that is to take its place.
        change: the class of the change; `unknown` where something is in doubt and nothing is shown
            to be looser.
        procedure: `stricter`, or `looser`, which an unknown change needs as well.
        readings: the verdict of the comparison in each reading.
        approvals: who has to approve.
        notice_days: days between publication and effect.
        list_due: whether what is loosened has to be published as a list.
        loosened: that list: everything that is looser or in doubt.
        weaker_wording: ids of old clauses whose words seem weaker, to be read by a person.
        silent: ids of changed clauses that the change log of the new version does not name.
        missing: what the law of the old framework, or the change, leaves open.
    """

    old: Side
    new: Side
    change: ChangeClass
    procedure: Procedure
    readings: dict[Reading, Change]
    approvals: tuple[Approval, ...]
    notice_days: int
    list_due: bool
    loosened: tuple[Loosened, ...]
    weaker_wording: tuple[str, ...]
    silent: tuple[str, ...]
    missing: tuple[str, ...]


def amending(
    old: FrameworkDocument, new: FrameworkDocument, scope: Scope | None = None
) -> Amending:
    """Say which class a change is, and what it takes.

    `scope` gives the map of decision levels, scale maps and the budget; every gate and deployment
    type is compared. What a scale map says stays in doubt, so that no change is stricter by it.

    Raises:
        Problem: `compare-*` where the two cannot be put side by side.
    """
    scope = scope or Scope()
    before, after = (both_readings(compile_rulebook(one)) for one in (old, new))
    compared: dict[Reading, tuple[Comparison, Rulebook, Rulebook]] = {
        "charitable": (
            compare(before.charitable, after.charitable, scope),
            before.charitable,
            after.charitable,
        ),
        "hostile": (compare(before.hostile, after.hostile, scope), before.hostile, after.hostile),
    }
    wording = compare_wording(old, new)
    items = once(
        [*_proved(compared, scope), *_unseen(compared["charitable"][0], wording, old, new)]
    )
    change = _class([*(one[0].change for one in compared.values()), *(one.change for one in items)])
    procedure: Procedure = "stricter" if change in {"equivalent", "stricter"} else "looser"
    amendment = old.governance.amendment
    loose = procedure == "looser"
    return Amending(
        old=_side(before.charitable),
        new=_side(after.charitable),
        change=change,
        procedure=procedure,
        readings={reading: one[0].change for reading, one in compared.items()},
        approvals=tuple(_approvals(old, new, procedure)),
        notice_days=max(amendment.notice_days, new.governance.amendment.notice_days) * loose,
        list_due=loose and amendment.enumerate_looser,
        loosened=items,
        weaker_wording=weaker_wording(wording),
        silent=tuple(one.old or one.new for one in wording.silent),
        missing=tuple(_missing(old, new, procedure, wording)),
    )


def _proved(
    compared: dict[Reading, tuple[Comparison, Rulebook, Rulebook]], scope: Scope
) -> Iterator[Loosened]:
    for reading, (found, own, new) in compared.items():
        yield from dropped(found, reading)
        old = mapped(own, new, scope.fields) if scope.fields else own
        # decisions are drafted under the charitable reading only (semantics 11.3)
        for gate in found.gates if reading == "charitable" else ():
            yield from newly_go(old, new, gate.gate, scope.budget)


def _unseen(
    found: Comparison, wording: Wording, old: FrameworkDocument, new: FrameworkDocument
) -> Iterator[Loosened]:
    yield from guards(old, new)
    yield from hedges(found, new)
    yield from assumed(found.assumptions)
    yield from meanings(old, new)
    yield from threats(old, new)
    yield from clauses(wording, old)


def _class(changes: list[Change]) -> ChangeClass:
    """Return one class for everything; what is stricter here and looser there is looser."""
    word = together(changes)
    if word in {Change.LOOSER, Change.INCOMPARABLE}:
        return "looser"
    if word is Change.UNKNOWN:
        return "unknown"
    return "stricter" if word is Change.STRICTER else "equivalent"


def _approvals(
    old: FrameworkDocument, new: FrameworkDocument, procedure: Procedure
) -> Iterator[Approval]:
    """Yield who approves; where the old framework has no rule, also whoever signs decisions."""
    asked: dict[str, tuple[list[Version], str]] = {}
    for version, roles, why in _asked(old, new, procedure):
        for role in roles:
            of, _ = asked.setdefault(role, ([], why))
            if version not in of:
                of.append(version)
    for role, (of, why) in asked.items():
        yield Approval(role, tuple(of), why)


def _asked(
    old: FrameworkDocument, new: FrameworkDocument, procedure: Procedure
) -> Iterator[tuple[Version, tuple[str, ...], str]]:
    why = f"approves changes that are {procedure}"
    yield "old", approvers(old, procedure), why
    if procedure == "looser":
        yield "new", approvers(new, procedure), why
    if not approvers(old, procedure):
        yield "old", old.governance.quorum, "signs decisions; no rule says who approves"
        yield "new", new.governance.quorum, "signs decisions; no rule says who approves"
    elif procedure == "looser" and not approvers(new, procedure):
        yield "new", new.governance.quorum, "signs decisions; no rule says who approves"


def approvers(document: FrameworkDocument, procedure: Procedure) -> tuple[str, ...]:
    """Return the roles that a framework names for changes of a kind."""
    amendment = document.governance.amendment
    return amendment.looser if procedure == "looser" else amendment.stricter


def _missing(
    old: FrameworkDocument, new: FrameworkDocument, procedure: Procedure, wording: Wording
) -> Iterator[str]:
    """Yield what is left open, with what takes its place where something does."""
    amendment = old.governance.amendment
    if not approvers(old, procedure):
        yield (
            f"the old framework names nobody who approves a change that is {procedure}: the roles "
            "that sign decisions under either version have to"
        )
    if procedure == "looser":
        if not approvers(new, "looser"):
            yield "the new framework names nobody who approves a looser change"
        if not amendment.notice_days:
            yield "the old framework sets no notice for a looser change"
        if not amendment.enumerate_looser:
            yield "the old framework does not ask for the list of what is loosened"
    if old.id not in {new.supersedes, new.id}:
        yield f"the new framework does not say that it supersedes `{old.id}`"
    if wording.silent:
        yield f"{len(wording.silent)} changed clauses are not in the new framework's change log"
    elif not new.announced and any(one.outcome != "retained" for one in wording.changes):
        yield "the new framework lists no changes"


def _side(rulebook: Rulebook) -> Side:
    return Side(rulebook.id, rulebook.version, rulebook.digest)
