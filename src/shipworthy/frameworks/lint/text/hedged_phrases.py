"""Which phrases of a clause are hedges, and of which class."""

from collections.abc import Iterator
from dataclasses import dataclass

from shipworthy.frameworks.document import Clause, FrameworkDocument
from shipworthy.frameworks.lint.text.defined import defines
from shipworthy.frameworks.lint.text.lexicon import kinds_of


@dataclass(frozen=True, slots=True)
class HedgedPhrase:
    """A phrase of a clause with its class; `kind` is empty where nobody has named one.

    `declared` says that the encoder chose the class; otherwise the lexicon did.
    """

    clause: Clause
    phrase: str
    kind: str
    declared: bool = False
    bounded_by: str = ""


def hedged_phrases(document: FrameworkDocument) -> Iterator[HedgedPhrase]:
    """Yield the hedges of every clause: each listed phrase by class, then what its anchor holds.

    A class that a listed phrase already has is not reported again for the anchor: the anchor
    often holds the same words. A word of measure that a term defines is none.
    """
    declared = {(one.hedge.clause, one.hedge.phrase): one for one in document.hedges}
    for clause in document.clauses:
        seen: set[str] = set()
        for phrase in clause.hedges:
            known = declared.get((clause.id, phrase))
            if known is not None:
                seen.update({known.hedge.kind, *kinds_of(phrase)})
                yield HedgedPhrase(
                    clause,
                    phrase,
                    known.hedge.kind,
                    declared=True,
                    bounded_by=known.bounded_by,
                )
                continue
            kinds = kinds_of(phrase)
            seen.update(kinds)
            for kind in kinds or ("",):
                if kind != "adequacy" or not defines(document.terms, phrase):
                    yield HedgedPhrase(clause, phrase, kind)
        for kind in kinds_of(clause.anchor):
            measured = kind == "adequacy" and defines(document.terms, clause.anchor)
            if kind not in seen and not measured:
                yield HedgedPhrase(clause, clause.anchor, kind)
