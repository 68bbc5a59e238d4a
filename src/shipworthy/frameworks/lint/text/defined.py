"""Whether a word is defined, all the way down."""

from collections.abc import Mapping

from shipworthy.frameworks.document import Term


def undefined_below(term: Term, terms: Mapping[str, Term]) -> tuple[str, ...]:
    """Return phrases without a definition on which the definition of a term rests, sorted.

    A term that rests on itself rests on nothing, so its own phrase is among them.
    """
    missing: set[str] = set()
    seen: set[str] = set()
    waiting = list(term.rests_on)
    while waiting:
        name = waiting.pop()
        below = terms.get(name)
        if name == term.id or below is None or not below.definition:
            missing.add(below.phrase if below else name)
        elif name not in seen:
            seen.add(name)
            waiting.extend(below.rests_on)
    return tuple(sorted(missing))


def defines(terms: tuple[Term, ...], text: str) -> bool:
    """Say whether a word of the text is a term with a definition that rests on defined ones."""
    by_id = {term.id: term for term in terms}
    folded = text.casefold()
    return any(
        term.definition and term.phrase.casefold() in folded and not undefined_below(term, by_id)
        for term in terms
    )
