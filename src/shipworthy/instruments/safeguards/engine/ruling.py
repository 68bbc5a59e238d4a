"""What the guard does about what a layer says: the same rules for every layer, ours or not."""

from typing import Final, Literal

from shipworthy.instruments.safeguards.options import Enforcement, OnError
from shipworthy.instruments.safeguards.protocol import Action, ReplyScreen, RequestScreen
from shipworthy.kernel import Record
from shipworthy.vocabulary import LayerAction

Effect = Literal["pass", "rewrite", "withhold", "abort"]

_DETAIL_LENGTH: Final = 200


class Ruling(Record, frozen=True):
    """What the guard does about a screen, and the actions it records."""

    effect: Effect
    actions: tuple[LayerAction, ...]


UNASKED: Final = Ruling("pass", ())
"""The ruling of a layer that does not look at a side."""


def rule(enforcement: Enforcement, screen: RequestScreen | ReplyScreen, *, same: bool) -> Ruling:
    """Return what follows from an opinion; `same` says that the text came back as it went in."""
    detail = _one_line(screen.detail)
    action: Action = screen.action
    if action == "errored":
        return rule_error(enforcement, detail, screen.on_error)
    if action in {"passed", "flagged"} and not same:
        return rule_error(enforcement, f"changed the text while saying `{action}`")
    if enforcement.mode == "detect" and action in {"withheld", "rewrote"}:
        action = "flagged"
    record = (LayerAction(layer=enforcement.name, action=action, detail=detail),)
    match action:
        case "passed" | "flagged":
            return Ruling("pass", record)
        case "withheld":
            return Ruling("withhold", record)
        case "rewrote":
            return Ruling("rewrite", record)
    # a stranger's layer is not held to the types
    raise ValueError("no such action")


def rule_error(enforcement: Enforcement, detail: str, on_error: OnError | None = None) -> Ruling:
    """Return what follows from a layer that failed; `on_error` outranks the layer's own option."""
    means = enforcement.on_error if on_error is None else on_error
    errored = LayerAction(layer=enforcement.name, action="errored", detail=_one_line(detail))
    if enforcement.mode == "detect" or means == "open":
        # An abort in detect mode would let an observer change what the user receives.
        return Ruling("pass", (errored,))
    if means == "abort":
        return Ruling("abort", (errored,))
    withheld = LayerAction(layer=enforcement.name, action="withheld", detail="failed closed")
    return Ruling("withhold", (errored, withheld))


def _one_line(detail: str) -> str:
    return " ".join(detail.split())[:_DETAIL_LENGTH] if detail else ""
