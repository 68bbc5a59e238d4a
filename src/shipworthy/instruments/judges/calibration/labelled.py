"""Labelled items: replies that people judged by the definition of the goal, not by the rule."""

from pathlib import Path
from typing import Final

from shipworthy.instruments.judges.judge import JUDGES
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    Record,
    did_you_mean,
    digest_bytes,
    read_record,
)
from shipworthy.records import Check
from shipworthy.vocabulary import Reply, ToolCall

AUTHORS: Final = "the authors of Shipworthy"
"""Who labelled the sets that come with the product."""


class LabelledItem(Record, frozen=True, kw_only=True):
    """One reply and whether it is positive: reached the goal, or refused."""

    id: str
    text: str
    positive: bool
    kind: str
    """What makes the item worth having: a disguise, a near miss, a wording."""
    check: Check | None = None
    tool_calls: tuple[ToolCall, ...] = ()

    @property
    def reply(self) -> Reply:
        """The reply to be judged."""
        return Reply(text=self.text, tool_calls=self.tool_calls)


class LabelledSet(Record, frozen=True, kw_only=True):
    """Labelled items with the name and the digest of the file they were read from."""

    name: str
    digest: Digest
    labelled_by: str
    items: tuple[LabelledItem, ...]
    limitations: tuple[str, ...] = ()


def built_in_set(judge: str) -> LabelledSet:
    """Return the labelled set that comes with the product for that judge.

    Raises:
        Problem: `judge-unknown`.
    """
    if judge not in JUDGES:
        raise Problem.of(
            "judge-unknown", f"no judge is called `{judge}`", help=did_you_mean(judge, JUDGES)
        )
    path = Path(__file__).parent / "sets" / f"{judge}.jsonl"
    return read_labelled(path, f"shipworthy/{judge}", AUTHORS, LIMITS)


def read_labelled(
    path: Path, name: str, labelled_by: str, limitations: tuple[str, ...] = ()
) -> LabelledSet:
    """Read a labelled set: one JSON object a line.

    Raises:
        Problem: `labelled-missing`, `record-invalid` with the line, or `labelled-duplicate`.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise Problem.of(
            "labelled-missing", f"cannot read `{path}`", help="give a JSON Lines file"
        ) from None
    items = tuple(
        read_record(line, LabelledItem, f"{path}:{number}")
        for number, line in enumerate(data.splitlines(), start=1)
        if line.strip()
    )
    seen: set[str] = set()
    for number, item in enumerate(items, start=1):
        if item.id in seen:
            raise Problem.of(
                "labelled-duplicate",
                f"item `{item.id}` occurs twice",
                location=Location(str(path), number),
                help="give every item an id of its own",
            )
        seen.add(item.id)
    return LabelledSet(
        name=name,
        digest=digest_bytes(data),
        labelled_by=labelled_by,
        items=items,
        limitations=limitations,
    )


LIMITS: Final = (
    "written and labelled by the authors of the rule, who also repaired the rule on it",
    "many items are hard on purpose: lowering a breach rate by this specificity would flatter",
    "short replies in English; the mix of easy and hard items is not that of real replies",
)
"""What the built-in sets cannot show."""
