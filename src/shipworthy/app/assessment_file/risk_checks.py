"""What is wrong with evaluations and threat models that have the right shape."""

from collections.abc import Iterator

from shipworthy.app.assessment_file.complaints import Complaint, says_something, unprintable
from shipworthy.app.assessment_file.toml_positions import KeyPath
from shipworthy.kernel import is_day
from shipworthy.records import Assessment, ThreatSection


def check_risks(assessment: Assessment) -> Iterator[Complaint]:
    """Yield what is wrong with `[model]`, `[[evaluations]]` and `[[threats]]`."""
    yield from _check_evaluations(assessment)
    seen: set[str] = set()
    for index, threat in enumerate(assessment.threats):
        if threat.scenario in seen:
            yield (
                "duplicate-id",
                f"two threat models are about `{threat.scenario}`",
                ("threats", index, "scenario"),
                "write one, with all of its barriers",
            )
        seen.add(threat.scenario)
        yield from _check_threat(threat, index)
    for path, text in _texts(assessment):
        if text and not says_something(text):
            yield "missing-key", f"`{path[-1]}` says nothing", path, "write it in words"
        if unprintable(text):
            message = f"`{path[-1]}` holds the invisible character `{unprintable(text)}`"
            yield "type", message, path, "write plain text"


def _check_evaluations(assessment: Assessment) -> Iterator[Complaint]:
    for index, section in enumerate(assessment.evaluations):
        for name in ("fields", "used"):
            if not getattr(section, name):
                message = f"`{name}` of an evaluation is an empty list"
                right = "name what it informs, and how the ability was sought"
                yield "missing-key", message, ("evaluations", index, name), right
        for name in ("by", "record"):
            if not getattr(section, name):
                message = f"`{name}` of an evaluation is empty"
                right = "an evaluation needs who did it and where it is written down"
                yield "missing-key", message, ("evaluations", index, name), right


def _check_threat(threat: ThreatSection, index: int) -> Iterator[Complaint]:
    for name in ("actor", "resources", "path"):
        if not getattr(threat, name):
            message = f"`{name}` of the threat model of `{threat.scenario}` is empty"
            right = "say who acts, with what, by which steps"
            yield "missing-key", message, ("threats", index, name), right
    for number, barrier in enumerate(threat.barriers):
        place: KeyPath = ("threats", index, "barriers", number, "until")
        if barrier.until and not is_day(barrier.until):
            yield "type", f"`until = {barrier.until}` is no day", place, "write it as 2027-11-30"
        if not barrier.step or not barrier.barrier:
            message = f"a barrier of `{threat.scenario}` lacks its step or what it is"
            yield "missing-key", message, ("threats", index, "barriers", number), "fill in both"


def _texts(assessment: Assessment) -> Iterator[tuple[KeyPath, str]]:
    yield ("model", "card"), assessment.model.card
    for name in assessment.model.reference_class:
        yield ("model", "reference_class"), name
    for index, section in enumerate(assessment.evaluations):
        yield ("evaluations", index, "by"), section.by
        yield ("evaluations", index, "record"), section.record
    for index, threat in enumerate(assessment.threats):
        yield ("threats", index, "actor"), threat.actor
        yield ("threats", index, "resources"), threat.resources
        for step in threat.path:
            yield ("threats", index, "path"), step
        for number, barrier in enumerate(threat.barriers):
            yield ("threats", index, "barriers", number, "step"), barrier.step
            yield ("threats", index, "barriers", number, "barrier"), barrier.barrier
