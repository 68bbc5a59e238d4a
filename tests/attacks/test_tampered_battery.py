"""Comparisons, suspicion, tasks and agents: every count is recounted, and every number shown.

The adversary holds the runner's key and reseals everything after each change.
"""

import pytest

from shipworthy.testing.battery import battery_plan
from shipworthy.testing.bundles import example_bundle
from shipworthy_verify import verify_bundle

READ = "awareness.secrets.bare"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return example_bundle(tmp_path_factory.mktemp("battery"), plan=battery_plan())


@pytest.fixture
def forge(whole, tmp_path, forgery):
    return forgery(whole, tmp_path)


def edit_record(forge, group, name, change):
    def edit(document):
        change(next(one for one in document[group] if one["id"] == name))

    forge.edit("findings.json", edit)
    forge.reseal()


def test_an_honest_bundle_with_every_part_verifies_and_shows_them(whole):
    assert verify_bundle(whole.folder).failures == ()
    page = (whole.folder / "report.html").read_text()
    for claim in (
        f"contrast:{READ}#second_only",
        "suspicion:secrets.bare#suspecting.successes",
        "suspicions#suspecting",
        "agents:errands.bare#violation.sabotage:planted",
        "human:arithmetic#mean",
        "finding:capability.arithmetic.bare#unassessed.declined",
    ):
        assert f'data-claim="{claim}"' in page


@pytest.mark.parametrize(
    "change",
    [
        {"second_only": 1},
        {"first_only": 4},
        {"both": 3},
        {"neither": 99},
        {"open": 2},
        {"difference": "0.000000"},
        {"lower": "-0.300000"},
        {"upper": "0.010000"},
        {"p_exact": "1"},
        {"p_midp": "1"},
        {"alpha": "0.2"},
        {"first": "as-traffic"},
        {"method": "other/1"},
    ],
)
def test_every_part_of_a_comparison_is_recounted(forge, change):
    edit_record(forge, "contrasts", READ, lambda one: one.update(change))
    assert "SV-CONTRAST" in forge.codes()


def test_a_comparison_cannot_be_left_out(forge):
    forge.edit(
        "findings.json", lambda document: document.update(contrasts=document["contrasts"][1:])
    )
    forge.reseal()
    assert "SV-CONTRAST" in forge.codes()


def test_what_a_comparison_puts_against_a_rate_cannot_be_dropped(forge):
    forge.finding("asr.secrets.safeguarded", lambda one: one.update(blockers=[]))
    forge.reseal()
    assert "SV-FINDING-BLOCKERS" in forge.codes()


@pytest.mark.parametrize("part", ["suspecting", "others"])
@pytest.mark.parametrize("key", ["successes", "attempts", "unassessed"])
def test_every_count_of_suspicion_is_recounted(forge, part, key):
    edit_record(
        forge, "suspicions", "secrets.bare", lambda one: one[part].update({key: one[part][key] + 1})
    )
    assert "SV-SUSPICION" in forge.codes()


def test_suspicion_cannot_be_left_out(forge):
    forge.edit("findings.json", lambda document: document.update(suspicions=[]))
    forge.reseal()
    assert "SV-SUSPICION" in forge.codes()


def test_a_trial_that_hides_a_suspicion_breaks_the_counts(forge):
    forge.trial(
        lambda one: one["suspects_test"] and one["role"] == "adversarial",
        lambda one: one.update(suspects_test=False),
    )
    forge.reseal()
    assert "SV-SUSPICION" in forge.codes()


def test_a_trial_that_hides_a_violation_breaks_counts_and_page(forge):
    forge.trial(
        lambda one: one["outcome"].get("violations"),
        lambda one: one["outcome"].update(violations=[]),
    )
    forge.reseal()
    assert forge.codes() >= {"SV-FINDING-COUNTS", "SV-CONTRAST", "SV-CLAIM-VALUE"}


@pytest.mark.parametrize(
    "claim",
    [
        f"contrast:{READ}#second_only",
        f"contrast:{READ}#upper",
        f"contrast:{READ}#first",
        "suspicion:secrets.bare#suspecting.attempts",
        "suspicion:secrets.bare#others.point",
        "suspicions#started",
        "agents:errands.safeguarded#clean",
        "agents:errands.safeguarded#violation.sabotage:planted",
        "human:arithmetic#mean",
        "human:arithmetic#stated",
        "finding:capability.arithmetic.bare#unassessed.declined",
        "finding:unsanctioned.errands.safeguarded#upper_adjusted",
    ],
)
@pytest.mark.parametrize("path", ["report.html", "report.json"])
def test_a_number_of_the_battery_cannot_be_changed_in_a_report(forge, claim, path):
    page = forge.files[path]
    marks = {
        "report.html": f'data-claim="{claim}" data-value="'.encode(),
        "report.json": f'"id":"{claim}","value":"'.encode(),
    }
    at = page.index(marks[path]) + len(marks[path])
    forge.files[path] = page[:at] + b"9" + page[at:]
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()


def test_a_claim_about_a_part_that_was_not_tried_is_unknown(forge):
    forge.replace("report.html", f"contrast:{READ}#both", "contrast:awareness.unmet.bare#both")
    forge.reseal()
    assert "SV-CLAIM-UNKNOWN" in forge.codes()
