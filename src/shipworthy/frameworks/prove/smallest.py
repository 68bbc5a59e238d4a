"""All smallest sets of a monotone property: of hedges, those that release a situation.

A set that does not release is grown until nothing can be added to it; what was left out has to be
hit by every set that releases. The smallest set that hits all that is known either releases, and
is then minimal, or teaches another set to hit (implicit hitting sets).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Names = tuple[str, ...]
Holds = Callable[[frozenset[str]], bool | None]
"""Whether a set has the property, or nothing when that was not settled. Never turns false when a
set grows."""


@dataclass(frozen=True, slots=True)
class SmallestSets:
    """Minimal sets, smallest first, then in the order of the names.

    `complete` says that there are no others; `minimal` that no subset has the property. Both fail
    only where the limit was reached (`complete`) or a question was not settled (both).
    """

    found: tuple[Names, ...]
    complete: bool
    minimal: bool


def smallest_sets(names: Sequence[str], holds: Holds, limit: int) -> SmallestSets:
    """Return the minimal subsets of `names` with the property, at most `limit` of them."""
    search = _Search(tuple(names), holds)
    found: list[Names] = []
    while (candidate := _smallest_hit(search.names, search.to_hit, found)) is not None:
        if len(found) == limit:
            return SmallestSets(tuple(found), complete=False, minimal=search.settled)
        if search.ask(frozenset(candidate)):
            found.append(candidate)
            continue
        search.learn(candidate)
        if not search.to_hit[-1]:
            break
    return SmallestSets(tuple(found), complete=search.settled, minimal=search.settled)


class _Search:
    def __init__(self, names: Names, holds: Holds) -> None:
        self.names = names
        self.holds = holds
        self.to_hit: list[Names] = []
        self.settled = True

    def ask(self, used: frozenset[str]) -> bool:
        """Return whether a set surely has the property."""
        answer = self.holds(used)
        self.settled = self.settled and answer is not None
        return bool(answer)

    def learn(self, candidate: Names) -> None:
        """Grow a set without the property as far as it goes; the rest has to be hit."""
        grown = set(candidate)
        for name in self.names:
            if name not in grown and not self.ask(frozenset({*grown, name})):
                grown.add(name)
        self.to_hit.append(tuple(name for name in self.names if name not in grown))


def _smallest_hit(names: Names, to_hit: Sequence[Names], found: Sequence[Names]) -> Names | None:
    """Return the smallest set, first in order, that hits everything and holds no set of `found`."""
    for size in range(len(names) + 1):
        hits = {
            tuple(name for name in names if name in chosen)
            for chosen in _hits(to_hit, found, frozenset(), size)
        }
        if hits:
            places = {name: index for index, name in enumerate(names)}
            return min(hits, key=lambda one: [places[name] for name in one])
    return None


def _hits(
    to_hit: Sequence[Names], found: Sequence[Names], chosen: frozenset[str], size: int
) -> Iterator[frozenset[str]]:
    if any(chosen.issuperset(one) for one in found):
        return
    missed = next((one for one in to_hit if chosen.isdisjoint(one)), None)
    if missed is None:
        yield chosen
    elif size:
        for name in missed:
            yield from _hits(to_hit, found, chosen | {name}, size - 1)
