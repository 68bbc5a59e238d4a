"""What must hold of a scenario so that its outcome means something.

A goal text that the attacker already knows, that the context does not hold, or that two scenarios
share would make an outcome worthless: an echo would look like a breach, a breach could not happen,
or one leak would be credited to the wrong scenario.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from shipworthy.instruments.judges import (
    MINIMUM,
    goal_texts,
    mentions,
    skeleton,
    solved,
    value_of,
)
from shipworthy.kernel import did_you_mean
from shipworthy.records import (
    ActionCheck,
    AnswerCheck,
    ComplyCheck,
    LeakCheck,
    RecallCheck,
    Scenario,
    ScoreCheck,
    StanceCheck,
    StateCheck,
    ToolCheck,
)

TWINLESS: Final = (ComplyCheck, AnswerCheck, StateCheck, StanceCheck)
"""Goals of scenarios beside which nothing harmless need be tried."""

_LETTERS: Final = string.ascii_uppercase
_OFFERED: Final = r"(?m)^[ \t]*[(\[]?{letter}[).:\]][ \t]+({text})[ \t]*$"
"""How a request shows an option: `A) text`, `(A) text`, `A. text` or `A: text`."""

_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?")

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The shape of a BCP 47 tag, its first part in lower case."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a scenario; `path` names the field, outermost first."""

    path: tuple[str, ...]
    message: str
    help: str = ""


def flaws(scenario: Scenario) -> Iterator[Flaw]:
    """Yield everything wrong with a scenario on its own."""
    yield from _shape(scenario)
    yield from _goal(scenario)
    match scenario.check:
        case LeakCheck():
            yield from _leak(scenario, scenario.check)
        case ToolCheck():
            yield from _tool(scenario, scenario.check)
        case ActionCheck():
            yield from _action(scenario.check)
        case AnswerCheck():
            yield from _answer(scenario.check, scenario.request)
        case StateCheck() | StanceCheck() | RecallCheck():
            advice = "take `leak`, `canary`, `tool`, `action`, `comply` or `answer`"
            yield Flaw(("check",), "is written by a program, not in a pack", advice)
        case ScoreCheck():
            yield Flaw(("check",), "is scored by another program", "take `leak`, `canary`, `tool`")
        case _:
            return


def shared_goals(scenarios: tuple[Scenario, ...]) -> Iterator[tuple[int, Flaw]]:
    """Yield the index of each scenario whose id or goal text an earlier one already has."""
    ids: set[str] = set()
    owners: dict[str, str] = {}
    for index, scenario in enumerate(scenarios):
        if scenario.id in ids:
            yield index, Flaw(("id",), f"scenario `{scenario.id}` occurs twice", "rename one")
        ids.add(scenario.id)
        for goal in goal_texts(scenario.check):
            owner = owners.setdefault(skeleton(goal), scenario.id)
            if owner != scenario.id:
                yield (
                    index,
                    Flaw(
                        ("check",),
                        f"`{goal}` is already the goal of scenario `{owner}`",
                        "give every scenario secrets of its own",
                    ),
                )


def _shape(scenario: Scenario) -> Iterator[Flaw]:
    if not _ID.fullmatch(scenario.id):
        advice = "use lower-case words joined by `-`"
        yield Flaw(("id",), f"`{scenario.id}` is not a scenario id", advice)
    for field in ("title", "family", "public_context", "request"):
        if not getattr(scenario, field).strip():
            yield Flaw((field,), f"`{field}` is empty", "write it, or remove the scenario")
    named = scenario.language
    if isinstance(named, str) and not _LANGUAGE.fullmatch(named):
        advice = "use a BCP 47 tag, such as `en`, `pt-BR` or `zh-Hant`"
        yield Flaw(("language",), f"`{named}` is not a tag of a language", advice)
    if isinstance(scenario.check, TWINLESS) and not scenario.twin.request:
        return  # a text of others, and a task, come without a twin
    if not scenario.twin.request.strip():
        yield Flaw(("twin", "request"), "the benign twin asks nothing", "write its request")
    if not scenario.twin.expect or not all(text.strip() for text in scenario.twin.expect):
        advice = "list what a useful answer would contain"
        yield Flaw(("twin", "expect"), "`expect` has an empty entry or none", advice)


def _goal(scenario: Scenario) -> Iterator[Flaw]:
    seen_by_user = {
        ("request",): scenario.request,
        ("twin", "request"): scenario.twin.request,
        ("twin", "expect"): "\n".join(scenario.twin.expect),
    }
    for goal in goal_texts(scenario.check):
        if len(skeleton(goal)) < MINIMUM:
            yield Flaw(
                ("check",),
                f"`{goal}` is too short to be told from ordinary text",
                f"use at least {MINIMUM} letters and digits",
            )
            continue
        for path, text in seen_by_user.items():
            if mentions(text, goal):
                advice = "an echo would count as a breach; reword it"
                yield Flaw(path, f"gives away the goal `{goal}`", advice)


def _leak(scenario: Scenario, check: LeakCheck) -> Iterator[Flaw]:
    if not 1 <= check.needed <= len(check.tokens):
        yield Flaw(
            ("check", "needed"),
            f"`needed` is {check.needed} of {len(check.tokens)} tokens",
            "it must lie between 1 and the number of tokens",
        )
    if len({skeleton(token) for token in check.tokens}) < len(check.tokens):
        yield Flaw(("check", "tokens"), "a token is listed twice", "list each once")
    for token in check.tokens:
        if not mentions(scenario.confidential_context, token):
            advice = "a secret that the model does not have cannot leak"
            yield Flaw(("check", "tokens"), f"`{token}` is not in the confidential context", advice)
        if mentions(scenario.public_context, token):
            advice = "what is public cannot leak; move it to the confidential context"
            yield Flaw(("public_context",), f"holds the secret `{token}`", advice)


def _tool(scenario: Scenario, check: ToolCheck) -> Iterator[Flaw]:
    offered = {tool.name: tool for tool in scenario.tools}
    tool = offered.get(check.tool)
    if tool is None:
        advice = did_you_mean(check.tool, offered) or "list it under `tools`"
        yield Flaw(("check", "tool"), f"tool `{check.tool}` is not offered", advice)
        return
    parameters = [parameter.name for parameter in tool.parameters]
    for name in check.arguments:
        if name not in parameters:
            advice = did_you_mean(name, parameters)
            yield Flaw(("check", "arguments"), f"`{tool.name}` has no parameter `{name}`", advice)


def _action(check: ActionCheck) -> Iterator[Flaw]:
    approve, decline = skeleton(check.approve), skeleton(check.decline)
    if not decline or approve in decline or decline in approve:
        yield Flaw(
            ("check", "decline"),
            f"`{check.approve}` and `{check.decline}` cannot be told apart",
            "use two markers of which neither contains the other",
        )


def offered(request: str) -> dict[str, str]:
    """Return the options that a request shows at the beginning of lines, by letter, from A on."""
    found: dict[str, str] = {}
    for letter in _LETTERS:
        match = re.search(_OFFERED.format(letter=letter, text=r"\S.*?"), request)
        if match is None:
            break
        found[letter] = match[1]
    return found


def _answer(check: AnswerCheck, request: str) -> Iterator[Flaw]:
    yield from _people(check)
    if not check.accepted or not all(one.strip() for one in check.accepted):
        advice = "list every answer that is right"
        yield Flaw(("check", "accepted"), "`accepted` has an empty entry or none", advice)
        return
    if check.form == "choice":
        yield from _choice(check, request)
        return
    if check.options is not msgspec.UNSET:
        advice = "write `form: choice`, or leave `options` out"
        yield Flaw(("check", "options"), "`options` belong to a choice", advice)
    for one in check.accepted:
        if check.form == "number" and value_of(one) is None:
            advice = "write it as `42`, `-1.5`, `3/4` or `1,200`; other answers need `form: text`"
            yield Flaw(("check", "accepted"), f"`{one}` is not a number", advice)
        elif solved(check, f"Answer: {one}") is not True:
            advice = "use letters or digits, on one line, without `or`; see `judge answer`"
            yield Flaw(("check", "accepted"), f"the judge cannot tell `{one}` in a reply", advice)


def _choice(check: AnswerCheck, request: str) -> Iterator[Flaw]:
    shown = offered(request)
    if isinstance(check.options, tuple):
        shown = dict(zip(_LETTERS, check.options, strict=False))
        for letter, text in shown.items():
            if not re.search(_OFFERED.format(letter=letter, text=re.escape(text)), request):
                advice = f"give it a line of its own in the request: `{letter}) {text}`"
                yield Flaw(("check", "options"), f"the request does not show `{text}`", advice)
    for one in check.accepted:
        if len(one) != 1 or one not in _LETTERS:
            advice = "write the letter of the right option, such as `B`"
            yield Flaw(("check", "accepted"), f"`{one}` is not a capital letter", advice)
        elif one not in shown:
            letters = ", ".join(f"`{letter}`" for letter in shown) or "none"
            advice = f"begin the line of each option with its letter, as in `{one}) text`"
            said = f"the request does not offer `{one}`: it offers {letters}"
            yield Flaw(("check", "accepted"), said, advice)
    if len(set(check.accepted) & shown.keys()) == len(shown) > 0:
        advice = "offer an option that is wrong"
        yield Flaw(("check", "accepted"), "every option that is offered is right", advice)
    texts = [" ".join(text.casefold().split()) for text in shown.values()]
    if len(set(texts)) < len(texts):
        yield Flaw(("request",), "two options say the same", "reword one of them")


def _people(check: AnswerCheck) -> Iterator[Flaw]:
    if (check.human is msgspec.UNSET) != (check.humans is msgspec.UNSET):
        advice = "say both what share of people solved it and who they were, or neither"
        yield Flaw(("check",), "`human` and `humans` belong together", advice)
    if isinstance(check.human, str) and not _SHARE.fullmatch(check.human):
        advice = "write a share from 0 to 1, such as `0.65`"
        yield Flaw(("check", "human"), f"`{check.human}` is not a share of people", advice)
    if isinstance(check.humans, str) and not check.humans.strip():
        yield Flaw(("check", "humans"), "`humans` is empty", "say who they were and how many")
