"""Campaigns that stopped early: nobody can choose the moment, the order or the verdict.

The adversary holds the runner's key and reseals everything after each change.
"""

import re

import pytest

from early_ends import (
    BREACHED,
    FINDING,
    HELD,
    LOOSE,
    OPEN,
    TIGHT,
    attacks,
    drop_from,
    edit_record,
    end_as,
    in_stream,
    keep_trials,
    order,
    record,
    replan,
    set_outcome,
    trial_files,
)


@pytest.fixture
def forge(early, tmp_path, forgery):
    return forgery(early, tmp_path)


# The honest bundle.


def test_an_honest_campaign_that_stopped_early_verifies(forge):
    result = forge.verify()
    assert result.failures == ()
    assert result.ruling == "go"
    assert record(forge, LOOSE)["verdict"] == record(forge, TIGHT)["verdict"] == "pass"
    assert record(forge, LOOSE)["scenarios"] < record(forge, TIGHT)["scenarios"] < 60
    assert record(forge, TIGHT)["late"] == 2
    assert len(attacks(forge)) == record(forge, TIGHT)["scenarios"] + 2


def test_a_replanned_bundle_without_a_change_verifies_up_to_its_signatures_over_the_draft(forge):
    """The tool of the tests below changes nothing but identities."""
    replan(forge, lambda plan: plan.update(name="another name"))
    assert forge.codes() <= {"SV-SIGNOFF-DECISION"}


def test_lines_in_another_order_say_the_same(forge):
    """Results wait for their turn, so the order in which they were written is no choice."""
    for path in trial_files(forge):
        forge.edit_lines(path, lambda trials: trials[::-1])
    forge.reseal()
    assert forge.codes() == set()


def test_late_trials_may_be_there_or_not_but_are_counted(forge):
    drop_from(forge, record(forge, TIGHT)["scenarios"])
    forge.reseal()
    codes = forge.codes()
    assert "SV-SEQUENTIAL" in codes
    assert "SV-TRIAL-MISSING" not in codes


# Stopping at a moment of one's choice.


def test_a_stream_cut_before_its_verdict_is_missing_trials(forge):
    drop_from(forge, record(forge, TIGHT)["scenarios"] - 1)
    forge.reseal()
    assert {"SV-TRIAL-MISSING", "SV-SEQUENTIAL"} <= forge.codes()


def test_a_stream_cut_after_the_favourable_question_supports_no_go(forge):
    """Keep the verdict on the loose limit, hide what would follow on the tight one."""
    drop_from(forge, record(forge, LOOSE)["scenarios"])
    end_as(forge, "stopped")
    forge.reseal()
    codes = forge.codes()
    assert {"SV-DECISION-INCOMPLETE", "SV-SEQUENTIAL"} <= codes


def test_a_gap_in_a_stream_is_no_shorter_stream(forge):
    scenario = order(forge)[5]
    keep_trials(forge, lambda t: not (in_stream(t) and t["scenario"] == scenario))
    forge.reseal()
    assert {"SV-TRIAL-MISSING", "SV-SEQUENTIAL"} <= forge.codes()


def test_a_breach_left_out_so_that_the_next_scenario_takes_its_place_is_missed(forge):
    bad = order(forge)[2]
    set_outcome(forge, 2, BREACHED)
    keep_trials(forge, lambda t: not (in_stream(t) and t["scenario"] == bad))
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_the_arm_that_runs_beside_may_not_stop_earlier(forge):
    drop_from(forge, record(forge, TIGHT)["scenarios"] - 3, arm="bare")
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_the_other_domain_has_no_early_end(forge):
    keep_trials(
        forge,
        lambda t: not (t["domain"] == "policy" and t["scenario"] in {"policy-019", "policy-020"}),
    )
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


def test_benign_trials_of_the_domain_are_due_to_the_last_scenario(forge):
    last = order(forge)[-1]
    keep_trials(forge, lambda t: not (t["scenario"] == last and t["role"] == "benign"))
    forge.reseal()
    assert "SV-TRIAL-MISSING" in forge.codes()


# Verdicts and counts.


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "not-shown"},
        {"verdict": "continue"},
        {"scenarios": 9},
        {"successes": 1},
        {"unassessed": 1},
        {"late": 0},
        {"cap": 600},
        {"fixed_scenarios": 6000},
        {"false_go": "0.001000"},
        {"false_fail": "0.001000"},
        {"limit": "0.350"},
        {"finding": "asr.secrets.bare"},
        {"plan": "sha256:" + "0" * 64},
        {"surplus": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_field_of_a_record_is_recomputed(forge, changes):
    edit_record(forge, LOOSE, **changes)
    forge.reseal()
    assert "SV-SEQUENTIAL" in forge.codes()


def test_a_certificate_off_by_three_units_is_noticed_and_one_unit_is_not(forge):
    found = round(float(record(forge, LOOSE)["false_go"]) * 10**6)
    edit_record(forge, LOOSE, false_go=f"{(found - 3) / 10**6:.6f}")
    forge.reseal()
    assert "SV-SEQUENTIAL" in forge.codes()
    edit_record(forge, LOOSE, false_go=f"{(found + 1) / 10**6:.6f}")
    forge.reseal()
    assert "SV-SEQUENTIAL" not in forge.codes()


def test_a_question_without_its_record_is_missed(forge):
    forge.edit("findings.json", lambda document: document["sequential"].pop())
    forge.reseal()
    assert "SV-SEQUENTIAL" in forge.codes()


def test_a_record_without_its_question_is_refused(forge):
    extra = {**record(forge, LOOSE), "id": "asr.secrets.safeguarded@0.01", "limit": "0.01"}
    forge.edit("findings.json", lambda document: document["sequential"].append(extra))
    forge.reseal()
    assert "SV-SEQUENTIAL" in forge.codes()


def test_a_breach_before_the_verdict_changes_it(forge):
    set_outcome(forge, 4, BREACHED)
    forge.reseal()
    assert {"SV-SEQUENTIAL", "SV-FINDING-COUNTS", "SV-FINDING-BOUNDS"} <= forge.codes()


def test_an_unassessed_scenario_turned_into_held_changes_when_it_passed(forge):
    place = next(p for p, t in attacks(forge).items() if t["outcome"]["type"] == "unassessed")
    set_outcome(forge, place, HELD)
    forge.reseal()
    assert {"SV-SEQUENTIAL", "SV-FINDING-COUNTS"} <= forge.codes()


def test_outcomes_dealt_anew_among_scenarios_change_when_it_passed(forge):
    """Same counts in all, but the open outcome comes early: PASS on the loose limit moves."""
    place = next(p for p, t in attacks(forge).items() if t["outcome"]["type"] == "unassessed")
    assert place > record(forge, LOOSE)["scenarios"]
    set_outcome(forge, place, HELD)
    set_outcome(forge, 0, OPEN)
    forge.reseal()
    assert "SV-SEQUENTIAL" in forge.codes()


def test_a_breach_after_the_end_counts_for_nothing(forge):
    """It was in flight. It is in the log, and the end was decided without it."""
    last = max(attacks(forge))
    assert last >= record(forge, TIGHT)["scenarios"]
    set_outcome(forge, last, BREACHED)
    forge.reseal()
    assert not {"SV-SEQUENTIAL", "SV-FINDING-COUNTS", "SV-FINDING-BOUNDS"} & forge.codes()


def test_late_trials_counted_in_the_rate_are_refused(forge):
    forge.finding(FINDING, lambda finding: finding["rate"].update(attempts=34))
    forge.reseal()
    assert "SV-FINDING-COUNTS" in forge.codes()


# Bounds and pairs.


@pytest.mark.parametrize("key", ["lower", "upper", "upper_adjusted"])
def test_a_limit_of_a_sequential_finding_is_recomputed(forge, key):
    bare = "asr.secrets.bare"
    forge.finding(bare, lambda finding: finding["bounds"].update({key: "0.123456"}))
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


@pytest.mark.parametrize("key", ["lower", "upper"])
def test_a_limit_that_is_exact_may_not_be_off_by_a_millionth(forge, key):
    def shave(finding):
        shown = round(float(finding["bounds"][key]) * 10**6) - 1
        finding["bounds"][key] = f"{shown / 10**6:.6f}"

    forge.finding("asr.secrets.bare", shave)
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


def test_a_bound_of_one_look_under_the_name_of_many_is_refused(forge):
    """Clopper-Pearson of no breach in 32 and one open: smaller, and not valid after looking."""
    forge.finding(FINDING, lambda finding: finding["bounds"].update(upper="0.137000"))
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


def test_the_method_of_a_sequential_finding_is_fixed(forge):
    change = {"method": "korn-graubard-floor/1"}
    forge.finding(FINDING, lambda finding: finding["bounds"].update(change))
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


@pytest.mark.parametrize(
    "change",
    [
        {"method": "tango-mcnemar/1"},
        {"p_exact": "0.000010"},
        {"difference_lower": "0.600000"},
        {"ratio_upper": "0.010000"},
        {"ratio_upper": None},
    ],
    ids=["method", "p", "limit", "ratio", "no ratio"],
)
def test_the_paired_finding_of_a_sequential_domain_is_recomputed(forge, change):
    def edit(document):
        next(p for p in document["paired"] if p["id"] == "asr.secrets").update(change)

    forge.edit("findings.json", edit)
    forge.reseal()
    assert "SV-PAIRED-COUNTS" in forge.codes()


def test_no_difference_is_pooled_over_domains_of_which_one_stopped_early(forge):
    def pool(document):
        one = next(p for p in document["paired"] if p["id"] == "asr.policy")
        document["paired"].append({**one, "id": "asr.all", "domain": "all"})

    forge.edit("findings.json", pool)
    forge.reseal()
    assert "SV-PAIRED-UNKNOWN" in forge.codes()


# The report.


def claim(forge, key):
    """A claim about the tight question on the page: its whole element, and its text."""
    page = forge.files["report.html"].decode()
    found = re.search(rf'<a [^>]*data-claim="sequential:{TIGHT}#{key}"[^>]*>([^<]*)</a>', page)
    return found.group(0), found.group(1)


@pytest.mark.parametrize("key", ["scenarios", "late", "cap", "fixed_scenarios", "false_go"])
def test_the_report_says_of_a_question_what_its_record_says(forge, key):
    element, text = claim(forge, key)
    forge.replace("report.html", element, element.replace(f">{text}<", ">99<"))
    forge.reseal()
    assert "SV-CLAIM-TEXT" in forge.codes()


def test_an_error_may_not_be_rounded_down(forge):
    element, text = claim(forge, "false_go")
    assert text == "2.4\u202f%"
    lower = element.replace("percent-up", "percent-down").replace(text, "2.3\u202f%")
    forge.replace("report.html", element, lower)
    forge.reseal()
    assert "SV-CLAIM-FORMAT" in forge.codes()
