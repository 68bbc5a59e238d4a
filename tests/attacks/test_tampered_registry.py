"""The registry: a later submission cannot pass for a first one, nor used scenarios for fresh ones.

The adversary holds the runner's key and reseals everything after each change. What is left to him
is to write the whole registry anew: that is found by who holds an earlier checkpoint of it.
"""

import json

import pytest
from msgspec.structs import replace

from shipworthy.evidence import signer_from_seed
from shipworthy.kernel import canonical_bytes, digest_text
from shipworthy.records import CampaignRegistered
from shipworthy.stages.evaluating import next_submission
from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.campaigns import example_plan, example_scenarios
from shipworthy.testing.submissions import ALPHA, ENTERED_AT

LOG = "log/entries.jsonl"
REGISTRY = "registry/entries.jsonl"
NOTE = "registry/checkpoint"
BLOCKER = "1 of 20 scenarios were tried in an earlier submission"
LATER = "2026-11-22T05:30:00Z"


def entry(question, number=1, scenarios=(), **changes):
    made = CampaignRegistered(
        plan=digest_text(f"plan {number}"),
        question=question,
        number=number,
        spending="series",
        scenarios=tuple(one.tried for one in scenarios),
        at=ENTERED_AT,
    )
    return replace(made, **changes)


@pytest.fixture(scope="session")
def second(tmp_path_factory):
    """An honest bundle of a second submission, one of whose scenarios was tried by the first."""
    plan = example_plan()
    question = plan.submission.question
    earlier = [entry(question.digest, scenarios=example_scenarios()[:1])]
    later = replace(plan, submission=next_submission(question, earlier, "series", ALPHA))
    return example_bundle(tmp_path_factory.mktemp("second"), plan=later, earlier=earlier)


@pytest.fixture
def again(second, tmp_path, forgery):
    return forgery(second, tmp_path)


def registered(forge, change):
    forge.edit_lines(REGISTRY, change)
    forge.reseal_registry()
    forge.reseal_manifest()


def blockers(forge, name):
    findings = forge.json("findings.json")["findings"]
    return next(one["blockers"] for one in findings if one["id"] == name)


# The honest bundles.


def test_the_honest_second_submission_verifies_and_is_no_go(again):
    result = again.verify()
    assert result.failures == ()
    assert result.ruling == "inconclusive"
    assert blockers(again, "asr.secrets.safeguarded") == [BLOCKER]
    assert blockers(again, "asr.policy.safeguarded") == []
    assert "submission 2 of its question" in next(
        one.detail for one in result.checks if one.title == "registry"
    )


def test_an_honest_registry_extends_its_own_checkpoints(again):
    assert again.codes(checkpoint=again.files[NOTE]) == set()


def test_later_campaigns_of_other_questions_are_no_concern(forge):
    other = entry(digest_text("another question"), 1, example_scenarios()[:3], at=LATER)
    registered(forge, lambda known: [*known, json.loads(canonical_bytes(other))])
    assert forge.codes() == set()


# Another number.


def test_a_dropped_earlier_entry_leaves_a_number_that_does_not_fit(again):
    registered(again, lambda known: [known[0], known[2]])
    assert {"SV-REGISTRY-ENTRY", "SV-REGISTRY-NUMBER"} <= again.codes()


def test_a_dropped_earlier_entry_with_the_number_put_right_contradicts_the_plan(again):
    registered(again, lambda known: [known[0], {**known[2], "number": 1}])
    assert "SV-REGISTRY-NUMBER" in again.codes()


def test_a_plan_that_says_it_is_the_first_contradicts_the_registry(again):
    first = example_plan().submission
    again.edit("plan.json", lambda plan: plan["submission"].update(number=1, alpha=first.alpha))
    again.reseal()
    assert "SV-REGISTRY-NUMBER" in again.codes()


def test_a_plan_that_asks_another_question_than_its_framework_is_refused(again):
    again.edit("plan.json", lambda plan: plan["submission"]["question"].update(framework="other"))
    again.reseal()
    assert "SV-REGISTRY-QUESTION" in again.codes()


def test_a_plan_that_names_another_product_than_the_assessment_is_refused(again):
    again.edit("plan.json", lambda plan: plan["submission"]["question"].update(subject="Other"))
    again.reseal()
    assert "SV-REGISTRY-QUESTION" in again.codes()


def test_an_unregistered_plan_is_refused(forge):
    registered(forge, lambda known: known[:1])
    assert "SV-REGISTRY-PLAN" in forge.codes()


def test_a_plan_registered_twice_is_refused(forge):
    registered(forge, lambda known: [*known, {**known[1], "number": 2}])
    assert {"SV-REGISTRY-ENTRY", "SV-REGISTRY-PLAN"} <= forge.codes()


# Another level.


@pytest.mark.parametrize("alpha", ["0.030396355093", "0.05", "0.040"])
def test_a_level_that_the_number_does_not_leave_is_refused(forge, alpha):
    forge.edit("plan.json", lambda plan: plan["submission"].update(alpha=alpha))
    forge.reseal()
    assert "SV-REGISTRY-ALPHA" in forge.codes()


def test_the_whole_error_is_only_for_a_first_submission(again):
    again.edit("plan.json", lambda plan: plan["submission"].update(spending="single", alpha=ALPHA))
    again.reseal()
    assert "SV-REGISTRY-ALPHA" in again.codes()


def test_a_larger_total_whose_part_looks_strict_is_refused(again):
    """0.2 leaves the second submission 0.0304, and a framework accepts 0.05."""

    def enlarge(plan):
        plan["alpha"] = "0.2"
        plan["submission"]["alpha"] = "0.030396355092"

    again.edit("plan.json", enlarge)
    again.reseal()
    assert "SV-REGISTRY-ALPHA" in again.codes()


def test_a_spending_that_was_registered_otherwise_is_refused(forge):
    registered(forge, lambda known: [known[0], {**known[1], "spending": "single"}])
    assert "SV-REGISTRY-PLAN" in forge.codes()


# Used scenarios.


def test_a_blocker_that_is_taken_away_is_missed(again):
    again.finding("asr.secrets.safeguarded", lambda finding: finding.update(blockers=[]))
    again.reseal()
    assert "SV-FINDING-BLOCKERS" in again.codes()


def test_a_blocker_that_counts_less_is_missed(again):
    def more(known):
        marks = [json.loads(canonical_bytes(one.tried)) for one in example_scenarios()[:2]]
        marks.sort(key=lambda mark: (mark["id"], mark["content"]))
        return [known[0], {**known[1], "scenarios": marks}, known[2]]

    registered(again, more)
    assert "SV-FINDING-BLOCKERS" in again.codes()


def test_an_entry_that_forgets_its_own_scenarios_is_refused(forge):
    registered(forge, lambda known: [known[0], {**known[1], "scenarios": []}])
    assert "SV-REGISTRY-PLAN" in forge.codes()


def test_an_earlier_submission_that_was_to_be_the_only_one_blocks_everything(again):
    registered(again, lambda known: [known[0], {**known[1], "spending": "single"}, known[2]])
    assert "SV-FINDING-BLOCKERS" in again.codes()


# Time.


def test_a_plan_that_was_logged_before_it_was_registered_is_refused(forge):
    registered(forge, lambda known: [known[0], {**known[1], "at": LATER}])
    assert "SV-REGISTRY-TIME" in forge.codes()


@pytest.mark.parametrize(("shared", "refused"), [(1, True), (0, False)])
def test_a_run_after_a_later_submission_with_its_scenarios_is_refused(forge, shared, refused):
    question = example_plan().submission.question.digest
    later = entry(question, 2, example_scenarios()[:shared], at=LATER)
    forge.edit_lines(
        LOG,
        lambda entries: [
            {**one, "at": "2026-11-22T05:45:00Z"} if one["type"] == "run-started" else one
            for one in entries
        ],
    )
    forge.edit_lines(REGISTRY, lambda known: [*known, json.loads(canonical_bytes(later))])
    forge.reseal()
    assert ("SV-REGISTRY-TIME" in forge.codes()) is refused


# The registry itself.


def test_an_edited_entry_does_not_have_the_signed_root(again):
    again.edit_lines(REGISTRY, lambda known: [{**known[0], "at": LATER}, *known[1:]])
    again.reseal_manifest()
    assert "SV-REGISTRY-CHECKPOINT" in again.codes()


def test_the_checkpoint_of_the_log_is_none_of_the_registry(forge):
    forge.files[REGISTRY], forge.files[NOTE] = forge.files[LOG], forge.files["log/checkpoint"]
    forge.reseal_manifest()
    assert forge.codes() & {"SV-REGISTRY-CHECKPOINT", "SV-REGISTRY-ENTRY"}


def test_a_registry_signed_by_a_stranger_is_refused(forge):
    honest = forge.keys
    forge.keys = type(honest)(runner=signer_from_seed(b"stranger".ljust(32)), people=honest.people)
    forge.reseal_registry()
    forge.keys = honest
    forge.reseal_manifest()
    assert "SV-CHECKPOINT-SIGNATURE" in forge.codes()


def test_an_entry_of_unknown_form_is_refused(forge):
    registered(forge, lambda known: [{**known[0], "note": "nothing"}, *known[1:]])
    assert "SV-REGISTRY-ENTRY" in forge.codes()


@pytest.mark.parametrize("path", [REGISTRY, NOTE])
def test_a_bundle_without_its_registry_is_refused(forge, path):
    del forge.files[path]
    forge.reseal_manifest()
    assert "SV-FILE-MISSING" in forge.codes()


def test_a_registry_written_anew_is_found_by_who_holds_an_earlier_checkpoint(again, forge):
    """All that a runner can put right was put right: this is the bundle of a first submission."""
    assert forge.codes() == set()
    assert forge.codes(checkpoint=again.files[NOTE]) == {"SV-REGISTRY-FORK"}


# The report.


@pytest.mark.parametrize("claim", ["number", "earlier", "later", "fresh", "scenarios", "elsewhere"])
def test_a_report_with_another_number_of_submissions_is_refused(again, claim):
    page = again.files["report.html"].decode()
    start = page.index(f'data-claim="submission#{claim}" data-value="')
    end = page.index("</a>", start)
    value = page[start:end].split('data-value="')[1].split('"')[0]
    forged = page[start:end].replace(f'data-value="{value}"', 'data-value="77"')
    again.files["report.html"] = (page[:start] + forged + page[end:]).encode()
    again.reseal()
    assert "SV-CLAIM-VALUE" in again.codes()
