"""What became of each clause: retained, strengthened, weakened, removed, added or relocated.

A suggestion for a person, never a verdict: `docs/explanation/clause-changes.md` says how good.
Outcomes and dimensions are those of the public codebook of Zhu, "Silent Revision" (2026).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.frameworks.document import OLDER, Clause, FrameworkDocument
from shipworthy.frameworks.wording.alignment import Aligned, align
from shipworthy.frameworks.wording.cues import RUNGS, content_words, read_cues
from shipworthy.frameworks.wording.signs import (
    DIMENSIONS,
    Dimension,
    Direction,
    Sign,
    signs,
    signs_of,
)

Outcome = Literal[
    "retained", "strengthened", "weakened", "unclear", "removed", "added", "relocated"
]
"""`unclear`: the words differ much and no sign says in which direction; a person has to read it."""

FAR: Final = 0.5
"""Similarity below which two wordings without a sign are `unclear` rather than `retained`."""

_DUTIES: Final = ("must", "aim")
"""Modalities that a phrase can soften. In a permission the phrase often is the permission."""

Announcement = Literal["announced", "silent", "no change log", "not known", ""]
"""Whether the publisher's change log names the clause; empty for what was retained.

`not known` where the encoding does not hold the whole log: then nothing is called silent.
"""


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause of either version, with what became of it and why it is thought so.

    `mixed` says that signs point both ways; such a change counts as weakened, as in the codebook.
    """

    old: str
    new: str
    outcome: Outcome
    dimensions: tuple[Dimension, ...]
    why: tuple[str, ...]
    mixed: bool
    aligned_by: str
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class Wording:
    """The changed clauses of two versions, in the order of the old one, added clauses last."""

    old: str
    new: str
    changes: tuple[ClauseChange, ...]

    @property
    def silent(self) -> tuple[ClauseChange, ...]:
        """Return the changes that the publisher's change log does not mention."""
        return tuple(change for change in self.changes if change.announcement == "silent")


def classify(old: str, new: str) -> tuple[Outcome, tuple[Sign, ...]]:
    """Judge two wordings of one duty, by their words alone; an empty text stands for none."""
    if not old or not new:
        return ("added" if not old else "removed"), ()
    found, near = signs_of(read_cues(old), read_cues(new))
    return _outcome(found, near), found


def compare_wording(old: FrameworkDocument, new: FrameworkDocument) -> Wording:
    """Align the clauses of two versions and say what became of each."""
    said = _Said(
        unnamed=frozenset(
            role.id.replace("-", " ") for role in old.governance.roles if not role.named
        ),
        mentioned=frozenset(clause for entry in new.announced for clause in entry.clauses),
        no_log=new.governance.amendment.change_log == "absent",
        completely=new.announced_completely,
    )
    changes = tuple(_change(pair, said) for pair in align(old.clauses, new.clauses))
    return Wording(old.reference, new.reference, changes)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the documents say apart from their clauses: roles of the old one, log of the new one."""

    unnamed: frozenset[str]
    mentioned: frozenset[str]
    no_log: bool
    completely: bool


def _change(pair: Aligned, said: _Said) -> ClauseChange:
    found: tuple[Sign, ...] = ()
    if pair.old is None or pair.new is None:
        outcome: Outcome = "added" if pair.old is None else "removed"
    elif _relocated(pair.old, pair.new):
        outcome = "relocated"
    else:
        found = tuple(_signs(pair.old, pair.new, said))
        # whoever encoded both chose other words on purpose: only the same words are retained
        words = [content_words(clause.paraphrase) for clause in (pair.old, pair.new)]
        same = words[0] == words[1] and _hedge_words(pair.old) <= _hedge_words(pair.new)
        outcome = _outcome(found, 1.0 if same else 0.0)
    return ClauseChange(
        old=pair.old.id if pair.old else "",
        new=pair.new.id if pair.new else "",
        outcome=outcome,
        dimensions=tuple(name for name in DIMENSIONS if any(s.dimension == name for s in found)),
        why=tuple(dict.fromkeys(sign.why for sign in found)),
        mixed=len({sign.direction for sign in found}) == 2,
        aligned_by=pair.by,
        announcement="" if outcome == "retained" else _announcement(pair, said),
    )


def _signs(old: Clause, new: Clause, said: _Said) -> Iterator[Sign]:
    """Yield what the encoding says, and what the paraphrases say where their words differ."""
    yield from _modality(old, new)
    yield from _hedges(old, new)
    if new.deadline and not old.deadline:
        yield Sign("threshold", "stricter", "it has a deadline now")
    elif old.deadline and not new.deadline:
        yield Sign("threshold", "looser", "it has no deadline any more")
    if old.actor.lower() in said.unnamed and new.actor.lower() not in said.unnamed:
        yield Sign("actor", "stricter", f"`{new.actor}` instead of `{old.actor}`")
    # the verbs are ours: how firm the source is, its encoder has said by the modality
    for sign in signs(old.paraphrase, new.paraphrase):
        if sign.dimension != "strength":
            yield sign


def _modality(old: Clause, new: Clause) -> Iterator[Sign]:
    before, after = (RUNGS.index(clause.modality) for clause in (old, new))
    if before != after:
        direction: Direction = "stricter" if after > before else "looser"
        yield Sign("strength", direction, f"from `{old.modality}` to `{new.modality}`")


def _hedges(old: Clause, new: Clause) -> Iterator[Sign]:
    before, after = _hedge_words(old), _hedge_words(new)
    for phrase in sorted(after - before):
        yield Sign("strength", "looser", f"`{phrase}` softens it now")
    if new.modality in _DUTIES:
        for phrase in sorted(before - after):
            yield Sign("strength", "stricter", f"`{phrase}` no longer softens it")


def _hedge_words(clause: Clause) -> set[str]:
    return {hedge.lower() for hedge in clause.hedges}


def _outcome(found: tuple[Sign, ...], near: float) -> Outcome:
    if not found:
        return "retained" if near >= FAR else "unclear"
    return "strengthened" if all(sign.direction == "stricter" for sign in found) else "weakened"


def _relocated(old: Clause, new: Clause) -> bool:
    """Say whether a duty moved to recommendations, where it binds nobody."""
    return new.modality == "recommend" and old.modality != "recommend"


def _announcement(pair: Aligned, said: _Said) -> Announcement:
    names = {pair.new.id} if pair.new else set()
    if pair.old:
        names |= {f"{OLDER}{pair.old.id}", pair.old.id}
    if names & said.mentioned:
        return "announced"
    if said.no_log:
        return "no change log"
    return "silent" if said.completely else "not known"
