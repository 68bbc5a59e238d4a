"""What our own exports say in a log, so that an import gets back the outcomes that were exported.

A sample holds its cell under `metadata.shipworthy`, and the scorer `shipworthy` holds the outcome:
the word as the value (NaN where nothing was assessed) and the whole record in the metadata.
"""

import math
from typing import Any, Final

import msgspec

from shipworthy.instruments.inspect_logs.documents import Header, Sample
from shipworthy.instruments.inspect_logs.untrusted_json import convert
from shipworthy.kernel import Location, Problem, Record
from shipworthy.vocabulary import Outcome, TrialRole, Unassessed

KEY: Final = "shipworthy"
"""Key in the metadata of logs, samples and scores, and the name of the scorer."""

FORMAT: Final = 1

LONGEST_NAME: Final = 200
"""Characters of a name that a log gives: a scenario, a domain, an attack, a layer."""


class OwnCell(Record, frozen=True, kw_only=True):
    """The cell of the plan that a sample was."""

    trial: str
    scenario: str
    domain: str
    attack: str
    role: TrialRole
    seed: int


class OwnScore(Record, frozen=True, kw_only=True):
    """An outcome and the judge that reached it."""

    outcome: Outcome
    judge: str


def is_own(header: Header) -> bool:
    """Whether a log says that we exported it."""
    mark = (header.eval.metadata or {}).get(KEY)
    return isinstance(mark, dict) and mark.get("format") == FORMAT


def own_cell(sample: Sample, place: str) -> OwnCell:
    """Return the cell that a sample of an export names.

    Raises:
        Problem: `inspect-form`.
    """
    cell = convert((sample.metadata or {}).get(KEY), OwnCell, place)
    if not 0 <= cell.seed < 2**53:
        raise _odd("the seed is out of range", place)
    for name in (cell.scenario, cell.domain, cell.attack):
        check_name(name, place)
    return cell


def own_score(sample: Sample, place: str) -> OwnScore:
    """Return the outcome that a sample of an export holds.

    Raises:
        Problem: `inspect-form`, also where the value of the score says something else.
    """
    given = (sample.scores or {}).get(KEY)
    found = convert((given.metadata or {}).get(KEY) if given else None, OwnScore, place)
    outcome = found.outcome
    nothing = isinstance(given.value, float) and math.isnan(given.value) if given else False
    if isinstance(outcome, Unassessed) != nothing or (
        given and not nothing and given.value != word_of(outcome)
    ):
        raise _odd("the score is not the outcome that its metadata holds", place)
    for text in (found.judge, getattr(outcome, "by", ""), getattr(outcome, "detail", "")):
        check_name(text, place)
    return found


def word_of(outcome: Outcome) -> str:
    """Return the word for an outcome: its type, and `not-useful` for a useless answer."""
    plain: dict[str, Any] = msgspec.to_builtins(outcome)
    return "not-useful" if plain.get("useful") is False else str(plain["type"])


def check_name(text: str, place: str) -> None:
    """Refuse what could not be shown or written down.

    Raises:
        Problem: `inspect-form`.
    """
    if len(text) > LONGEST_NAME or not (text.isprintable() or not text):
        raise _odd("a name is too long, or holds what cannot be shown", place)


def _odd(what: str, place: str) -> Problem:
    return Problem.of(
        "inspect-form",
        f"not a log that Shipworthy exported: {what}",
        location=Location(place),
        help="export it again with `shipworthy run export`",
    )
