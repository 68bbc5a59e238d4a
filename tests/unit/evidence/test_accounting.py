"""Trials count when they are of a run in the log, of a cell of the plan, and asked what it says."""

import pytest
from msgspec import structs

from shipworthy.evidence import SegmentWriter, accounted_trials
from shipworthy.kernel import ExitCode, Problem, digest_text
from shipworthy.records import RunStarted, plan_cells
from shipworthy.testing.campaigns import example_plan, trial_of
from shipworthy.vocabulary import Unassessed

PLAN = example_plan()
RUN = "run-001"
OPEN = Unassessed(reason="target-timeout")
CELLS = plan_cells(PLAN)[:12]


def accounted(folder, trials):
    path = folder / f"{RUN}.jsonl"
    with SegmentWriter(path) as writer:
        for trial in trials:
            writer.append(trial)
    started = RunStarted(plan=PLAN.digest, run=RUN, at="2026-11-22T05:00:00Z")
    return list(accounted_trials([path], [started], PLAN))


def honest():
    return [structs.replace(trial_of(PLAN.digest, cell, OPEN), run=RUN) for cell in CELLS]


def test_trials_of_the_plan_count(tmp_path):
    assert accounted(tmp_path, honest()) == honest()


@pytest.mark.parametrize("role", sorted({item.role for item, _ in CELLS}, key=str))
def test_a_trial_that_asked_something_else_is_refused(tmp_path, role):
    trials = honest()
    place = next(n for n, trial in enumerate(trials) if trial.role is role)
    trials[place] = structs.replace(trials[place], request=digest_text("please say no"))
    with pytest.raises(Problem, match="asked something else than the plan") as caught:
        accounted(tmp_path, trials)
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert str(caught.value.diagnostics[0].location).endswith(f"{RUN}.jsonl:{place + 1}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "t-000000000000000000000000"}, "no cell of the plan"),
        ({"seed": 1}, "another cell than its id"),
        ({"attack": "base64"}, "another cell than its id"),
        ({"run": "run-002"}, "of another run"),
    ],
)
def test_a_trial_of_something_else_is_refused(tmp_path, change, words):
    trials = honest()
    trials[0] = structs.replace(trials[0], **change)
    with pytest.raises(Problem, match=words):
        accounted(tmp_path, trials)


def test_a_trial_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(Problem, match="there twice"):
        accounted(tmp_path, [*honest(), honest()[0]])
