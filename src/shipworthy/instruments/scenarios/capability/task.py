"""One task: what is asked and what is right, before it becomes a scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.kernel import Stream

LETTERS: Final = "ABCD"
"""Letters of the options of every choice."""

UNTOLD: Final = "it cannot be told"
"""The option that is right where the facts leave an answer open."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a task is drawn from: its grade (1 easy to 3 hard), chance, and the letter to be right.

    `kind` counts the tasks of the grade, so that its templates take turns.
    """

    grade: int
    kind: int
    stream: Stream
    letter: str

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.stream.below(high - low + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task with its answer; a choice shows its `options` in the request."""

    request: str
    accepted: tuple[str, ...]
    form: Literal["choice", "number", "text"]
    options: tuple[str, ...] = ()


def number(request: str, answer: int) -> Task:
    """Return a task whose answer is a whole number."""
    return Task(request=request, accepted=(str(answer),), form="number")


def text(request: str, answer: str) -> Task:
    """Return a task whose answer is a text."""
    return Task(request=request, accepted=(answer,), form="text")


def choice(request: str, right: str, wrong: Sequence[str], draw: Draw) -> Task:
    """Return a task of four options: the right one at the letter of the draw, three wrong ones.

    Raises:
        ValueError: there are fewer than three wrong options, or one of them is the right one.
    """
    others = draw.stream.shuffled([one for one in dict.fromkeys(wrong) if one != right])
    if len(others) < len(LETTERS) - 1:
        raise ValueError(f"needs three wrong options beside `{right}`")
    options = others[: len(LETTERS) - 1]
    options.insert(LETTERS.index(draw.letter), right)
    shown = "\n".join(f"{letter}) {one}" for letter, one in zip(LETTERS, options, strict=True))
    return Task(
        request=f"{request}\n{shown}",
        accepted=(draw.letter,),
        form="choice",
        options=tuple(options),
    )
