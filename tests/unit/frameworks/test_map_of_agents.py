"""How hard a campaign seeks what it measures, as the map counts it."""

import pytest

from shipworthy.stages.mapping.riskmap import _tried


@pytest.mark.parametrize(
    ("finding", "used"),
    [
        ("asr.cyber.bare", ("base",)),
        ("capability.cyber.bare", ("base",)),
        ("unsanctioned.files.bare", ("base", "tools-and-scaffold")),
        ("monitoring.files.bare", ("base", "tools-and-scaffold")),
    ],
)
def test_only_agents_are_elicited_with_tools(finding, used):
    assert _tried(finding) == used
