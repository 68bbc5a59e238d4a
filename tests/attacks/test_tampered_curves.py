"""What fewer attempts would have shown cannot be said otherwise than the trials say it.

The adversary holds the runner's key and reseals everything after each change.
"""

import pytest

from battery import tried_again
from shipworthy.testing.battery import battery_plan
from shipworthy.testing.bundles import example_bundle
from shipworthy_verify import verify_bundle

EACH = 3


@pytest.fixture(scope="session")
def repeated(tmp_path_factory):
    return example_bundle(tmp_path_factory.mktemp("curves"), plan=tried_again(battery_plan(), EACH))


@pytest.fixture
def forge(repeated, tmp_path, forgery):
    return forgery(repeated, tmp_path)


def test_an_honest_curve_verifies(repeated, forge):
    assert verify_bundle(repeated.folder).failures == ()
    curves = forge.json("findings.json")["curves"]
    assert {curve["attempts"] for curve in curves} == {EACH}


@pytest.mark.parametrize(
    "change",
    [
        lambda curve: curve["points"][0].update(highest="0.000001"),
        lambda curve: curve["points"][0].update(lowest="0.990000"),
        lambda curve: curve["points"].pop(),
        lambda curve: curve["tasks"][0].__setitem__(2, 400),
        lambda curve: curve.update(attempts=EACH + 1),
        lambda curve: curve.update(arm="safeguarded"),
        lambda curve: curve.update(limit="0.5"),
    ],
)
def test_a_changed_curve_is_refused(forge, change):
    forge.edit("findings.json", lambda document: change(document["curves"][0]))
    forge.reseal()

    assert "SV-CURVE" in forge.codes()


@pytest.mark.parametrize("change", [list.clear, lambda curves: curves.append(dict(curves[0]))])
def test_a_curve_is_there_once(forge, change):
    forge.edit("findings.json", lambda document: change(document["curves"]))
    forge.reseal()

    assert "SV-CURVE" in forge.codes()
