"""A user's own mirrored pairs as a table: topics, whole prompts, or what `balance pairs` wrote.

Which of the three a table is follows from its columns:

    topic,axis,place,view_a,view_b          topics, about which every task of ours is asked
    main_category,topic_name,template_category,stance_a,stance_b,prompt_a,prompt_b
                                            whole prompts, in the columns of the public set of
                                            paired prompts; further columns are not read
    {"id", "prompt", "side", "view", ...}   lines of `shipworthy balance pairs`
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shipworthy.instruments.balance.reading import read_pairs
from shipworthy.instruments.balance.scenarios import (
    MirroredText,
    sides_of,
    text_of,
    topic_scenarios,
)
from shipworthy.instruments.balance.topics import Topic
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean, utf8_text
from shipworthy.records import Scenario

TOPIC_COLUMNS: Final = ("topic", "axis", "view_a", "view_b")
"""Columns of a table of topics; `place` may stand beside them."""

PROMPT_COLUMNS: Final = (
    *("main_category", "topic_name", "template_category"),
    *("stance_a", "stance_b", "prompt_a", "prompt_b"),
)
"""Columns of a table of whole prompts."""

_WRITTEN: Final = frozenset({"pair", "side", "view", "prompt"})
_ANYWHERE: Final = "any"
_MOST_FAULTS: Final = 20

Row = Mapping[str, str]


def mirrored_scenarios(data: bytes, path: Path) -> tuple[Scenario, ...] | None:
    """Read a table of mirrored pairs; nothing when its columns are of another kind of table.

    Raises:
        Problem: `balance-*` with the file and line of every fault.
    """
    columns = _columns(data, path)
    if columns >= _WRITTEN:
        pairs = read_pairs(data, str(path))
        return tuple(sides_of(text_of(pair, path.stem) for pair in pairs))
    topics, prompts = ({"view_a", "view_b"} & columns), ({"prompt_a", "prompt_b"} & columns)
    if not topics and not prompts:
        return None
    text = utf8_text(data, str(path), "balance-encoding")
    if topics:
        return _Table(path, TOPIC_COLUMNS).read(text, _topics)
    return _Table(path, PROMPT_COLUMNS).read(text, _prompts)


def _columns(data: bytes, path: Path) -> frozenset[str]:
    lines = data.decode(errors="replace").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if path.suffix == ".csv":
        return frozenset(next(csv.reader([first]), ()))
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(row) if isinstance(row, dict) else frozenset()


@dataclass(slots=True)
class _Table:
    """A table under the columns that it has to have, with the faults found so far."""

    path: Path
    wanted: tuple[str, ...]
    faults: list[Diagnostic] = field(default_factory=list)

    def read(
        self, text: str, make: Callable[["_Table", list[tuple[int, Row]]], Sequence[Scenario]]
    ) -> tuple[Scenario, ...]:
        """Return what `make` makes of the rows that are whole."""
        rows = [row for row in self._rows(text) if self._is_whole(*row)]
        if not rows and not self.faults:
            self.note(1, "the file has no rows", f"columns: {', '.join(self.wanted)}")
        found = tuple(make(self, rows))
        seen = Counter(one.id for one in found)
        for name in sorted(name for name, count in seen.items() if count > 1):
            self.note(1, f"`{name}` occurs twice", "give each topic a name of its own")
        if self.faults:
            raise Problem(self.faults[:_MOST_FAULTS])
        return found

    def note(self, line: int, message: str, advice: str) -> None:
        """Note a fault of a line."""
        place = Location(str(self.path), line)
        self.faults.append(Diagnostic("balance-line", message, place, advice))

    def _rows(self, text: str) -> Iterator[tuple[int, Row]]:
        if self.path.suffix == ".csv":
            reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
            try:
                for row in reader:
                    yield reader.line_num, {key: value or "" for key, value in row.items() if key}
            except csv.Error as error:
                advice = "put fields that hold commas or quotes into quotes"
                self.note(reader.reader.line_num, f"not valid CSV: {error}", advice)
            return
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield number, self._object(number, line)

    def _object(self, number: int, line: str) -> Row:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            self.note(number, "no JSON object", "write one object on each line")
            return {}
        return {key: value for key, value in row.items() if isinstance(value, str)}

    def _is_whole(self, number: int, row: Row) -> bool:
        missing = [name for name in self.wanted if not row.get(name, "").strip()]
        for name in missing if row else ():
            near = did_you_mean(name, (key for key in row if key not in self.wanted))
            self.note(number, f"`{name}` is empty or missing", near or "fill it in every row")
        return not missing


def _topics(table: _Table, rows: list[tuple[int, Row]]) -> Sequence[Scenario]:
    topics = []
    for number, row in rows:
        view_a, view_b = row["view_a"].strip(), row["view_b"].strip()
        _check_views(table, number, view_a, view_b)
        topics.append(
            Topic(
                id=_slug(row["topic"]),
                axis=_slug(row["axis"]),
                place=row.get("place", "").strip() or _ANYWHERE,
                a=view_a,
                b=view_b,
            )
        )
    return topic_scenarios(topics, table.path.stem)


def _prompts(table: _Table, rows: list[tuple[int, Row]]) -> Sequence[Scenario]:
    numbers: Counter[tuple[str, str]] = Counter()
    axes: dict[str, str] = {}
    texts = []
    for number, row in rows:
        axis, topic = _slug(row["main_category"]), _slug(row["topic_name"])
        task = _slug(row["template_category"])
        if axes.setdefault(topic, axis) != axis:
            advice = "a topic is one observation and lies on one axis; rename one of them"
            table.note(number, f"topic `{topic}` is of `{axes[topic]}` on an earlier line", advice)
        _check_views(table, number, row["prompt_a"], row["prompt_b"])
        numbers[topic, task] += 1
        texts.append(
            MirroredText(
                axis=axis,
                topic=topic,
                task=f"{task}-{numbers[topic, task]}",
                place=_ANYWHERE,
                views=(row["stance_a"], row["stance_b"]),
                prompts=(row["prompt_a"], row["prompt_b"]),
                source=table.path.stem,
            )
        )
    return tuple(sides_of(texts))


def _check_views(table: _Table, number: int, a: str, b: str) -> None:
    if a == b:
        table.note(number, "both sides are the same", "write the opposite view for side `b`")


def _slug(name: str) -> str:
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "row"
