"""A decision in words, for a terminal."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shipworthy.cli.output.streams import Output
from shipworthy.records import Decision, RequirementResult

GLYPHS: Final = {"kept": "✓", "broken": "✗", "inconclusive": "?"}
_COLOURS: Final = {"kept": "green", "broken": "red", "inconclusive": "magenta"}
_RULING_COLOURS: Final = {"go": "green", "no-go": "red", "inconclusive": "magenta"}
_WORST_FIRST: Final = ("broken", "inconclusive", "kept")


def decision_lines(decision: Decision, output: Output) -> Iterator[str]:
    """Yield the drafted ruling, the requirements worst first, and what would change it."""
    counts = Counter(result.verdict for result in decision.requirements)
    ruling = output.styled(decision.ruling.upper(), _RULING_COLOURS[decision.ruling])
    yield (
        f"{ruling} (draft)  {counts['kept']} of {len(decision.requirements)} requirements kept, "
        f"{counts['broken']} broken, {counts['inconclusive']} inconclusive"
    )
    yield f"  framework {decision.framework}, deployment {decision.deployment}"
    for verdict in _WORST_FIRST:
        for result in decision.requirements:
            if result.verdict == verdict:
                yield from _requirement(result, output)
    for scenario in decision.unmapped:
        mark = output.styled("? unmapped", _COLOURS["inconclusive"])
        yield f"  {mark}  threat scenario `{scenario}` may matter, and nothing speaks to it"
    if decision.determining:
        yield f"determined by  {', '.join(decision.determining)}"
    if decision.flip:
        yield f"nearest change  {decision.flip}"
    yield f"draft  {decision.digest}"


def _requirement(result: RequirementResult, output: Output) -> Iterator[str]:
    mark = output.styled(f"{GLYPHS[result.verdict]} {result.verdict}", _COLOURS[result.verdict])
    clauses = ", ".join(result.clauses)
    yield f"  {mark}  {result.title}  [{clauses}]"
    yield f"      {result.why}"
    if result.verdict != "kept" and result.missing:
        yield f"      -> {result.missing}"
