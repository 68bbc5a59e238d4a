"""Several attempts on a scenario: what is counted together cannot be counted otherwise.

The adversary holds the runner's key and reseals everything after each change.
"""

import msgspec
import pytest

from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.campaigns import ATTACKS, example_plan
from shipworthy.vocabulary import TrialRole
from shipworthy_verify import verify_bundle

EACH = len(ATTACKS)
NAME = f"asr-at-{EACH}.policy.bare"


def repeated_plan():
    """The example plan, every scenario under every attack."""
    plan = example_plan()
    items = [
        msgspec.structs.replace(item, attack=attack, seed=item.seed + 10_000 * number)
        for item in plan.items
        for number, attack in enumerate(ATTACKS)
        if item.role is TrialRole.ADVERSARIAL
    ]
    others = [item for item in plan.items if item.role is not TrialRole.ADVERSARIAL]
    return msgspec.structs.replace(plan, items=(*items, *others))


@pytest.fixture(scope="session")
def repeated(tmp_path_factory):
    return example_bundle(tmp_path_factory.mktemp("repeated"), plan=repeated_plan())


@pytest.fixture
def forge(repeated, tmp_path, forgery):
    return forgery(repeated, tmp_path)


def test_an_honest_campaign_of_several_attempts_verifies_and_its_report_shows_them(repeated):
    assert verify_bundle(repeated.folder).failures == ()
    page = (repeated.folder / "report.html").read_text()
    assert f'data-claim="finding:{NAME}#upper_adjusted"' in page


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: one["rate"].update(successes=0), "SV-FINDING-COUNTS"),
        (lambda one: one.update(unassessed={"open-attempt": 7}), "SV-FINDING-COUNTS"),
        (lambda one: one.update(metric="asr"), "SV-FINDING-COUNTS"),
        (lambda one: one["bounds"].update(upper_adjusted="0.010000"), "SV-FINDING-BOUNDS"),
        (lambda one: one["bounds"].update(upper="0.010000"), "SV-FINDING-BOUNDS"),
        (lambda one: one["bounds"].update(lower="0.900000"), "SV-FINDING-BOUNDS"),
        (lambda one: one["bounds"].update(scenarios=60), "SV-FINDING-BOUNDS"),
        (lambda one: one["bounds"].update(method="korn-graubard-floor/2"), "SV-FINDING-BOUNDS"),
        (lambda one: one.update(blockers=["none"]), "SV-FINDING-BLOCKERS"),
    ],
)
def test_every_part_of_it_is_recounted(forge, change, code):
    name = next(
        one["id"]
        for one in forge.json("findings.json")["findings"]
        if one["metric"] == "asr-at-k" and one["rate"]["successes"]
    )
    forge.finding(name, change)
    forge.reseal()
    assert code in forge.codes()


def test_it_cannot_be_left_out_nor_be_passed_off_as_more_attempts(forge):
    def rename(document):
        one = next(found for found in document["findings"] if found["id"] == NAME)
        one["id"] = NAME.replace(str(EACH), str(10 * EACH))

    forge.edit("findings.json", rename)
    forge.reseal()
    assert {"SV-FINDING-MISSING", "SV-FINDING-UNKNOWN"} <= forge.codes()
