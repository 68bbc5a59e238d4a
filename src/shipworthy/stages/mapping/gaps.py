"""What a risk map has to admit."""

from collections.abc import Iterator, Sequence

from shipworthy.records import (
    Barrier,
    Gap,
    MappedEvidence,
    MappedScenario,
    ModelSection,
    ThreatModel,
)
from shipworthy.vocabulary import DeploymentType, elicitation_due


def gaps_of_scenario(
    evidence: Sequence[MappedEvidence],
    threat: ThreatModel | None,
    deployment: DeploymentType,
    until: str,
) -> Iterator[Gap]:
    """Yield what is missing for one scenario; `until` is the last day of a decision."""
    for one in evidence:
        if one.source == "missing":
            yield Gap(kind="evidence", words=f"no evidence on `{one.field}`: {one.what}")
    due = [one.value for one in elicitation_due(deployment)]
    for one in evidence:
        left = [f"`{each}`" for each in due if each not in one.elicitation]
        if one.source != "missing" and left:
            words = f"no evaluation says that it sought `{one.field}` with {', '.join(left)}"
            yield Gap(kind="elicitation", words=words)
    if threat is None:
        words = "no threat model: nobody wrote down actor, path and barriers"
        yield Gap(kind="threat-model", words=words)
        return
    yield from _barriers(threat, deployment, until)


def _barriers(threat: ThreatModel, deployment: DeploymentType, until: str) -> Iterator[Gap]:
    for one in threat.barriers:
        where = f"the barrier at `{one.step}` ({one.barrier})"
        if deployment.irreversible:
            words = f"{where} {_for_how_long(one)}, and released weights cannot be taken back"
            yield Gap(kind="barrier", words=words)
        elif not one.until or one.until < until:
            words = f"{where} {_for_how_long(one)}, a decision of today stands until {until}"
            yield Gap(kind="barrier", words=words)


def _for_how_long(barrier: Barrier) -> str:
    if not barrier.until:
        return "holds for nobody knows how long"
    return f"is expected to hold until {barrier.until}"


def gaps_of_map(scenarios: Sequence[MappedScenario], model: ModelSection) -> Iterator[Gap]:
    """Yield what is missing for the map as a whole."""
    if not scenarios:
        words = "the framework, as encoded, names no threat scenario: nothing could be mapped"
        yield Gap(kind="scenarios", words=words)
    if not model.card:
        yield Gap(kind="model-card", words="no model card is named")
    if not model.reference_class:
        words = "no model of a reference class is named to compare with"
        yield Gap(kind="reference", words=words)
