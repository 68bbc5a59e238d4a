"""What an assessment may say where Inspect runs a task, and to which domain its samples belong."""

from typing import Final

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import RateField, Rulebook, TrustSection
from shipworthy.vocabulary import Sampling

TARGET: Final = "inspect"
"""What an assessment names as its target, and as its scenarios, where Inspect runs a task."""

ATTACK: Final = "as-written"
"""The attack of every sample: what the task itself does."""


def asked_domain(file: AssessmentFile, rulebook: Rulebook) -> str:
    """Return the domain of the samples, and refuse settings that say nothing to a task.

    Raises:
        Problem: `inspect-setting`; `inspect-domain` for another number of domains than one, or a
            domain of which the framework reads no finding.
    """
    assessment, campaign = file.assessment, file.assessment.campaign
    for key, found, right in (
        ("scenarios", campaign.scenarios, TARGET),
        ("attacks", campaign.attacks, ATTACK),
    ):
        if found != (right,) and not (key == "attacks" and not found):
            what = f"a task of Inspect brings its own {key}"
            raise _setting(file, ("campaign", key), what, f'write `{key} = ["{right}"]`')
    for words, idle in (
        ("subject.target", assessment.subject.target != TARGET),
        ("subject.system_prompt", bool(assessment.subject.system_prompt)),
        ("subject.sampling", assessment.subject.sampling != Sampling()),
        ("reading", assessment.reading is not None),
        ("trust", assessment.trust != TrustSection()),
        ("controls", assessment.controls is not None),
        ("campaign.attempts_per_task", campaign.attempts_per_task != 1),
        ("campaign.benign_per_domain", campaign.benign_per_domain != 0),
        ("campaign.attacks_per_scenario", campaign.attacks_per_scenario != 1),
    ):
        if idle:
            what = f"`{words}` says nothing to a task of Inspect"
            raise _setting(file, tuple(words.split(".")), what, _RIGHT[words])
    rates = [field for field in rulebook.fields if isinstance(field, RateField)]
    known = {field.finding.split(".")[1] for field in rates if field.finding.count(".") > 1}
    known -= {"all"}
    if len(campaign.domains) != 1 or campaign.domains[0] not in known:
        named = campaign.domains[0] if campaign.domains else ""
        raise Problem.of(
            "inspect-domain",
            "the samples of a task belong to one domain of which the framework reads findings",
            location=file.locate("campaign", "domains"),
            help=f"write one in `domains`: {did_you_mean(named, known)}",
        )
    return campaign.domains[0]


_RIGHT: Final = {
    "subject.target": f'set `target = "{TARGET}"`: `shipworthy evaluate` runs all others',
    "subject.system_prompt": "the task, or an agent in it, writes the system turn",
    "subject.sampling": "set `[subject.options.generate]`, by Inspect's names",
    "reading": "outputs of a task are read in `inspect view`",
    "trust": "a task says itself under which conditions it runs",
    "controls": "the controls around agents are tested by `shipworthy evaluate`",
    "campaign.attempts_per_task": "set `epochs` under `[subject.options]`",
    "campaign.benign_per_domain": "a task has no benign twins",
    "campaign.attacks_per_scenario": "set `epochs` under `[subject.options]`",
}


def _setting(file: AssessmentFile, path: tuple[str, ...], what: str, right: str) -> Problem:
    return Problem.of("inspect-setting", what, location=file.locate(*path), help=right)
