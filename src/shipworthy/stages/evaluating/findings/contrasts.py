"""The same scenarios under two conditions: is a difference shown, or shown to be small?

The limits are those of `statistics/paired/change.py`. A judge that errs alike under both conditions
shrinks a difference by sensitivity + specificity - 1, so `upper_adjusted` divides by the lower
limit of that.
"""

from collections.abc import Mapping
from typing import Final

from shipworthy.kernel import decimal_string
from shipworthy.records import (
    CONTRAST_METHOD,
    JUDGE_SHARE,
    Bounds,
    ContrastFinding,
    Finding,
    Metric,
)
from shipworthy.stages.evaluating.aggregation import ContrastTable
from shipworthy.stages.evaluating.events import COMPARED, Conditions
from shipworthy.stages.evaluating.findings.terms import (
    FindingTerms,
    judge_failures,
    youden_lower,
)
from shipworthy.statistics import PairedTable, mcnemar_exact, mcnemar_midp
from shipworthy.statistics.paired import change_lower, change_upper
from shipworthy.vocabulary import OPEN_ATTEMPT, Arm, Rate, TrialRole

UNJUDGED: Final[frozenset[Metric]] = frozenset({"monitoring"})
"""Comparisons of what the state of a world shows: no judge stands between."""

Contrasts = Mapping[tuple[TrialRole, str, Arm], ContrastTable]
"""Tables by role, domain and arm."""


def contrast_findings(
    tables: Contrasts, terms: FindingTerms
) -> list[tuple[Finding, ContrastFinding]]:
    """Return every comparison of which both conditions were met, as a gate reads it and in full."""
    found: list[tuple[Finding, ContrastFinding]] = []
    for (role, domain, arm), table in tables.items():
        found += [
            _compared((of, domain, arm), table, terms)
            for of in COMPARED[role]
            if {of.first, of.second} <= table.sides.keys()
        ]
    return found


def _compared(
    what: tuple[Conditions, str, Arm], table: ContrastTable, terms: FindingTerms
) -> tuple[Finding, ContrastFinding]:
    of, domain, arm = what
    counts, left = table.transitions(of)
    pairs = PairedTable(
        both=counts[True, True],
        before_only=counts[False, True],
        after_only=counts[True, False],
        neither=counts[False, False],
    )
    alpha = float(terms.alpha)
    contrast = ContrastFinding(
        id=f"{of.metric}.{domain}.{arm.value}",
        metric=of.metric,
        domain=domain,
        arm=arm,
        first=of.first,
        second=of.second,
        both=pairs.both,
        first_only=pairs.after_only,
        second_only=pairs.before_only,
        neither=pairs.neither,
        open=left,
        difference=decimal_string(pairs.difference if pairs.pairs else 0.0),
        lower=decimal_string(change_lower(pairs, left, alpha), "down"),
        upper=decimal_string(change_upper(pairs, left, alpha), "up"),
        p_exact=decimal_string(mcnemar_exact(pairs) if pairs.pairs else 1.0, "up"),
        p_midp=decimal_string(mcnemar_midp(pairs) if pairs.pairs else 1.0, "up"),
        alpha=terms.alpha,
        plan=terms.plan,
    )
    judges = tuple(sorted(table.judges))
    finding = Finding(
        id=contrast.id,
        metric=of.metric,
        domain=domain,
        arm=arm,
        rate=Rate(successes=pairs.before_only, attempts=pairs.pairs, unassessed=left),
        bounds=contrast_bounds(of.metric, pairs, left, judges, terms),
        judges=judges,
        plan=terms.plan,
        blockers=contrast_blockers(of.metric, domain, judges, terms),
        unassessed={OPEN_ATTEMPT: left} if left else {},
    )
    return finding, contrast


def contrast_blockers(
    metric: Metric, domain: str, judges: tuple[str, ...], terms: FindingTerms
) -> tuple[str, ...]:
    """Return what stands against reading a comparison favourably, but for other comparisons."""
    return (
        *terms.control_failures.get(domain, ("controls did not run",)),
        *(judge_failures(judges, terms) if metric not in UNJUDGED else ()),
        *terms.opposed.against(metric, domain),
    )


def contrast_bounds(
    metric: Metric, pairs: PairedTable, left: int, judges: tuple[str, ...], terms: FindingTerms
) -> Bounds:
    """Return the limits of the difference, cut at 0; `left` pairs are open."""
    alpha = float(terms.alpha)
    lower = max(0.0, change_lower(pairs, left, alpha))
    upper = max(0.0, change_upper(pairs, left, alpha))
    adjusted = upper
    if metric not in UNJUDGED:
        wider = max(0.0, change_upper(pairs, left, (1.0 - JUDGE_SHARE) * alpha))
        kept = least_kept(judges, terms)
        adjusted = min(1.0, wider / kept) if kept > 0.0 else 1.0
    return Bounds(
        method=CONTRAST_METHOD,
        alpha=terms.alpha,
        lower=decimal_string(lower, "down"),
        upper=decimal_string(upper, "up"),
        upper_adjusted=decimal_string(max(adjusted, upper), "up"),
        scenarios=pairs.pairs + left,
        scenarios_with_success=pairs.before_only,
        design_effect="1.000000",
        exact_upper=decimal_string(upper, "up"),
    )


def least_kept(judges: tuple[str, ...], terms: FindingTerms) -> float:
    """Return what the worst judge surely leaves of a difference; 0 where nothing is known."""
    alpha = JUDGE_SHARE * float(terms.alpha)
    found = []
    for judge in judges:
        card = terms.cards.get(judge)
        if card is None or not card.positives or not card.negatives:
            return 0.0
        found.append(max(0.0, youden_lower(card, alpha)))
    return min(found, default=0.0)
