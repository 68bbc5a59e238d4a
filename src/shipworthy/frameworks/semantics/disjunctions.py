"""Conditions as disjunctions of conjunctions, by distributivity alone.

That keeps Kleene's truth as it is: with false < unknown < true, `and` is the minimum and `or` the
maximum, a distributive lattice, in which `x or (x and y)` is `x`. Nothing is simplified that holds
in two values only.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

Form = TypeVar("Form")


def at_least_form(
    needed: int,
    forms: Sequence[Form],
    ends: tuple[Form, Form],
    both: Callable[[Form, Form], Form],
    either: Callable[[Form, Form], Form],
) -> Form:
    """Return the form of "at least `needed` of these": all of n is n, any is 1.

    `ends` are the forms of what never holds and what always does.
    """
    never, always = ends
    if needed <= 0:
        return always
    # reached[j] is the form of "at least j of those so far"
    reached = [always] + [never] * needed
    for place, form in enumerate(forms):
        least = max(1, needed - (len(forms) - place - 1))
        for j in range(min(needed, place + 1), least - 1, -1):
            reached[j] = either(reached[j], both(reached[j - 1], form))
    return reached[needed]
