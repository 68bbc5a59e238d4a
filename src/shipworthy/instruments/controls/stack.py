"""A stack of controls is asked before every call; the sharpest answer holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.instruments.controls.protocol import MOST, Action, Control, Opinion, View
from shipworthy.kernel import Problem
from shipworthy.records.risks.controls import ControlStackIdentity

_SHARPNESS: Final[tuple[Action, ...]] = ("allow", "flag", "deny", "stop")


@dataclass(frozen=True, slots=True)
class Judged:
    """What one control said of one call, after its mode and its failures were looked at."""

    control: str
    action: Action
    score: int = 0
    asked: bool = False
    errored: bool = False

    @property
    def noticed(self) -> bool:
        """Whether it is an alarm. A failure is none, even where it denies."""
        return self.action != "allow" and not self.errored


@dataclass(frozen=True, slots=True)
class ControlStack:
    """Controls in order, under a name; the empty stack is no control.

    Raises:
        Problem: `control-name` when two controls have one name.
    """

    name: str
    controls: tuple[Control, ...]

    def __post_init__(self) -> None:
        names = [one.settings.name for one in self.active]
        for name in names:
            if names.count(name) > 1:
                raise Problem.of(
                    "control-name",
                    f"two controls of the stack `{self.name}` are named `{name}`",
                    help='give one of them another `name = "..."` in its options',
                )

    @property
    def active(self) -> tuple[Control, ...]:
        """The controls that are not off."""
        return tuple(one for one in self.controls if one.settings.mode != "off")

    def identity(self) -> ControlStackIdentity:
        """Return the identity of the stack."""
        return ControlStackIdentity(
            name=self.name, controls=tuple(one.identity() for one in self.active)
        )


def consult(stack: ControlStack, view: View) -> tuple[Judged, ...]:
    """Ask every control in order; each sees the alarms of those before it. Never raises."""
    judged: list[Judged] = []
    alarms = view.alarms
    for control in stack.active:
        own = View(pending=view.pending, seen=view.seen, alarms=alarms)
        found = _judge(control, own)
        judged.append(found)
        if found.noticed and view.step not in alarms:
            alarms = (*alarms, view.step)
    return tuple(judged)


def sharpest(judged: Sequence[Judged]) -> Action:
    """Return the sharpest action of all; none asks for nothing."""
    return max((one.action for one in judged), key=_SHARPNESS.index, default="allow")


def _judge(control: Control, view: View) -> Judged:
    settings = control.settings
    try:
        opinion = _sound(control.examine(view))
    except Exception:  # noqa: BLE001 - a stranger's control may raise anything
        closed = settings.mode == "enforce" and settings.on_error == "closed"
        return Judged(settings.name, "deny" if closed else "allow", errored=True)
    action = opinion.action
    if settings.mode == "detect" and action != "allow":
        action = "flag"
    return Judged(settings.name, action, opinion.score, opinion.asked)


def _sound(opinion: object) -> Opinion:
    """Return what a control said; what is no opinion is a failure of the control."""
    if not isinstance(opinion, Opinion) or opinion.action not in _SHARPNESS:
        raise TypeError(f"a control returned `{opinion!r}`")
    if isinstance(opinion.score, bool) or not 0 <= opinion.score <= MOST:
        raise ValueError(f"a score runs from 0 to {MOST}")
    return opinion
