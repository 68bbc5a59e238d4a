"""A project that another version of the program made is told from one that was altered."""

import json

import pytest

from shipworthy.app.project import Project
from shipworthy.app.registration import read_registry, register, reopen, runner_signer
from shipworthy.app.registration.registry import ORIGIN
from shipworthy.evidence import Checkpoint, leaf_hash, merkle_root, sign_checkpoint
from shipworthy.kernel import ExitCode, Problem, canonical_bytes, digest_bytes
from submitted import StillClock, a_design, a_subject, submit


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    return a_design(tmp_path_factory.mktemp("assessment"))


@pytest.fixture
def project(design, tmp_path):
    """A project with one registered campaign."""
    made = Project(tmp_path / "runs")
    signer = runner_signer(made.runner_key)
    plan = submit(design, made).plan(a_subject())
    folder = made.campaign(plan.name, plan.digest)
    register(folder, plan, read_registry(made, signer.public), signer, StillClock())
    return made


def unknown_field(record):
    return {**record, "colour": "green"}


def missing_field(record):
    return {key: value for key, value in record.items() if key not in {"at", "alpha"}}


def rewrite_entry(project, change):
    path = project.registry / "entries.jsonl"
    (line,) = path.read_bytes().splitlines()
    path.write_bytes(canonical_bytes(change(json.loads(line))) + b"\n")


def rewrite_plan(project, change):
    """Write the plan as `change` would have it, and register it so in registry and log."""
    (folder,) = project.all_campaigns()
    old = digest_bytes(folder.plan.read_bytes())
    folder.plan.write_bytes(canonical_bytes(change(json.loads(folder.plan.read_bytes()))))
    new = digest_bytes(folder.plan.read_bytes())
    for path in (project.registry / "entries.jsonl", folder.log / "entries.jsonl"):
        path.write_text(path.read_text().replace(old, new))


def sign(project):
    path = project.registry / "entries.jsonl"
    lines = path.read_bytes().splitlines()
    root = merkle_root([leaf_hash(line) for line in lines])
    note = Checkpoint(origin=ORIGIN, size=len(lines), root=root)
    signed = sign_checkpoint(note, runner_signer(project.runner_key))
    (project.registry / "checkpoint").write_bytes(signed)


def resume(project):
    signer = runner_signer(project.runner_key)
    registry = read_registry(project, signer.public)
    return reopen(next(project.all_campaigns()), registry, signer, StillClock())


def refusal(project):
    with pytest.raises(Problem) as refused:
        resume(project)
    return refused.value.diagnostics[0], refused.value.exit_code


@pytest.mark.parametrize("change", [unknown_field, missing_field])
@pytest.mark.parametrize("rewrite", [rewrite_entry, rewrite_plan])
def test_what_was_signed_and_cannot_be_read_is_of_another_version(project, rewrite, change):
    rewrite(project, change)
    sign(project)
    found, code = refusal(project)
    assert (found.code, code) == ("record-version", ExitCode.USAGE)
    assert "another version of the program wrote it" in found.message
    assert "field `" in found.message


def test_a_plan_that_this_version_would_write_otherwise_is_of_another_version(project):
    rewrite_plan(project, lambda plan: {k: v for k, v in plan.items() if k != "stopping"})
    sign(project)
    found, _ = refusal(project)
    assert found.code == "record-version"


@pytest.mark.parametrize("change", [unknown_field, missing_field])
def test_the_same_change_without_a_signature_is_an_alteration(project, change):
    rewrite_entry(project, change)
    assert refusal(project)[1] is ExitCode.INTEGRITY


def test_a_line_behind_the_signed_ones_is_an_alteration(project):
    with (project.registry / "entries.jsonl").open("ab") as stream:
        stream.write(b'{"colour":"green"}\n')
    assert refusal(project)[1] is ExitCode.INTEGRITY


def test_a_plan_that_was_never_registered_so_is_no_other_version(project):
    (folder,) = project.all_campaigns()
    folder.plan.write_bytes(folder.plan.read_bytes().replace(b'"alpha"', b'"colour"', 1))
    found, _ = refusal(project)
    assert found.code != "record-version"
