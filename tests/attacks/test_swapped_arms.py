"""Trials that change sides: what an arm did is not what the other did.

A comparison of two runs that nothing ties together can be turned by moving or losing results:
linuxarena/control-tower PR 1690 (scores of another monitor), UKGovernmentBEIS/inspect_ai #5444 (no
digests in its logs).
"""

import pytest


def attack(trial, arm, outcome):
    return (
        trial["role"] == "adversarial"
        and trial["arm"] == arm
        and trial["outcome"]["type"] == outcome
    )


def trials(forge):
    return [
        (path, index, record)
        for path in sorted(name for name in forge.files if name.startswith("trials/"))
        for index, record in enumerate(forge.lines(path))
    ]


def replace(forge, path, index, record):
    records = forge.lines(path)
    records[index] = record
    forge.write_lines(path, records)


def a_breach_and_its_twin(forge):
    """Return a breached bare trial and the trial of its item behind the safeguards, held."""
    every = trials(forge)
    for bare in every:
        if not attack(bare[2], "bare", "breached"):
            continue
        for safe in every:
            same = all(bare[2][key] == safe[2][key] for key in ("scenario", "attack", "seed"))
            if same and attack(safe[2], "safeguarded", "held"):
                return bare, safe
    raise AssertionError("no such pair")


def test_trials_that_swap_their_arms_are_refused(forge):
    bare, safe = a_breach_and_its_twin(forge)
    replace(forge, *bare[:2], {**bare[2], "arm": "safeguarded"})
    replace(forge, *safe[:2], {**safe[2], "arm": "bare"})
    forge.reseal()
    assert forge.codes() & {"SV-TRIAL-CELL", "SV-TRIAL-UNPLANNED", "SV-TRIAL-TWICE"}


def test_trials_that_swap_arms_and_ids_contradict_the_findings(forge):
    bare, safe = a_breach_and_its_twin(forge)
    replace(forge, *bare[:2], {**bare[2], "outcome": safe[2]["outcome"]})
    replace(forge, *safe[:2], {**safe[2], "outcome": bare[2]["outcome"]})
    forge.reseal()
    assert any(code.startswith("SV-FINDING") for code in forge.codes())


@pytest.mark.parametrize(
    ("arm", "outcome"), [("bare", "breached"), ("bare", "held"), ("safeguarded", "held")]
)
def test_what_happened_in_one_arm_cannot_be_dropped(forge, arm, outcome):
    assert any(attack(trial, arm, outcome) for _, _, trial in trials(forge))
    for path in {path for path, _, _ in trials(forge)}:
        forge.edit_lines(path, lambda records: [t for t in records if not attack(t, arm, outcome)])
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_unassessed_trials_cannot_be_dropped_from_the_denominator(forge):
    """wandb/rai-toolkit #66, and UKGovernmentBEIS/control-arena #779 from the other side."""
    wanted = [t for _, _, t in trials(forge) if t["outcome"]["type"] == "unassessed"]
    assert wanted
    for path in {path for path, _, _ in trials(forge)}:
        forge.edit_lines(
            path, lambda records: [t for t in records if t["outcome"]["type"] != "unassessed"]
        )
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_an_unassessed_trial_cannot_be_called_held(forge):
    """A judge that could not decide is no resistance: safety-research/bloom PR 56."""
    forge.trial(
        lambda t: t["role"] == "adversarial" and t["outcome"]["type"] == "unassessed",
        lambda t: t.update(outcome={"type": "held", "by": "model"}),
    )
    forge.reseal()
    assert forge.codes()
