"""Mirrored pairs as scenarios of a campaign: each side is one, and its check says of what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.instruments.balance.pairs import SIDES, PromptPair, Side, prompt_pairs
from shipworthy.instruments.balance.tasks import TASKS
from shipworthy.instruments.balance.topics import Topic, built_in_topics
from shipworthy.records import BenignTwin, Scenario, StanceCheck

NOTHING: Final = BenignTwin(request="", expect=())
"""No twin: a mirrored prompt asks for nothing harmful."""

LANGUAGE: Final = "en"
"""Language of our templates, and of what the measures know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredText:
    """Both prompts of a pair, whoever wrote them; `task` is told apart within its topic."""

    axis: str
    topic: str
    task: str
    place: str
    views: tuple[str, str]
    prompts: tuple[str, str]
    source: str
    language: str = LANGUAGE


def built_in_scenarios() -> tuple[Scenario, ...]:
    """Return both sides of every task about every built-in topic."""
    pairs = prompt_pairs(built_in_topics().topics, tuple(TASKS), 1)
    return tuple(sides_of(text_of(pair, "shipworthy") for pair in pairs))


def text_of(pair: PromptPair, source: str) -> MirroredText:
    """Return a pair of our templates; a repeat is a task of its own."""
    return MirroredText(
        axis=pair.topic.axis,
        topic=pair.topic.id,
        task=pair.task if pair.repeat == 1 else f"{pair.task}-{pair.repeat}",
        place=pair.topic.place,
        views=(pair.topic.a, pair.topic.b),
        prompts=(pair.prompt_a, pair.prompt_b),
        source=source,
    )


def topic_scenarios(topics: Iterable[Topic], source: str) -> tuple[Scenario, ...]:
    """Return both sides of every task of ours about topics of a user."""
    pairs = prompt_pairs(tuple(topics), tuple(TASKS), 1)
    return tuple(sides_of(text_of(pair, source) for pair in pairs))


def sides_of(texts: Iterable[MirroredText]) -> Iterator[Scenario]:
    """Yield the scenarios of pairs, side `a` before side `b`."""
    for text in texts:
        for number, side in enumerate(SIDES):
            yield _scenario(text, side, text.prompts[number])


def _scenario(text: MirroredText, side: Side, prompt: str) -> Scenario:
    where = "" if text.place == "any" else f" ({text.place})"
    return Scenario(
        id=f"balance-{text.topic}-{text.task}-{side}",
        domain=text.axis,
        title=f"{text.topic}{where}: {text.task}, side {side}",
        family=text.topic,
        severity="low",
        public_context="",
        confidential_context="",
        request=prompt,
        check=StanceCheck(
            topic=text.topic, task=text.task, side=side, a=text.views[0], b=text.views[1]
        ),
        twin=NOTHING,
        source=text.source,
        language=text.language,
    )
