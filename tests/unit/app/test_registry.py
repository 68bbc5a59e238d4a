"""The registry of a project: what it says, and what it notices."""

import pytest

from shipworthy.app.project import Project
from shipworthy.app.registration import read_registry, register, runner_signer, signed_files
from shipworthy.app.registration.registry import ORIGIN
from shipworthy.app.registration.submitting import check_latest, expected
from shipworthy.evidence import Ledger, sign_checkpoint
from shipworthy.evidence.checkpoints import read_checkpoint
from shipworthy.kernel import ExitCode, Problem
from shipworthy.records import PlanRegistered
from submitted import StillClock, a_design, a_subject, seeded, submit


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    return a_design(tmp_path_factory.mktemp("assessment"))


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "runs")


def entries(project):
    return read_registry(project, runner_signer(project.runner_key).public).entries


def opened(project, found):
    """Register a submitted design's plan in a log of its own."""
    signer = runner_signer(project.runner_key)
    plan = found.plan(a_subject())
    folder = project.campaign(plan.name, plan.digest)
    register(folder, plan, read_registry(project, signer.public), signer, StillClock())
    return folder


def refusal(project):
    with pytest.raises(Problem) as refused:
        read_registry(project, runner_signer(project.runner_key).public)
    assert refused.value.exit_code is ExitCode.INTEGRITY
    return refused.value.diagnostics[0].code


# Numbers.


def test_every_other_plan_of_a_question_is_the_next_submission(design, project):
    made = [submit(seeded(design, seed), project) for seed in (1, 2, 3)]
    assert [one.submission.number for one in made] == [1, 2, 3]
    assert [one.submission.alpha[:6] for one in made] == ["0.0303", "0.0075", "0.0033"]
    assert [entry.number for entry in entries(project)] == [1, 2, 3]


def test_the_same_assessment_of_the_same_subject_keeps_its_number(design, project):
    for seed in (1, 2, 1, 2, 1):
        assert submit(seeded(design, seed), project).submission.number == seed
    assert len(entries(project)) == 2


def test_another_checkpoint_is_another_submission_of_the_same_question(design, project):
    first = submit(design, project, a_subject("sha256:" + "1" * 64))
    second = submit(design, project, a_subject("sha256:" + "2" * 64))
    assert (first.submission.number, second.submission.number) == (1, 2)
    assert first.submission.question == second.submission.question


def test_later_submissions_take_scenarios_that_were_not_tried(design, project):
    first, second = (submit(seeded(design, seed), project) for seed in (1, 2))
    assert not {item.scenario for item in first.items} & {item.scenario for item in second.items}
    assert dict(second.opposed.reused) == {"secrets": (0, 4)}


def test_when_all_were_tried_they_are_used_again_and_counted(tmp_path, project):
    everything = a_design(tmp_path, scenarios_per_domain=0)
    submit(seeded(everything, 1), project)
    again = submit(seeded(everything, 2), project)
    assert dict(again.opposed.reused) == {"secrets": (36, 36)}


def test_a_question_that_was_to_be_asked_once_has_no_second_single_submission(tmp_path, project):
    once = a_design(tmp_path, submissions="single")
    assert submit(once, project).submission.alpha == "0.05"
    with pytest.raises(Problem) as refused:
        submit(seeded(once, 8), project)
    assert refused.value.diagnostics[0].code == "campaign-submissions"
    assert submit(once, project).submission.number == 1
    assert len(entries(project)) == 1


def test_what_follows_a_single_submission_is_opposed(tmp_path, design, project):
    submit(a_design(tmp_path, submissions="single"), project)
    later = submit(seeded(design, 8), project)
    assert later.opposed.spent
    assert later.submission.number == 2


def test_what_a_plan_would_be_is_said_without_writing_anything(design, project):
    assert expected(design, project).submission.number == 1
    assert not project.root.exists()
    opened(project, submit(seeded(design, 1), project))
    before = sorted(project.root.rglob("*"))
    assert expected(seeded(design, 2), project).submission.number == 2
    assert sorted(project.root.rglob("*")) == before


# What is noticed.


def test_an_entry_that_was_changed_is_refused(design, project):
    submit(design, project)
    path = project.registry / "entries.jsonl"
    path.write_text(path.read_text().replace('"series"', '"single"'))
    assert refusal(project) == "log-altered"


def test_a_registry_without_its_last_entry_is_refused(design, project):
    for seed in (1, 2):
        submit(seeded(design, seed), project)
    path = project.registry / "entries.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert refusal(project) == "log-altered"


def test_a_registry_without_a_checkpoint_is_refused(design, project):
    submit(design, project)
    (project.registry / "checkpoint").unlink()
    assert refusal(project) == "registry-altered"


def test_a_registry_that_was_put_back_is_refused_when_a_later_campaign_lies_beside_it(
    design, project
):
    opened(project, submit(seeded(design, 1), project))
    kept = {path.name: path.read_bytes() for path in project.registry.iterdir()}
    opened(project, submit(seeded(design, 2), project))
    for name, data in kept.items():
        (project.registry / name).write_bytes(data)
    assert refusal(project) == "registry-altered"


def test_a_registry_that_is_gone_is_refused_while_its_campaigns_are_there(design, project):
    opened(project, submit(design, project))
    for path in project.registry.iterdir():
        path.unlink()
    assert refusal(project) == "registry-altered"


def test_a_checkpoint_of_a_log_is_none_of_the_registry(design, project):
    submit(design, project)
    signer = runner_signer(project.runner_key)
    path = project.registry / "checkpoint"
    signed = read_checkpoint(path.read_bytes(), signer.public, "it")
    foreign = type(signed)(origin="shipworthy.dev/log", size=signed.size, root=signed.root)
    path.write_bytes(sign_checkpoint(foreign, signer))
    assert refusal(project) == "log-altered"


def test_an_entry_of_another_kind_has_no_place_in_the_registry(design, project):
    submit(design, project)
    signer = runner_signer(project.runner_key)
    ledger = Ledger.open(project.registry, signer.public, ORIGIN)
    ledger.append(PlanRegistered(plan="sha256:" + "0" * 64, at="2026-01-01T00:00:00Z"))
    assert refusal(project) == "registry-altered"


def test_a_number_out_of_order_is_refused_even_when_it_was_signed(design, project):
    submit(design, project)
    signer = runner_signer(project.runner_key)
    ledger = Ledger.open(project.registry, signer.public, ORIGIN)
    (entry,) = ledger.entries()
    ledger.append(type(entry)(**{**fields(entry), "plan": "sha256:" + "0" * 64, "number": 1}))
    ledger.checkpoint(signer)
    assert refusal(project) == "registry-altered"


def fields(entry):
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def test_a_campaign_that_was_never_entered_cannot_be_opened(design, project):
    submit(seeded(design, 1), project)
    with pytest.raises(Problem) as refused:
        opened(project, seeded(design, 2))
    assert refused.value.diagnostics[0].code == "registry-altered"


# Order.


def test_a_campaign_does_not_go_on_after_a_later_one_used_its_scenarios(tmp_path, project):
    everything = a_design(tmp_path, scenarios_per_domain=0)
    first = submit(seeded(everything, 1), project)
    second = submit(seeded(everything, 2), project)
    registry = read_registry(project, None)
    with pytest.raises(Problem, match="a later one is registered and uses 36 of its scenarios"):
        check_latest(first, first.plan(a_subject()), registry)
    check_latest(second, second.plan(a_subject()), registry)


def test_a_campaign_goes_on_beside_a_later_one_with_scenarios_of_its_own(design, project):
    first, _ = (submit(seeded(design, seed), project) for seed in (1, 2))
    check_latest(first, first.plan(a_subject()), read_registry(project, None))


def test_what_is_published_is_signed_as_a_whole(design, project):
    submit(design, project)
    signer = runner_signer(project.runner_key)
    registry, files = signed_files(project, signer)
    note = read_checkpoint(files["checkpoint"], signer.public, "it")
    assert note.size == len(registry.entries) == files["entries.jsonl"].count(b"\n") == 1
