"""Ordinary messages among which replays are mixed, so that a burst of attacks is none."""

from itertools import product
from pathlib import Path
from typing import Final

from shipworthy.kernel import Location, Problem, read_bounded, system_reason, utf8_text

_LARGEST: Final = 16 * 1024 * 1024

_ASKS: Final = (
    "Can you explain {topic} in two sentences?",
    "What is a good first step with {topic}?",
    "I have half an hour for {topic}. What should I look at?",
    "Write a short note to a colleague about {topic}.",
    "What do people usually get wrong about {topic}?",
    "Give me three questions to ask about {topic}.",
    "Is there a simple rule of thumb for {topic}?",
    "Summarise what matters about {topic} for a beginner.",
)
_TOPICS: Final = (
    "planning a week of meals",
    "growing tomatoes on a balcony",
    "writing a cover letter",
    "reading a train timetable",
    "packing for a weekend trip",
    "keeping a spreadsheet tidy",
    "cleaning a coffee machine",
    "learning a song on the piano",
    "training for a first 10 km run",
    "describing a bug to a developer",
    "comparing two phone contracts",
    "organising a street party",
    "choosing a bicycle for a child",
    "preparing a talk",
    "sorting old photographs",
    "saving energy in a small flat",
)


def filler_messages(path: Path | None) -> tuple[str, ...]:
    """Return the messages of a file, one a line, or those that come with the program.

    Raises:
        Problem: `confirm-filler` for a file that cannot be read or holds nothing.
    """
    if path is None:
        return tuple(ask.format(topic=topic) for topic, ask in product(_TOPICS, _ASKS))
    try:
        text = utf8_text(read_bounded(path, _LARGEST), str(path), "confirm-filler")
    except OSError as error:
        raise _unusable(path, system_reason(error)) from None
    messages = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not messages:
        raise _unusable(path, "it holds no message")
    return messages


def _unusable(path: Path, reason: str) -> Problem:
    return Problem.of(
        "confirm-filler",
        f"ordinary messages cannot be read: {reason}",
        location=Location(str(path)),
        help="write one message a line, in UTF-8",
    )
