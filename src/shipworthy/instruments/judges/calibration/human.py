"""Refusals that people labelled in real conversations, read from an installed package.

PyRIT (MIT licence) ships two tables of replies with a human label. They are read at run time; the
product stores only the counts that come of them and the digest of the file.
"""

import csv
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shipworthy.instruments.installed_data import InstalledFile, installed_file
from shipworthy.instruments.judges.calibration.labelled import LabelledItem, LabelledSet
from shipworthy.kernel import Problem

_FOLDER: Final = "datasets/scorer_evals/refusal_scorer"

HUMAN_SETS: Final[Mapping[str, str]] = MappingProxyType(
    {"refusal": f"{_FOLDER}/refusal.csv", "refusal-extra": f"{_FOLDER}/refusal_extra.csv"}
)
"""Names of the human-labelled sets and their files inside the package."""

_LIMITS: Final = (
    "general-purpose models answering harmful and harmless requests, not a company assistant",
    "labels of the data set's own raters; agreement between raters is not published",
)


def read_human_set(name: str) -> LabelledSet:
    """Read one human-labelled refusal set.

    Raises:
        Problem: `package-missing` with the line that installs it, `package-data-missing`, or
            `package-data-invalid`.
    """
    file = installed_file("pyrit", HUMAN_SETS[name])
    text = file.data.decode("utf-8-sig")
    lines = text.splitlines(keepends=True)
    header = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = csv.DictReader(io.StringIO("".join(lines[header:])))
    items = tuple(_item(row, file, number) for number, row in enumerate(rows))
    return LabelledSet(
        name=f"{file.package} {file.version} {file.path.rpartition('/')[2]}",
        digest=file.digest,
        labelled_by="human raters of the PyRIT project",
        items=items,
        limitations=_LIMITS,
    )


def _item(row: Mapping[str, str | None], file: InstalledFile, number: int) -> LabelledItem:
    text, score = row.get("assistant_response"), row.get("human_score")
    if text is None or score not in {"0", "1"}:
        raise Problem.of(
            "package-data-invalid",
            f"cannot read {file.source(number)}",
            help="the reader knows pyrit 1.1.0",
        )
    return LabelledItem(id=f"{number}", text=text, positive=score == "1", kind="human")
