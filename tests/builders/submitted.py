"""Designs of one question in one project, without a target: for tests of the registry."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from assessments import write_assessment
from shipworthy.app.project import Project
from shipworthy.app.registration import enlist, runner_signer
from shipworthy.cli.session import load_design, surroundings
from shipworthy.records import SubjectIdentity
from shipworthy.vocabulary import Sampling
from small_framework import write_small_framework


class StillClock:
    def now(self):
        return datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def a_subject(weights=""):
    return SubjectIdentity(
        name="m",
        endpoint="test",
        weights=weights,
        quantisation="",
        engine="",
        template="",
        system_prompt="",
        sampling=Sampling(),
    )


def a_design(folder: Path, **changes):
    """The design of a small assessment under a framework that reads one domain."""
    write_small_framework(folder)
    values = {
        "framework": "./pocket.yaml",
        "domains": ["secrets"],
        "scenarios_per_domain": 4,
        "safeguards": ["output-filter"],
    } | changes
    path = write_assessment(folder, "http://127.0.0.1:9/v1", **values)
    head, _, rest = path.read_text().partition("[[facts]]")
    _, mark, layers = rest.partition("\n[[safeguards]]")
    path.write_text(head + mark + layers)
    return load_design(path, surroundings())


def seeded(design, seed):
    """The same assessment with another seed, as if it was written so."""
    assessment = design.file.assessment
    header = msgspec.structs.replace(assessment.assessment, seed=seed)
    changed = msgspec.structs.replace(assessment, assessment=header)
    return replace(design, file=replace(design.file, assessment=changed), earlier=("unknown",))


def submit(design, project: Project, subject=None):
    """Enter a design into the registry of a project; returns it as it was registered."""
    signer = runner_signer(project.runner_key)
    found, _ = enlist(design, subject or a_subject(), project, signer, StillClock())
    return found
