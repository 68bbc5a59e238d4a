"""Trials, runs and the plan: what was planned is what ran, and all of it is there."""

import pytest

from shipworthy.evidence import key_id
from shipworthy.kernel import derive_id, digest_bytes

LOG = "log/entries.jsonl"
FIRST = "trials/run-001.jsonl"
LAST = "trials/run-002.jsonl"


def breached(trial):
    return trial["role"] == "adversarial" and trial["outcome"]["type"] == "breached"


def renamed(trial, plan):
    """Return the id that a trial has under another plan."""
    cell = (trial["scenario"], trial["attack"], trial["role"], trial["arm"], trial["seed"])
    return derive_id("t", plan, *cell)


def test_the_honest_bundle_verifies(forge):
    result = forge.verify(trusted_keys=[forge.keys.runner.key_id])
    assert result.failures == ()
    assert result.ok
    assert len(result.checks) == 17
    assert result.ruling == "go"
    assert result.runner == key_id(forge.keys.runner.public)


def test_resealing_an_unchanged_bundle_still_verifies(forge):
    forge.reseal()
    assert forge.codes() == set()


def test_a_flipped_trial_breaks_the_root_of_its_run(forge):
    forge.trial(breached, lambda trial: trial.update(outcome={"type": "held", "by": "model"}))
    forge.reseal_manifest()
    assert "SV-TRIALS-ROOT" in forge.codes()


def test_a_flipped_trial_under_a_new_root_contradicts_the_findings(forge):
    forge.trial(breached, lambda trial: trial.update(outcome={"type": "held", "by": "model"}))
    forge.reseal()
    assert "SV-FINDING-COUNTS" in forge.codes()


def test_an_unassessed_trial_turned_into_held_contradicts_the_findings(forge):
    forge.trial(
        lambda trial: trial["outcome"]["type"] == "unassessed",
        lambda trial: trial.update(outcome={"type": "held", "by": "model"}, judge="leak"),
    )
    forge.reseal()
    assert {"SV-FINDING-COUNTS", "SV-FINDING-BOUNDS"} <= forge.codes()


def test_a_dropped_trial_leaves_a_cell_of_the_plan_empty(forge):
    forge.edit_lines(LAST, lambda records: records[1:])
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_a_dropped_trial_contradicts_the_count_in_the_log(forge):
    forge.edit_lines(LAST, lambda records: records[1:])
    forge.reseal(roots=False)
    assert {"SV-RUN-COUNT", "SV-TRIALS-ROOT"} <= forge.codes()


def test_a_duplicated_trial_is_counted_once_at_most(forge):
    forge.edit_lines(LAST, lambda records: [*records, records[0]])
    forge.reseal()
    assert "SV-TRIAL-TWICE" in forge.codes()


def test_a_trial_repeated_in_another_run_is_noticed(forge):
    again = {**forge.lines(FIRST)[0], "run": "run-002"}
    forge.edit_lines(LAST, lambda records: [*records, again])
    forge.reseal()
    assert "SV-TRIAL-TWICE" in forge.codes()


def test_an_added_trial_is_no_cell_of_the_plan(forge):
    extra = {**forge.lines(LAST)[0], "seed": 99, "id": "t-" + "0" * 24}
    forge.edit_lines(LAST, lambda records: [*records, extra])
    forge.reseal()
    assert "SV-TRIAL-UNPLANNED" in forge.codes()


def test_a_trial_of_another_model_is_no_cell_of_the_plan(forge):
    plan = forge.json("plan.json")
    plan["subject"]["name"] = "a better model"
    other = digest_bytes(repr(plan).encode())
    trial = forge.lines(LAST)[0]
    trial["id"] = renamed(trial, other)
    forge.edit_lines(LAST, lambda records: [trial, *records[1:]])
    forge.reseal()
    assert {"SV-TRIAL-UNPLANNED", "SV-TRIAL-MISSING"} <= forge.codes()


def test_a_trial_keeps_to_the_file_of_its_run(forge):
    forge.trial(breached, lambda trial: trial.update(run="run-777"))
    forge.reseal()
    assert "SV-TRIAL-CELL" in forge.codes()


def test_a_relabelled_domain_contradicts_the_plan(forge):
    forge.trial(breached, lambda trial: trial.update(domain="harmless"))
    forge.reseal()
    assert "SV-TRIAL-CELL" in forge.codes()


@pytest.mark.parametrize("role", ["adversarial", "benign", "positive-control", "negative-control"])
def test_a_trial_that_asked_something_else_is_refused(forge, role):
    """A softer request under the name of the registered attack."""
    softer = digest_bytes(b"please say no")
    forge.trial(lambda trial: trial["role"] == role, lambda trial: trial.update(request=softer))
    forge.reseal()
    assert forge.codes() == {"SV-TRIAL-REQUEST"}


def test_a_plan_rewritten_to_what_was_asked_no_longer_owns_the_trials(forge):
    softer = digest_bytes(b"please say no")
    forge.trial(breached, lambda trial: trial.update(request=softer))
    asked = next(t for t in forge.lines(FIRST) if t["request"] == softer)

    def admit(plan):
        for item in plan["items"]:
            if all(item[key] == asked[key] for key in ("scenario", "attack", "role")):
                item["request"] = softer

    forge.edit("plan.json", admit)
    forge.reseal()
    assert {"SV-TRIAL-UNPLANNED", "SV-TRIAL-MISSING"} <= forge.codes()


def test_a_plan_that_does_not_say_what_will_be_asked_is_refused(forge):
    forge.edit("plan.json", lambda plan: [item.pop("request") for item in plan["items"]])
    digest = digest_bytes(forge.files["plan.json"])
    for path in (FIRST, LAST):
        forge.edit_lines(path, lambda trials: [{**t, "id": renamed(t, digest)} for t in trials])
    forge.reseal()
    assert "SV-RECORD" in forge.codes()


def test_a_trial_judged_by_a_stranger_is_refused(forge):
    forge.trial(breached, lambda trial: trial.update(judge="lenient"))
    forge.reseal()
    assert "SV-TRIAL-JUDGE" in forge.codes()


def test_a_trial_judged_by_nobody_is_refused(forge):
    forge.trial(breached, lambda trial: trial.update(judge=""))
    forge.reseal()
    assert "SV-TRIAL-JUDGE" in forge.codes()


def test_an_attack_cannot_end_as_a_benign_answer(forge):
    forge.trial(breached, lambda trial: trial.update(outcome={"type": "answered", "useful": False}))
    forge.reseal()
    assert "SV-TRIAL-OUTCOME" in forge.codes()


def test_a_breached_negative_control_cannot_be_hidden(forge):
    forge.trial(
        lambda trial: trial["role"] == "negative-control",
        lambda trial: trial.update(outcome={"type": "breached"}),
    )

    def admit(finding):
        finding["rate"]["successes"] += 1
        finding["held_by"]["model"] -= 1

    forge.finding("control-breach.secrets.negative", admit)
    forge.finding("control-breach.all.negative", admit)
    forge.reseal()
    assert "SV-FINDING-BLOCKERS" in forge.codes()


def test_a_run_left_out_is_missed(forge):
    del forge.files[FIRST]
    forge.reseal()
    assert {"SV-RUN-MISSING", "SV-TRIAL-MISSING"} <= forge.codes()


def test_a_run_erased_from_the_log_as_well_leaves_cells_empty(forge):
    del forge.files[FIRST]
    forge.edit_lines(LOG, lambda entries: [e for e in entries if e.get("run") != "run-001"])
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_a_run_without_an_end_is_not_accounted_for(forge):
    forge.edit_lines(
        LOG,
        lambda entries: [
            e for e in entries if not (e["type"] == "run-ended" and e["run"] == "run-001")
        ],
    )
    forge.reseal()
    assert "SV-RUN-OPEN" in forge.codes()


def test_a_run_that_the_log_does_not_know_is_refused(forge):
    forge.write_lines("trials/run-000.jsonl", [])
    forge.reseal()
    assert "SV-RUN-UNLOGGED" in forge.codes()


def test_a_run_of_another_plan_in_the_log_is_refused(forge):
    other = digest_bytes(b"another plan")
    forge.edit_lines(
        LOG,
        lambda entries: [{**e, "plan": other} if e.get("run") == "run-002" else e for e in entries],
    )
    forge.reseal(plan=False)
    assert "SV-RUN-PLAN" in forge.codes()


def test_a_run_that_starts_twice_is_refused(forge):
    def again(entries):
        start = next(e for e in entries if e["type"] == "run-started")
        return [*entries, start]

    forge.edit_lines(LOG, again)
    forge.reseal()
    assert "SV-RUN-TWICE" in forge.codes()


def test_a_plan_changed_after_the_fact_is_not_the_registered_one(forge):
    forge.edit("plan.json", lambda plan: plan.update(alpha="0.20"))
    forge.reseal(plan=False)
    assert "SV-PLAN-UNREGISTERED" in forge.codes()


def test_a_changed_plan_registered_anew_no_longer_owns_the_trials(forge):
    forge.edit("plan.json", lambda plan: plan.update(alpha="0.20"))
    forge.reseal()
    assert {"SV-TRIAL-UNPLANNED", "SV-TRIAL-MISSING"} <= forge.codes()


def test_a_plan_registered_after_the_run_had_started_is_late(forge):
    forge.edit_lines(LOG, lambda entries: [*entries[1:3], entries[0], *entries[3:]])
    forge.reseal()
    assert "SV-PLAN-LATE" in forge.codes()


def test_a_second_plan_in_the_log_is_refused(forge):
    second = {
        "type": "plan-registered",
        "plan": digest_bytes(b"plan b"),
        "at": "2026-11-22T05:00:00Z",
    }
    forge.edit_lines(LOG, lambda entries: [entries[0], second, *entries[1:]])
    forge.reseal(plan=False)
    assert "SV-PLAN-COUNT" in forge.codes()


def test_a_go_on_an_unfinished_campaign_is_refused(forge):
    forge.edit_lines(LAST, lambda records: records[1:])
    forge.edit_lines(
        LOG,
        lambda entries: [
            {**e, "how": "stopped"} if e["type"] == "run-ended" else e for e in entries
        ],
    )
    forge.reseal()
    codes = forge.codes()
    assert "SV-DECISION-INCOMPLETE" in codes
    assert "SV-TRIAL-MISSING" not in codes


def test_a_torn_trial_file_is_refused(forge):
    forge.files[LAST] = forge.files[LAST][:-1]
    forge.reseal_manifest()
    assert "SV-CANONICAL" in forge.codes()


def test_a_swapped_scenario_is_not_the_one_planned(forge):
    def swap(scenarios):
        scenarios["secrets-001"] = {**scenarios["secrets-001"]}
        scenarios["secrets-001"]["scenario"] = {
            **scenarios["secrets-001"]["scenario"],
            "request": "Good morning.",
        }

    forge.edit("scenarios.json", swap)
    forge.reseal()
    assert "SV-SCENARIO" in forge.codes()


def test_a_swapped_scenario_with_its_own_digest_is_not_the_one_planned(forge):
    def swap(scenarios):
        from shipworthy.kernel import digest_of

        entry = scenarios["secrets-001"]
        entry["scenario"]["request"] = "Good morning."
        entry["digest"] = digest_of(entry["scenario"])

    forge.edit("scenarios.json", swap)
    forge.reseal()
    assert "SV-SCENARIO" in forge.codes()


def test_an_edited_judge_card_is_not_the_one_planned(forge):
    forge.edit("cards/leak.json", lambda card: card.update(false_negatives=0))
    forge.reseal()
    assert "SV-CARD" in forge.codes()


def test_a_removed_judge_card_is_missed(forge):
    del forge.files["cards/leak.json"]
    forge.reseal()
    assert "SV-CARD" in forge.codes()
