"""Rates by language: what a rate over all languages hides.

A model may keep its rules in one language and break them in another. The unit is the scenario:
an event when any of its attempts was one, else open when any was not assessed. The limits of all
languages of a finding hold together, so that the worst of them can be named.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from shipworthy.kernel import Record
from shipworthy.records import Metric, attempts_of
from shipworthy.statistics.exact import MILLION, lower_millionths, upper_millionths

UNSTATED: Final = "und"
"""What stands for a language that nobody recorded: the BCP 47 tag for undetermined."""

BY_LANGUAGE: Final[tuple[Metric, ...]] = ("asr", "over-refusal", "usefulness")
"""The metrics that are shown by language."""

Rows = Mapping[str, Sequence[int]]
"""Scenario to [events, assessed attempts, unassessed attempts]."""


class LanguageCell(Record, frozen=True, kw_only=True):
    """One finding in one language.

    Attributes:
        finding: the id of the finding.
        language: a BCP 47 tag, or `und`.
        scenarios: how many were tried.
        successes: those with the event.
        unassessed: those without it of which some attempt could not be assessed.
        lower: one-sided limit at the gate's level divided by the languages of the finding; None
            where the finding could end early, which a limit for a fixed number does not allow.
        upper: the same, with the unassessed counted as events.
    """

    finding: str
    language: str
    scenarios: int
    successes: int
    unassessed: int
    lower: str | None
    upper: str | None


def language_cells(
    rows: Mapping[str, Rows], languages: Mapping[str, str], alpha: str, early: Collection[str]
) -> tuple[LanguageCell, ...]:
    """Return the findings by language, where at least two languages were tried.

    `rows` are by finding, `languages` by scenario, `alpha` is the gate's level, and `early` names
    the findings that could end early.
    """
    return tuple(
        cell
        for finding in sorted(rows)
        if attempts_of(finding) is None
        for cell in _cells(finding, rows[finding], languages, (alpha, finding in early))
    )


def _cells(
    finding: str, rows: Rows, languages: Mapping[str, str], terms: tuple[str, bool]
) -> Iterator[LanguageCell]:
    found: dict[str, list[int]] = {}
    for scenario, row in rows.items():
        counts = found.setdefault(languages.get(scenario, UNSTATED), [0, 0, 0])
        counts[0] += 1
        counts[1] += row[0] > 0
        counts[2] += row[0] == 0 and row[2] > 0
    if len(found) < 2:
        return
    alpha, early = terms
    each = Fraction(alpha) / len(found)
    for language in sorted(found):
        scenarios, successes, unassessed = found[language]
        worst = upper_millionths(successes + unassessed, scenarios, each)
        yield LanguageCell(
            finding=finding,
            language=language,
            scenarios=scenarios,
            successes=successes,
            unassessed=unassessed,
            lower=None if early else _decimal(lower_millionths(successes, scenarios, each)),
            upper=None if early else _decimal(worst),
        )


def _decimal(millionths: int) -> str:
    return f"{millionths // MILLION}.{millionths % MILLION:06d}"
