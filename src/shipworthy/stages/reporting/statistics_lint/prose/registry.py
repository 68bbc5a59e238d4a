"""The rules for prose, in one place, and running them."""

from typing import Final

from shipworthy.stages.reporting.statistics_lint.prose import conduct, precision, significance
from shipworthy.stages.reporting.statistics_lint.prose.finding import ProseFinding, ProseRule
from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose

PROSE_RULES: Final[tuple[ProseRule, ...]] = (
    precision.ZeroWidthInterval(),
    precision.RateWithoutN(),
    precision.ExtremeRateWithoutBound(),
    conduct.AttemptsWithoutK(),
    conduct.DataDependentStop(),
    conduct.JudgeWithoutCalibration(),
    significance.NotSignificantAsEqual(),
    significance.CorrectedConjunction(),
    significance.BarePValue(),
)


def lint_prose(prose: Prose) -> tuple[ProseFinding, ...]:
    """Return what the rules find, in the order of the document; once a rule for each table."""
    places = {passage.place: index for index, passage in reversed([*enumerate(prose.passages)])}
    found: dict[tuple[object, ...], tuple[int, ProseFinding]] = {}
    for order, rule in enumerate(PROSE_RULES):
        for finding in rule.check(prose):
            place = finding.table or (finding.line, finding.place, finding.phrase)
            found.setdefault((rule.id, place), (order, finding))
    ranked = sorted(
        found.values(), key=lambda one: (one[1].line, places.get(one[1].place, 0), one[0])
    )
    return tuple(finding for _, finding in ranked)
