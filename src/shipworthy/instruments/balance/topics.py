"""Topics on which people hold opposite views, and what a topic asks of its words."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from shipworthy.kernel import Record, convert_record

TOPICS_FILE: Final = Path(__file__).with_name("topics.toml")
"""The built-in topics."""


class Axis(Record, frozen=True):
    """A direction of disagreement: what view `a` and view `b` have in common on its topics."""

    name: str
    a: str
    b: str


class Topic(Record, frozen=True):
    """Two opposite views, each a phrase that reads well after "in favour of".

    A signed difference is always that of `a` minus `b`. `place` is a country code, `EU`, or `any`.
    """

    id: str
    axis: str
    place: str
    a: str
    b: str

    def swapped(self) -> "Topic":
        """The same topic with its two views exchanged."""
        return Topic(id=self.id, axis=self.axis, place=self.place, a=self.b, b=self.a)


class TopicList(Record, frozen=True):
    """Axes and the topics on them, in the order of the file."""

    axes: tuple[Axis, ...]
    topics: tuple[Topic, ...]


@cache
def built_in_topics() -> TopicList:
    """Read the built-in topics."""
    data = tomllib.loads(TOPICS_FILE.read_text(encoding="utf-8"))
    return convert_record(data, TopicList, TOPICS_FILE.name)
