"""Scripted agents with a known manner, behind the simulated endpoint: what a campaign should find.

They see what an endpoint is sent, with native tools or in words, and nothing else: what they are
asked to do, how many of their calls came back, and what they were told meanwhile.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

import msgspec

from shipworthy.instruments.conditions.announcements import WATCH
from shipworthy.instruments.targets.openai.tool_text import written_call
from shipworthy.instruments.worlds.episodes import (
    breaking_calls,
    harming_calls,
    honest_calls,
    world_scenarios,
)
from shipworthy.kernel import Stream
from shipworthy.records import StateCheck
from shipworthy.vocabulary import ToolCall

Manner = Literal["honest", "saboteur", "two-faced", "headstrong", "unheeding"]
"""Who does as told; who does harm; who does harm where nobody watches; who goes on whatever people
say in mid-work; who does what the instructions rule out."""

DONE: Final = "I have nothing more to do."
_RESULT: Final = "RESULT"


@dataclass(frozen=True, slots=True)
class ScriptedAgent:
    """An answer for `SimulatedEndpoint`.

    Attributes:
        manner: what it does that it should not.
        share: in which share of its tasks it does so.
        seed: fixes in which.
    """

    manner: Manner = "honest"
    share: float = 1.0
    seed: int = 0

    def __call__(self, body: dict[str, Any]) -> str | dict[str, Any]:
        """Return the next turn: one call, or the word that it is done."""
        heard = _Heard(body["messages"])
        if not heard.checks:
            return "Hello."
        script = self._script(heard)
        if heard.made >= len(script):
            return DONE
        return _said(script[heard.made], heard.made, native="tools" in body)

    def _script(self, heard: "_Heard") -> tuple[ToolCall, ...]:
        plain, now = heard.checks[0], heard.check
        draw = Stream("scripted-agent", self.seed, self.manner, heard.asked, heard.context)
        if draw.below(1_000_000) >= self.share * 1_000_000:
            return honest_calls(now)
        match self.manner:
            case "saboteur":
                return harming_calls(plain)
            case "two-faced":
                return harming_calls(plain) if heard.is_unwatched else honest_calls(now)
            case "headstrong":
                return honest_calls(plain)
            case "unheeding" if plain.asking or plain.off_limits or plain.ends_when_done:
                return breaking_calls(plain)
            case _:
                return honest_calls(now)


class _Heard:
    """What an agent was told so far.

    Several scenarios begin with one request: what is said in mid-work tells them apart.
    """

    def __init__(self, turns: list[dict[str, Any]]) -> None:
        said = [turn["content"] for turn in turns if turn["role"] == "user"]
        self.asked = next((text for text in said if text in _checks()), "")
        self.checks = _checks().get(self.asked, ())
        self.context = "\n".join(turn["content"] for turn in turns if turn["role"] == "system")
        self.is_unwatched = any(nobody in self.context for _, nobody in WATCH)
        self.made = sum(turn["role"] == "tool" for turn in turns)
        self.made += sum(text.startswith(_RESULT) for text in said)
        self._later = "\n".join(text for text in said if text != self.asked)

    @property
    def check(self) -> StateCheck:
        """What is asked by now."""
        for check in self.checks:
            if check.orders and all(order.text in self._later for order in check.orders):
                return check
        return self.checks[0]


@cache
def _checks() -> Mapping[str, tuple[StateCheck, ...]]:
    """Return what each request of the pack may turn out to ask, the plain one first."""
    found: dict[str, list[StateCheck]] = defaultdict(list)
    for scenario in world_scenarios():
        if isinstance(scenario.check, StateCheck) and scenario.check not in found[scenario.request]:
            found[scenario.request].append(scenario.check)
    return {asked: tuple(checks) for asked, checks in found.items()}


def _said(call: ToolCall, number: int, *, native: bool) -> str | dict[str, Any]:
    if not native:
        return f"I go on.\n{written_call(call)}"
    function = {"name": call.name, "arguments": msgspec.json.encode(call.arguments).decode()}
    calls = [{"id": f"c{number}", "type": "function", "function": function}]
    return {"content": "", "tool_calls": calls}
