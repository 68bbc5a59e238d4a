"""What an attack is, and how attacks are joined.

An attack turns the plain request of a scenario into the turns that an attacker would send. Text
attacks rewrite one string and can be joined with `+`, applied from left to right; a dialogue
attack lays out several turns and can only come last. The order of steps is kept flat, so joining
is associative by construction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from shipworthy.kernel import Problem, Stream
from shipworthy.vocabulary import Message

Family = Literal[
    "baseline", "framing", "pressure", "encoding", "formatting", "output", "dialogue", "installed"
]
"""Groups of attacks that work in a similar way."""


class Attack(Protocol):
    """Anything that turns a request into user and assistant turns, reproducibly."""

    @property
    def name(self) -> str:
        """The name under which a plan refers to the attack."""
        ...

    def apply(self, request: str, stream: Stream) -> tuple[Message, ...]:
        """Return the turns to send; every choice is drawn from `stream`."""
        ...


@dataclass(frozen=True, slots=True)
class TextAttack:
    """A rewriting of one user turn; `undo`, where present, gives back the exact input."""

    name: str
    family: Family
    summary: str
    rewrite: Callable[[str, Stream], str]
    undo: Callable[[str], str] | None = None

    def apply(self, request: str, stream: Stream) -> tuple[Message, ...]:
        """Return the rewritten request as a single user turn."""
        return (Message(role="user", content=self.rewrite(request, stream)),)


@dataclass(frozen=True, slots=True)
class DialogueAttack:
    """A staged conversation that ends in a user turn."""

    name: str
    family: Family
    summary: str
    stage: Callable[[str, Stream], tuple[Message, ...]]

    def apply(self, request: str, stream: Stream) -> tuple[Message, ...]:
        """Return the staged turns."""
        return self.stage(request, stream)


@dataclass(frozen=True, slots=True)
class JoinedAttack:
    """Text attacks in order, then at most one dialogue attack."""

    texts: tuple[TextAttack, ...]
    dialogue: DialogueAttack | None = None

    @property
    def name(self) -> str:
        """The names of the steps, joined by `+`."""
        return "+".join(step.name for step in self.steps)

    @property
    def steps(self) -> tuple[TextAttack | DialogueAttack, ...]:
        """All steps in the order in which they are applied."""
        return self.texts if self.dialogue is None else (*self.texts, self.dialogue)

    @property
    def invertible(self) -> bool:
        """Whether `undo` can give back the request."""
        return self.dialogue is None and all(step.undo is not None for step in self.texts)

    def undo(self, text: str) -> str:
        """Return the request from which `text` was made.

        Raises:
            ValueError: a step of the attack loses information.
        """
        undos = [step.undo if isinstance(step, TextAttack) else None for step in self.steps]
        for undo in reversed(undos):
            if undo is None or None in undos:
                raise ValueError(f"`{self.name}` cannot be undone")
            text = undo(text)
        return text

    def apply(self, request: str, stream: Stream) -> tuple[Message, ...]:
        """Return the turns after all steps; the steps share one stream, in order."""
        for step in self.texts:
            request = step.rewrite(request, stream)
        if self.dialogue is not None:
            return self.dialogue.apply(request, stream)
        return (Message(role="user", content=request),)


def join_attacks(*attacks: Attack) -> JoinedAttack:
    """Join attacks, applied from left to right.

    Raises:
        Problem: `attack-order` when a dialogue attack is not the last, or an attack from elsewhere
            does not say how its text is rewritten.
    """
    texts: list[TextAttack] = []
    dialogue: DialogueAttack | None = None
    for step in (step for attack in attacks for step in _steps(attack)):
        if dialogue is not None:
            raise Problem.of(
                "attack-order",
                f"`{dialogue.name}` lays out several turns and cannot come before `{step.name}`",
                help=f"write `{step.name}+{dialogue.name}`",
            )
        if isinstance(step, TextAttack):
            texts.append(step)
        else:
            dialogue = step
    return JoinedAttack(tuple(texts), dialogue)


def _steps(attack: Attack) -> tuple[TextAttack | DialogueAttack, ...]:
    match attack:
        case JoinedAttack():
            return attack.steps
        case TextAttack() | DialogueAttack():
            return (attack,)
        case _:
            raise Problem.of(
                "attack-order",
                f"`{attack.name}` cannot be joined with others",
                help="only text attacks and dialogue attacks can be joined with `+`",
            )


def framed(name: str, family: Family, summary: str, *frames: str) -> TextAttack:
    """Build a text attack that puts the request into the `{request}` slot of one of the frames."""
    for frame in frames:
        if frame.count("{request}") != 1:
            raise ValueError(f"frame of `{name}` needs exactly one `{{request}}` slot")

    def rewrite(request: str, stream: Stream) -> str:
        return stream.choice(frames).replace("{request}", request)

    return TextAttack(name, family, summary, rewrite)
