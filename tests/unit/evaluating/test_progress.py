import pytest
from scipy.stats import beta

from campaigns import a_plan, trials_of
from shipworthy.cli.output.live import progress_line
from shipworthy.cli.output.submission_text import beside_attacks
from shipworthy.stages.evaluating import Progress
from shipworthy.testing.battery import battery_plan
from shipworthy.testing.bundles import example_trials
from shipworthy.vocabulary import Answered, Arm, Breached, TrialRole, Unassessed


def test_progress_shows_both_arms_and_when_it_will_end():
    plan = a_plan()
    trials = trials_of(
        plan,
        lambda item, arm: (
            Breached() if item.role is TrialRole.ADVERSARIAL and arm is Arm.BARE else None
        ),
    )
    progress = Progress(total=lambda: len(trials), started_at=100.0, alpha="0.0304")
    half = len(trials) // 2
    progress.carry(trials[0])
    for trial in trials[1:half]:
        progress.add(trial)
    view = progress.view(now=110.0)
    assert (view.done, view.total) == (half, len(trials))
    assert view.eta_s == 10.0 / (half - 1) * (len(trials) - half)
    assert view.before.rate.successes == view.before.rate.attempts > 0
    assert view.after.upper < 1.0
    assert view.after.lower == 0.0
    assert view.after.upper == pytest.approx(
        beta.ppf(1 - 0.0304, 1, view.after.rate.attempts), abs=1e-9
    )
    assert "] at alpha 0.0304" in progress_line(view)


def test_nothing_done_has_no_rate_and_no_estimate():
    view = Progress(total=lambda: 5, started_at=0.0, alpha="0.0304").view(now=1.0)
    assert (view.before, view.after, view.eta_s) == (None, None, None)


def test_answers_of_no_use_are_shown_apart_from_what_went_wrong():
    plan = a_plan()
    outcomes = iter([Unassessed(reason="target-timeout"), Answered(useful=False)])
    trials = trials_of(
        plan, lambda item, _arm: next(outcomes, None) if item.role is TrialRole.BENIGN else None
    )
    progress = Progress(total=lambda: len(trials), started_at=0.0, alpha="0.0304")
    for trial in trials:
        progress.add(trial)
    view = progress.view(now=1.0)
    assert (view.unassessed, view.not_useful) == (1, 1)


def test_tasks_and_agents_are_counted_beside_attacks():
    plan = battery_plan()
    trials = example_trials(plan)
    progress = Progress(total=lambda: len(trials), started_at=0.0, alpha="0.0304")
    for trial in trials:
        progress.add(trial)
    line = progress_line(progress.view(now=1.0))
    assert "solved 13/19" in line
    assert "unsanctioned 8/40" in line


def test_nothing_is_said_of_tasks_and_agents_that_were_not_tried():
    progress = Progress(total=lambda: 5, started_at=0.0, alpha="0.0304")
    line = progress_line(progress.view(now=1.0))
    assert "solved" not in line
    assert "unsanctioned" not in line


def test_what_runs_beside_attacks_is_said_before_it_runs():
    told = beside_attacks(battery_plan().items)
    assert told.startswith("80 attempts at tasks, 40 agents, 80 dressed scenarios, 2 strings")
    assert beside_attacks(a_plan().items) == ""
