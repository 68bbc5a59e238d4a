"""What the last attempts added cannot be said otherwise than the trials say it.

The adversary holds the runner's key and reseals everything after each change.
"""

import pytest

from battery import tried_again
from shipworthy.testing.battery import battery_plan
from shipworthy.testing.bundles import example_bundle
from shipworthy_verify import verify_bundle

EACH = 4


@pytest.fixture(scope="session")
def tried(tmp_path_factory):
    return example_bundle(
        tmp_path_factory.mktemp("efforts"), plan=tried_again(battery_plan(), EACH)
    )


@pytest.fixture
def forge(tried, tmp_path, forgery):
    return forgery(tried, tmp_path)


def test_an_honest_record_verifies(tried, forge):
    assert verify_bundle(tried.folder).failures == ()
    (effort,) = forge.json("findings.json")["efforts"]
    assert (effort["attempts"], effort["half"]) == (EACH, EACH // 2)
    assert effort["early"] + effort["late"] + effort["never"] + effort["open"] > 10


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(late=one["late"] + 1),
        lambda one: one.update(never=one["never"] + 3),
        lambda one: one.update(upper="0.000001"),
        lambda one: one.update(lower="0.900000"),
        lambda one: one.update(cut=one["cut"] + 1),
        lambda one: one.update(half=1),
        lambda one: one.update(method="clopper-pearson-late/2"),
        lambda one: one.update(comment="flat"),
    ],
)
def test_a_changed_record_is_refused(forge, change):
    forge.edit("findings.json", lambda document: change(document["efforts"][0]))
    forge.reseal()
    assert "SV-EFFORT" in forge.codes()


def test_a_record_left_out_is_refused(forge):
    forge.edit("findings.json", lambda document: document["efforts"].clear())
    forge.reseal()
    assert "SV-EFFORT" in forge.codes()
