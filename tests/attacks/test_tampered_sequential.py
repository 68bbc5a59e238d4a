"""Campaigns that stopped early: nobody can choose the moment, the order or the verdict.

The adversary holds the runner's key and reseals everything after each change.
"""

import json
import re
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

import pytest
from msgspec import structs

from shipworthy.kernel import derive_id, digest_bytes
from shipworthy.statistics.sequential import Tally
from shipworthy.statistics.sequential.limits import anytime_upper
from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.campaigns import sequential_plan
from shipworthy_verify import verify_bundle

LOG = "log/entries.jsonl"
LOOSE = "asr.secrets.safeguarded@0.35"
TIGHT = "asr.secrets.safeguarded@0.20"
FINDING = "asr.secrets.safeguarded"


@pytest.fixture(scope="session")
def early(tmp_path_factory):
    """An honest bundle of which one domain stopped early."""
    return example_bundle(tmp_path_factory.mktemp("early"), plan=sequential_plan())


@pytest.fixture
def forge(early, tmp_path, forgery):
    return forgery(early, tmp_path)


# Reading what the honest campaign did.


def order(forge):
    """The scenarios of the sequential domain, in the order of the plan."""
    return [
        item["scenario"]
        for item in forge.json("plan.json")["items"]
        if item["domain"] == "secrets" and item["role"] == "adversarial"
    ]


def trial_files(forge):
    return sorted(name for name in forge.files if name.startswith("trials/"))


def attacks(forge, arm="safeguarded"):
    """Attacks of an arm of the domain, by position in the order."""
    places = {name: place for place, name in enumerate(order(forge))}
    found = {}
    for path in trial_files(forge):
        for trial in forge.lines(path):
            if in_stream(trial, arm):
                found[places[trial["scenario"]]] = trial
    return found


def in_stream(trial, arm="safeguarded"):
    return (trial["domain"], trial["role"], trial["arm"]) == ("secrets", "adversarial", arm)


def record(forge, name):
    return next(r for r in forge.json("findings.json")["sequential"] if r["id"] == name)


# Changing it.


def keep_trials(forge, wanted):
    for path in trial_files(forge):
        forge.edit_lines(path, lambda trials: [trial for trial in trials if wanted(trial)])


def drop_from(forge, position, arm="safeguarded"):
    """Leave out the attacks of an arm from a position on."""
    gone = {t["id"] for place, t in attacks(forge, arm).items() if place >= position}
    assert gone
    keep_trials(forge, lambda trial: trial["id"] not in gone)


def set_outcome(forge, position, outcome):
    scenario = order(forge)[position]

    def change(trial):
        trial.update(outcome=outcome, judge="" if outcome["type"] == "unassessed" else "leak")

    forge.trial(lambda trial: in_stream(trial) and trial["scenario"] == scenario, change)


def end_as(forge, how):
    forge.edit_lines(
        LOG, lambda entries: [{**e, "how": how} if e["type"] == "run-ended" else e for e in entries]
    )


def edit_record(forge, name, **changes):
    def change(document):
        next(r for r in document["sequential"] if r["id"] == name).update(changes)

    forge.edit("findings.json", change)


def replan(forge, change):
    """Change the plan and give every trial, finding and decision the identity that follows."""
    before = digest_bytes(forge.files["plan.json"])
    forge.edit("plan.json", change)
    after = digest_bytes(forge.files["plan.json"])

    def renamed(trial):
        cell = [trial[key] for key in ("scenario", "attack", "role", "arm", "seed")]
        return {**trial, "id": derive_id("t", after, *cell)}

    for path in trial_files(forge):
        forge.edit_lines(path, lambda trials: [renamed(trial) for trial in trials])
    for path in ("findings.json", "decision.json"):
        forge.files[path] = forge.files[path].replace(before.encode(), after.encode())
    forge.reseal()


def questions(change):
    """Return an edit of a plan that lets `change` alter its questions."""
    return lambda plan: change(plan["stopping"])


HELD = {"type": "held", "by": "model"}
BREACHED = {"type": "breached"}
OPEN = {"type": "unassessed", "reason": "target-timeout", "detail": "none"}


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
    [{"method": "tango-mcnemar/1"}, {"p_exact": "0.000010"}, {"difference_lower": "0.600000"}],
    ids=["method", "p", "limit"],
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


# The plan.


def swap(plan, one, other):
    """Change the places of two scenarios in the order of the domain."""
    items = plan["items"]
    places = [
        [i for i, item in enumerate(items) if item["scenario"] == name] for name in (one, other)
    ]
    for left, right in zip(*places, strict=True):
        items[left], items[right] = items[right], items[left]


BAD_PLANS = {
    "an order of one's own": lambda plan: swap(plan, *names(plan)[:2]),
    "another seed": lambda plan: plan.update(seed=8),
    "two attacks on a scenario": lambda plan: plan["items"].append(
        {**next(i for i in plan["items"] if i["scenario"] == names(plan)[-1]), "attack": "base64"}
    ),
    "questions out of order": questions(list.reverse),
    "a question twice": questions(lambda asked: asked.append(asked[-1])),
    "more scenarios than there are": questions(lambda asked: asked[0]["design"].update(cap=61)),
    "no scenario": questions(lambda asked: asked[0]["design"].update(cap=0)),
    "all of the error for the rate": questions(
        lambda asked: asked[0]["design"].update(alpha="0.05", pass_level="0.05")
    ),
    "a limit below PASS": questions(lambda asked: asked[0].update(limit="0.1")),
    "FAIL below the limit": questions(
        lambda asked: asked[1]["design"].update(fail_theta="0.349999")
    ),
    "FAIL below PASS": questions(lambda asked: asked[1]["design"].update(fail_theta="0.3")),
    "a float in words": questions(lambda asked: asked[0]["design"].update(beta="5e-2")),
    "a superfluous zero": questions(lambda asked: asked[0]["design"].update(beta="0.050")),
    "an error of a half": questions(lambda asked: asked[0]["design"].update(beta="0.5")),
    "certain futility": questions(lambda asked: asked[0]["design"].update(futility="1")),
    "pursuit in a calibrated design": questions(
        lambda asked: asked[0]["design"].update(pass_level="0.05", pursuit="1")
    ),
    "a rate above theta for PASS": questions(
        lambda asked: asked[0]["design"]["pass_grid"]["ratios"].__setitem__(0, "1.1")
    ),
    "a rate below theta for FAIL": questions(
        lambda asked: asked[0]["design"]["fail_grid"]["ratios"].__setitem__(0, "1")
    ),
    "a weight of nothing": questions(
        lambda asked: asked[0]["design"]["pass_grid"]["weights"].__setitem__(0, 0)
    ),
    "a true for a count": questions(lambda asked: asked[0]["design"].update(fixed_scenarios=True)),
    "a field left out": questions(lambda asked: asked[0]["design"].pop("power")),
    "a finding of another metric": questions(
        lambda asked: asked[0].update(finding="over-refusal.secrets.safeguarded")
    ),
    "a finding over all domains": questions(
        lambda asked: asked[0].update(finding="asr.all.safeguarded")
    ),
    "an arm that does not run": questions(
        lambda asked: asked[0].update(finding="asr.secrets.deployed")
    ),
    "a domain without attacks": questions(
        lambda asked: asked[0].update(finding="asr.nothing.safeguarded")
    ),
    "no list": lambda plan: plan.update(stopping=[["asr.secrets.safeguarded"]]),
}


def names(plan):
    return [
        item["scenario"]
        for item in plan["items"]
        if item["domain"] == "secrets" and item["role"] == "adversarial"
    ]


@pytest.mark.parametrize("spoil", BAD_PLANS.values(), ids=BAD_PLANS)
def test_a_plan_that_leaves_a_choice_is_refused(forge, spoil):
    replan(forge, spoil)
    assert "SV-PLAN-STOPPING" in forge.codes()


def test_a_plan_without_its_questions_owes_every_trial(forge):
    replan(forge, lambda plan: plan.update(stopping=[]))
    assert {"SV-TRIAL-MISSING", "SV-SEQUENTIAL", "SV-FINDING-BOUNDS"} <= forge.codes()


def test_a_question_dropped_to_end_earlier_turns_trials_into_late_ones(forge):
    replan(forge, questions(lambda asked: asked.pop(0)))
    assert {"SV-SEQUENTIAL", "SV-FINDING-COUNTS", "SV-FINDING-BOUNDS"} <= forge.codes()


def redesigned(question, **changes):
    return structs.replace(question, design=replace(question.design, **changes))


def verify_campaign(folder, plan):
    """Run a campaign honestly under a plan, and verify its bundle."""
    result = verify_bundle(example_bundle(folder, plan=plan).folder)
    return {failure.code for failure in result.failures}, [f.message for f in result.failures]


def test_a_pass_that_says_more_than_the_bound_is_refused(tmp_path):
    """A design whose theta is the limit leaves nothing for what the judge misses (9.8)."""
    reached = anytime_upper(Tally(20, 0, 0), "0.04")
    limit = str(reached.quantize(Decimal("0.0001"), ROUND_CEILING))
    plan = sequential_plan([(FINDING, limit)])
    honest, _ = verify_campaign(tmp_path / "honest", plan)
    assert honest == set()
    tight = redesigned(plan.stopping[0], theta=limit)
    codes, messages = verify_campaign(tmp_path, structs.replace(plan, stopping=(tight,)))
    assert codes == {"SV-SEQUENTIAL"}
    assert "passes although" in messages[0]


def test_a_fail_that_says_more_than_the_bound_is_refused(tmp_path):
    """A design with another error for FAIL than the bounds have (9.8)."""
    plan = sequential_plan([("asr.secrets.bare", "0.35")])
    for beta, expected in (("0.05", set()), ("0.4", {"SV-SEQUENTIAL"})):
        loose = redesigned(plan.stopping[0], beta=beta, futility="0")
        campaign = structs.replace(plan, stopping=(loose,))
        codes, messages = verify_campaign(tmp_path / beta, campaign)
        assert codes == expected
    assert "fails although" in messages[0]


def test_every_way_to_end_verifies(tmp_path):
    """PASS, FAIL, NOT-SHOWN by futility and at the cap, in one campaign of the bare arm."""
    plan = sequential_plan([("asr.secrets.bare", limit) for limit in ("0.20", "0.40", "0.50")])
    easy, even, hard = plan.stopping
    campaign = structs.replace(
        plan,
        stopping=(
            easy,
            redesigned(even, futility="0"),
            redesigned(hard, futility="0", cap=40, fail_theta="0.75"),
        ),
    )
    codes, _ = verify_campaign(tmp_path, campaign)
    assert codes == set()
    found = json.loads((tmp_path / "bundle" / "findings.json").read_bytes())["sequential"]
    assert [kept["verdict"] for kept in found] == ["not-shown", "fail", "not-shown"]
    assert found[0]["scenarios"] < found[2]["scenarios"] == found[2]["cap"] == 40
