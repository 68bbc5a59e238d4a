"""What every pipeline command needs: the assessment, the project, the machine around it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.app.project import Project
from shipworthy.kernel import Registry, Surroundings, SystemClock

if TYPE_CHECKING:
    from shipworthy.app.preparation import Design

file_argument = click.argument("file", type=click.Path(path_type=Path))

project_option = click.option(
    "--project",
    "project_dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("runs"),
    show_default=True,
    help="Where campaigns, keys and bundles are kept.",
)


def surroundings() -> Surroundings:
    """Return the machine's plug-ins, environment and clock."""
    return Surroundings(Registry.installed(), os.environ, SystemClock())


def load_design(file: Path, around: Surroundings) -> "Design":
    """Read an assessment and everything it names but the target."""
    from shipworthy.app.assessment_file import read_assessment
    from shipworthy.app.preparation import design_campaign

    return design_campaign(read_assessment(file), around)


def expected_design(file: Path, project_dir: Path, around: Surroundings) -> "Design":
    """Read an assessment as the submission of its question that it would be in this project."""
    from shipworthy.app.registration import expected

    return expected(load_design(file, around), open_project(project_dir))


def open_project(folder: Path) -> Project:
    """Return the project in a folder."""
    return Project(folder)
