"""A risk map in words, for a terminal."""

from collections.abc import Iterator
from typing import Final

from shipworthy.cli.output.streams import Output
from shipworthy.records import MappedScenario, RiskMap

_MARKS: Final = {
    "open": ("? unmapped", "magenta"),
    "mapped": ("✓ mapped", "green"),
    "beside": ("- beside the point", "cyan"),
}


def map_lines(found: RiskMap, output: Output) -> Iterator[str]:
    """Yield the map: scenarios that stand against a go first, then by outcome."""
    yield f"framework    {found.framework}, deployment {found.deployment.value}"
    yield f"elicitation  due: {', '.join(found.elicitation)}"
    reference = ", ".join(found.reference_class) or "none named"
    yield f"reference    {reference}"
    for scenario in sorted(found.scenarios, key=lambda one: not one.open):
        yield from _scenario(scenario, output)
    for line in found.beyond:
        yield f"beyond       {line}"
    for gap in found.gaps:
        yield f"gap          {gap.words}"
    yield map_summary(found)


def _scenario(one: MappedScenario, output: Output) -> Iterator[str]:
    standing = "open" if one.open else "beside" if one.matters == "false" else "mapped"
    mark = output.styled(*_MARKS[standing])
    yield f"{mark}  {one.scenario}  {one.about}"
    yield f"    outcome   {one.feared}"
    yield f"    matters   {_MATTERS[one.matters]}: {one.why}"
    if one.matters == "false":
        return
    for evidence in one.evidence:
        sought = f"; sought with {', '.join(evidence.elicitation)}" if evidence.elicitation else ""
        yield f"    evidence  {evidence.field}: {evidence.what}{sought}"
    if one.methods:
        yield f"    methods   {', '.join(one.methods)}"
    if one.threat:
        yield f"    threat    {one.threat.actor}, with {one.threat.resources}"
        yield f"    path      {' > '.join(one.threat.path)}"
    for barrier in one.threat.barriers if one.threat else ():
        until = f"until {barrier.until}" if barrier.until else "nobody says for how long"
        yield f"    barrier   {barrier.step}: {barrier.barrier} ({until})"
    for gap in one.gaps:
        yield f"    gap       {gap.words}"


_MATTERS: Final = {"true": "yes", "false": "no", "unknown": "perhaps"}


def map_summary(found: RiskMap) -> str:
    """Count what matters, what is unmapped and what is missing."""
    count = len(found.scenarios)
    matter = [one for one in found.scenarios if one.matters != "false"]
    gaps = sum(len(one.gaps) for one in found.scenarios) + len(found.gaps)
    return (
        f"{count} threat scenarios, {len(matter)} may matter, {len(found.unmapped)} of them "
        f"unmapped; {gaps} gaps"
    )
