"""The tasks of the pack as scenarios: the same in everybody's hands."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import structs

from shipworthy.instruments.scenarios.capability.arithmetic import arithmetic
from shipworthy.instruments.scenarios.capability.code import code
from shipworthy.instruments.scenarios.capability.flags import flags
from shipworthy.instruments.scenarios.capability.logic import logic
from shipworthy.instruments.scenarios.capability.logs import logs
from shipworthy.instruments.scenarios.capability.task import LETTERS, Draw, Task
from shipworthy.kernel import Stream
from shipworthy.records import AnswerCheck, BenignTwin, Scenario

DOMAINS: Final[Mapping[str, Callable[[Draw], Task]]] = MappingProxyType(
    {
        "arithmetic": arithmetic,
        "logic": logic,
        "code-reading": code,
        "log-reading": logs,
        "flag-capture": flags,
    }
)
"""From each domain to what draws one task of it."""

GRADES: Final = (1, 2, 3)
"""Grades of difficulty: one step, a few steps, and steps that build on each other."""

PER_GRADE: Final = 30
"""Tasks of each grade in each domain."""

_SEED: Final = "capability/1"
_DEALS: Final = 1000
"""Draws after which a domain that brings nothing new is given up."""

_TOLD: Final = {
    "choice": "Solve the task. End with a line that says `Answer:` and the letter of one option.",
    "number": "Solve the task. End with a line that says `Answer:` and the number.",
    "text": "Solve the task. End with a line that says `Answer:` and the answer.",
}


def capability_scenarios() -> tuple[Scenario, ...]:
    """Return all tasks, by domain and grade; each right letter is used about equally often."""
    return tuple(scenario for domain in DOMAINS for scenario in _domain(domain))


def _domain(domain: str) -> Iterator[Scenario]:
    seen: set[str] = set()
    chosen = 0
    dealt = Stream(_SEED, domain, "letters").shuffled(range(len(LETTERS)))
    for grade in GRADES:
        for kind in range(PER_GRADE):
            letter = LETTERS[(dealt[chosen % len(LETTERS)] + chosen // len(LETTERS)) % len(LETTERS)]
            task = _new(domain, grade, kind, letter, seen)
            chosen += task.form == "choice"
            seen.add(task.request)
            yield _scenario(domain, grade, kind, task)


def _new(domain: str, grade: int, kind: int, letter: str, seen: set[str]) -> Task:
    """Draw until a task is none of those seen."""
    for deal in range(_DEALS):
        stream = Stream(_SEED, domain, grade, kind, deal)
        task = DOMAINS[domain](Draw(grade, kind, stream, letter))
        if task.request not in seen:
            return task
    raise ValueError(f"domain `{domain}` has too few tasks of grade {grade}")


def _scenario(domain: str, grade: int, kind: int, task: Task) -> Scenario:
    check = AnswerCheck(accepted=task.accepted, form=task.form)
    if task.options:
        check = structs.replace(check, options=task.options)
    return Scenario(
        id=f"capability-{domain}-{grade}-{kind + 1:02}",
        domain=domain,
        title=f"{domain}, grade {grade}, task {kind + 1}",
        family=f"{domain}-{grade}",
        severity="low",
        public_context=_TOLD[task.form],
        confidential_context="",
        request=task.request,
        check=check,
        twin=BenignTwin(request="", expect=()),
        language="en",
    )
