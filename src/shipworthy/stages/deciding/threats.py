"""A go needs a map: evidence for each threat scenario that may matter (semantics 12)."""

from collections.abc import Iterator
from dataclasses import replace

from shipworthy.frameworks import Case, Evaluation, without_evidence
from shipworthy.vocabulary import Ruling


def charted(evaluation: Evaluation, missing: tuple[str, ...]) -> Evaluation:
    """Return the evaluation as it is with these scenarios unmapped: no go with any (12.4)."""
    if missing and evaluation.ruling is Ruling.GO:
        return replace(evaluation, ruling=Ruling.INCONCLUSIVE)
    return evaluation


def map_gaps(case: Case, missing: tuple[str, ...]) -> Iterator[str]:
    """Yield what would map each of these scenarios."""
    for scenario in case.rulebook.scenarios:
        if scenario.id in missing:
            fields = ", ".join(f"`{name}`" for name in without_evidence(scenario, case))
            yield f"evidence on threat scenario `{scenario.id}`, by {fields}"
