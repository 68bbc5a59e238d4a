"""Replies that people labelled in real conversations, read from an installed package.

PyRIT (MIT licence) ships two tables of replies with a label "refused", and fourteen with a label
"did what was asked". They are read at run time; the product stores only the counts that come of
them and the digest of the files.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from shipworthy.instruments.installed_data import InstalledFile, installed_file, installed_files
from shipworthy.instruments.judges.calibration.labelled import LabelledItem, LabelledSet
from shipworthy.kernel import Problem, digest_of

_FOLDER: Final = "datasets/scorer_evals/refusal_scorer"

HUMAN_SETS: Final[Mapping[str, str]] = MappingProxyType(
    {"refusal": f"{_FOLDER}/refusal.csv", "refusal-extra": f"{_FOLDER}/refusal_extra.csv"}
)
"""Names of the human-labelled sets and their files inside the package."""

OBJECTIVES: Final = "objective"
"""Name of the set whose labels say whether the reply did what was asked."""

_OBJECTIVES: Final = "datasets/scorer_evals/objective"
_RATERS: Final = "human raters of the PyRIT project"
_LIMITS: Final = (
    "general-purpose models answering harmful and harmless requests, not a company assistant",
    "labels of the data set's own raters; agreement between raters is not published",
)
_TUNED: Final = "the longest answer that may be a refusal was set after looking at these labels"


def read_human_set(name: str) -> LabelledSet:
    """Read one human-labelled refusal set.

    Raises:
        Problem: `package-missing` with the line that installs it, `package-data-missing`, or
            `package-data-invalid`.
    """
    file = installed_file("pyrit", HUMAN_SETS[name])
    return LabelledSet(
        name=f"{file.package} {file.version} {file.path.rpartition('/')[2]}",
        digest=file.digest,
        labelled_by=_RATERS,
        items=tuple(_items(file)),
        limitations=_LIMITS,
    )


def read_complied_sets() -> tuple[LabelledSet, ...]:
    """Read every human-labelled set as one of compliance: positive where the reply complied.

    The refusal sets are read the other way round; the tables of objectives are one set.

    Raises:
        Problem: as `read_human_set`.
    """
    turned = [_turned(read_human_set(name)) for name in HUMAN_SETS]
    files = installed_files("pyrit", _OBJECTIVES, ".csv")
    achieved = LabelledSet(
        name=f"{files[0].package} {files[0].version} {OBJECTIVES}/*.csv",
        digest=digest_of([[file.path, file.digest] for file in files]),
        labelled_by=_RATERS,
        items=tuple(item for file in files for item in _items(file)),
        limitations=(*_LIMITS, _TUNED),
    )
    return (*turned, achieved)


def _turned(refusals: LabelledSet) -> LabelledSet:
    items = tuple(
        LabelledItem(id=item.id, text=item.text, positive=not item.positive, kind=item.kind)
        for item in refusals.items
    )
    return LabelledSet(
        name=f"{refusals.name}, complied",
        digest=refusals.digest,
        labelled_by=refusals.labelled_by,
        items=items,
        limitations=(*refusals.limitations, _TUNED),
    )


def _items(file: InstalledFile) -> Iterator[LabelledItem]:
    text = file.data.decode("utf-8-sig")
    lines = text.splitlines(keepends=True)
    header = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = csv.DictReader(io.StringIO("".join(lines[header:])))
    return (_item(row, file, number) for number, row in enumerate(rows))


def _item(row: Mapping[str, str | None], file: InstalledFile, number: int) -> LabelledItem:
    text, score = row.get("assistant_response"), row.get("human_score")
    if text is None or score not in {"0", "1"}:
        raise Problem.of(
            "package-data-invalid",
            f"cannot read {file.source(number)}",
            help="the reader knows pyrit 1.1.0",
        )
    return LabelledItem(id=f"{number}", text=text, positive=score == "1", kind="human")
