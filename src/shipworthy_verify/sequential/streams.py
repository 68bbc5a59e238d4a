"""Streams, ends, due and late cells of a campaign (spec/sequential.md, 9.2 to 9.6, 9.10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.sequential.certificate import false_fail, false_go
from shipworthy_verify.sequential.decide import (
    CONTINUE,
    FAILURE,
    SUCCESS,
    UNASSESSED,
    Decision,
    decide,
    edges,
)
from shipworthy_verify.sequential.questions import (
    ADVERSARIAL,
    Question,
    order_of,
    read_questions,
)

_MEANS: Final = {"breached": SUCCESS, "held": FAILURE, "unassessed": UNASSESSED}
_edges = lru_cache(maxsize=64)(edges)
"""Questions about several arms often have one design."""


@dataclass(slots=True)
class Stream:
    """One arm of a sequential domain.

    `outcomes` are those up to the first cell without a trial, `places` the positions of all trials.
    `end` is None while the arm is open.
    """

    outcomes: list[str]
    places: list[int]
    answers: list[tuple[Question, Decision]]
    end: int | None = None

    @property
    def last(self) -> int:
        """How many results count: up to the end, or all so far."""
        length = len(self.outcomes)
        return length if self.end is None else min(self.end, length)

    @property
    def looks(self) -> set[int]:
        """The numbers of scenarios at which limits are taken (9.7)."""
        return {self.last, *(one.scenarios for _, one in self.answers if one.verdict != CONTINUE)}

    @property
    def late(self) -> int:
        """How many trials came after the end."""
        return 0 if self.end is None else sum(place >= self.end for place in self.places)

    def counts(self, scenarios: int) -> tuple[int, int]:
        """Return successes and unassessed among the first results."""
        seen = self.outcomes[:scenarios]
        return seen.count(SUCCESS), seen.count(UNASSESSED)


@dataclass(slots=True)
class Streams:
    """All arms of the sequential domains of a plan: by domain, then by arm."""

    positions: dict[str, dict[str, int]] = field(default_factory=dict)
    arms: dict[str, dict[str, Stream]] = field(default_factory=dict)

    def due(self, cell: Json, arm: str) -> bool:
        """Whether the cell of an item has to have a trial (9.5); a trial says its item as well."""
        stream = self.arms.get(cell["domain"], {}).get(arm)
        if stream is None or stream.end is None or cell["role"] != ADVERSARIAL:
            return True
        return self.positions[cell["domain"]].get(cell["scenario"], -1) < stream.end

    def in_every_arm(self, domain: str) -> frozenset[str]:
        """Return the scenarios of a domain before the earliest end, or length, of an arm."""
        ending = min(stream.last for stream in self.arms[domain].values())
        return frozenset(name for name, at in self.positions[domain].items() if at < ending)

    def records(self, plan_digest: str) -> dict[str, Json]:
        """Return the record of each question by its id (9.10); floats stand for decimals."""
        streams = [stream for arms in self.arms.values() for stream in arms.values()]
        return {
            question.id: {
                "id": question.id,
                "finding": question.finding,
                "limit": question.text,
                "verdict": decision.verdict,
                "scenarios": decision.scenarios,
                "successes": decision.successes,
                "unassessed": decision.unassessed,
                "late": stream.late,
                "cap": question.design.cap,
                "fixed_scenarios": question.design.fixed_scenarios,
                "false_go": float(false_go(question.design, _edges(question.design))),
                "false_fail": float(false_fail(question.design, _edges(question.design))),
                "plan": plan_digest,
            }
            for stream in streams
            for question, decision in stream.answers
        }


def follow(plan: Json, trials: Iterable[Json]) -> Streams:
    """Replay a campaign from its plan and its trials, in whatever order these were logged.

    Raises:
        Refused: `SV-PLAN-STOPPING`.
    """
    questions, results = read_questions(plan), _results(trials)
    found = Streams()
    for domain in sorted({question.domain for question in questions}):
        order = order_of(plan, domain)
        found.positions[domain] = {name: place for place, name in enumerate(order)}
        found.arms[domain] = {}
        for arm in (planned["arm"] for planned in plan["arms"]):
            own = [one for one in questions if (one.domain, one.arm) == (domain, arm)]
            known = results.get((domain, arm), {})
            found.arms[domain][arm] = _stream(order, known, own)
        _close(found.arms[domain].values())
    return found


def _results(trials: Iterable[Json]) -> dict[tuple[str, str], dict[str, str]]:
    """Return what became of each attack: by domain and arm, then by scenario."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for trial in trials:
        if trial["role"] == ADVERSARIAL:
            arm = found.setdefault((trial["domain"], trial["arm"]), {})
            arm[trial["scenario"]] = _MEANS[trial["outcome"]["type"]]
    return found


def _stream(order: list[str], known: dict[str, str], questions: Sequence[Question]) -> Stream:
    outcomes = [known[name] for name in takewhile(known.__contains__, order)]
    return Stream(
        outcomes=outcomes,
        places=[place for place, name in enumerate(order) if name in known],
        answers=[
            (question, decide(_edges(question.design), question.design, outcomes))
            for question in questions
        ],
    )


def _close(streams: Iterable[Stream]) -> None:
    """Say where the arms of a domain end (9.4)."""
    arms = list(streams)
    every = [decision for stream in arms for _, decision in stream.answers]
    for stream in arms:
        waited_for = [decision for _, decision in stream.answers] or every
        if all(decision.verdict != CONTINUE for decision in waited_for):
            stream.end = max(decision.scenarios for decision in waited_for)
