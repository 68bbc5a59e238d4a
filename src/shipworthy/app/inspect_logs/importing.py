"""Importing logs: two readings, a registered plan, trials, findings, a draft and a bundle.

The first reading counts, the second writes; between them the plan is registered. What comes out is
a campaign like any other, except that nothing about it can support a go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.assessment_file import read_assessment
from shipworthy.app.decisions import Drafted, draft
from shipworthy.app.inspect_logs.census import GivenLog, LogReading, take_census
from shipworthy.app.inspect_logs.plans import (
    ImportedWork,
    ImportTerms,
    assessment_text,
    imported_work,
)
from shipworthy.app.inspect_logs.trials import write_trials
from shipworthy.app.preparation import Design, Surroundings
from shipworthy.app.project import Project
from shipworthy.app.publishing import Published, publish
from shipworthy.app.registration import (
    Registry,
    check_latest,
    enter,
    held,
    locked,
    read_registry,
    register,
    runner_signer,
)
from shipworthy.evidence import BlobStore, Signer, write_atomically
from shipworthy.instruments.attacks import Composer
from shipworthy.kernel import Clock, Location, Problem, canonical_bytes, timestamp
from shipworthy.records import CampaignPlan, CampaignRegistered, Submission
from shipworthy.stages.evaluating import next_submission, registration
from shipworthy.vocabulary import Ruling

_SPENDING: Final = "series"
_LONGEST_MODEL: Final = 200


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """What an import made of logs."""

    drafted: Drafted
    published: Published


def import_logs(
    reading: LogReading, terms: ImportTerms, project: Project, around: Surroundings
) -> ImportedRun:
    """Make a campaign of logs; importing the same logs again resumes, and changes nothing.

    Raises:
        Problem: `inspect-*` for logs that cannot be read or do not belong together; integrity
            where evidence was altered.
    """
    census = take_census(reading)
    work = imported_work(census, terms, one_model(reading.logs))
    signer = runner_signer(project.runner_key)
    plan, registry = _enlisted(work, project, signer, around.clock)
    folder = project.campaign(plan.name, plan.digest)
    with locked(folder):
        design = _design(work, plan.submission, registry.before(plan.digest), folder.path)
        store = BlobStore(project.store)
        store.put(design.file.source)
        store.put(canonical_bytes(design.rulebook))
        campaign = register(folder, plan, registry, signer, around.clock)
        check_latest(design, plan, registry)
        write_trials(campaign, census, reading)
    drafted = draft(campaign, design)
    if drafted.decision.ruling == Ruling.GO.value:
        raise Problem.of(
            "import-go",
            f"framework `{terms.rulebook.id}` drafts a go without looking at what was imported",
            help="name a framework that asks something of the domain; a log alone allows no go",
        )
    return ImportedRun(drafted, publish(drafted))


def one_model(logs: Sequence[GivenLog]) -> str:
    """Return the model that all logs name.

    Raises:
        Problem: `inspect-subject`.
    """
    models = sorted({given.log.header.eval.model for given in logs})
    if len(models) != 1 or not models[0].isprintable() or len(models[0]) > _LONGEST_MODEL:
        raise Problem.of(
            "inspect-subject",
            f"the logs name {len(models)} models, or one that cannot be shown",
            location=Location(str(logs[0].log.path)),
            help="import the logs of one model together: arms are compared on one model",
        )
    return models[0]


def _enlisted(
    work: ImportedWork, project: Project, signer: Signer, clock: Clock
) -> tuple[CampaignPlan, Registry]:
    """Return the plan under the number that it has, or the one that comes next, registered."""
    with held(project):
        registry = read_registry(project, signer.public)
        made = registry.of(work.terms.question.digest)
        plan = _submitted(work, made)
        entry = registration(plan, work.scenarios, timestamp(clock.now()))
        return plan, enter(project, registry, entry, signer)


def _submitted(work: ImportedWork, made: Sequence[CampaignRegistered]) -> CampaignPlan:
    """Return the plan as the submission that it was before, or as the one after all of them."""
    terms = work.terms

    def after(count: int) -> CampaignPlan:
        submission = next_submission(terms.question, made[:count], _SPENDING, terms.rulebook.alpha)
        return work.plan(submission)

    for count in reversed(range(len(made))):
        plan = after(count)
        if made[count].plan == plan.digest:
            return plan
    return after(len(made))


def _design(
    work: ImportedWork, submission: Submission, earlier: Sequence[CampaignRegistered], folder: Path
) -> Design:
    """Return the design that drafts and reports ask for; no part of it can ask a model."""
    path = folder / "assessment.toml"
    write_atomically(path, assessment_text(work))
    return Design(
        file=read_assessment(path),
        document=work.terms.document,
        rulebook=work.terms.rulebook,
        scenarios=work.scenarios,
        attacks={},
        layers=(),
        cards={},
        compose=Composer({}),
        items=work.items,
        stopping=(),
        reading=None,
        submission=submission,
        earlier=tuple(earlier),
    )
