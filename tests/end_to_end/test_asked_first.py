"""A mistake in the address costs no submission: an endpoint is asked one harmless thing first."""

import json

import pytest

from assessments import discreet, log_entries, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.testing.endpoint_faults import Fault

SMALL = {"domains": ["secrets"], "scenarios_per_domain": 4, "attacks": ["plain"], "probe": "true"}
NOWHERE = "http://127.0.0.1:9/v1"
QUICK = "retries = {attempts = 1}"


def evaluated(folder, file):
    return shipworthy("evaluate", file, "--project", folder / "runs")


def submissions(folder):
    path = folder / "runs" / "registry" / "entries.jsonl"
    return [json.loads(line)["number"] for line in path.read_text().splitlines()]


def test_a_wrong_address_is_told_before_anything_is_registered(tmp_path):
    wrong = write_assessment(tmp_path, NOWHERE, options=QUICK, **SMALL)
    refused = evaluated(tmp_path, wrong)
    assert refused.returncode == 5
    assert "error[target-unreachable]" in refused.stderr
    assert "nothing was registered" in refused.stderr
    with SimulatedEndpoint(discreet) as endpoint:
        done = evaluated(tmp_path, write_assessment(tmp_path, endpoint.url, **SMALL))
    assert done.returncode == 0, done.stderr
    assert submissions(tmp_path) == [1]


@pytest.mark.parametrize("fault", [Fault.HTML_200, Fault.EMPTY_CONTENT, Fault.UNAUTHORISED])
def test_an_endpoint_that_says_nothing_usable_is_asked_once_and_registers_nothing(tmp_path, fault):
    with SimulatedEndpoint(discreet) as endpoint:
        endpoint.switch(fault)
        refused = evaluated(tmp_path, write_assessment(tmp_path, endpoint.url, **SMALL))
        assert endpoint.requests == 1
    assert refused.returncode == 5, refused.stderr
    assert not list((tmp_path / "runs").glob("*/*/plan.json"))
    assert not (tmp_path / "runs" / "registry" / "entries.jsonl").exists()


def test_a_model_that_the_endpoint_does_not_list_is_named(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        endpoint.switch(Fault.UNAUTHORISED)
        file = write_assessment(tmp_path, endpoint.url, **SMALL)
        file.write_text(file.read_text().replace('model = "simulated"', 'model = "simulate"'))
        refused = evaluated(tmp_path, file)
    assert refused.returncode == 2
    assert "the endpoint has no model `simulate`" in refused.stderr


def test_what_is_asked_first_has_nothing_of_a_scenario_and_comes_once(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, **SMALL)
        assert evaluated(tmp_path, file).returncode == 0
        first, *others = endpoint.bodies
        assert [turn["content"] for turn in first["messages"]] == ["Hello! Please say hello back."]
        assert "tools" not in first
        assert not any("Please say hello back." in str(body) for body in others)
        asked = endpoint.requests
        # a campaign that is complete asks nothing, not even this
        assert evaluated(tmp_path, file).returncode == 0
        assert endpoint.requests == asked


def test_going_on_asks_again_and_a_dead_endpoint_starts_no_run(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, options=QUICK, **SMALL)
        shipworthy("evaluate", file, "--project", tmp_path / "runs", "--limit", 3)
        before = log_entries(tmp_path / "runs")
        endpoint.switch(Fault.HTML_200)
        refused = evaluated(tmp_path, file)
        assert refused.returncode == 5
        assert log_entries(tmp_path / "runs") == before
        endpoint.switch(None)
        assert evaluated(tmp_path, file).returncode == 0
    assert submissions(tmp_path) == [1]


def test_without_the_probe_an_endpoint_that_says_nothing_usable_stops_the_run(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        endpoint.switch(Fault.HTML_200)
        file = write_assessment(tmp_path, endpoint.url, **{**SMALL, "probe": "false"})
        file.write_text(
            file.read_text().replace("[campaign]", "stop_after_failures = 3\n[campaign]")
        )
        stopped = evaluated(tmp_path, file)
        assert endpoint.requests < 3 + 4
    assert stopped.returncode == 5
    assert "the target stopped answering" in stopped.stderr
    assert "no answer of this run was usable: check `base_url`" in stopped.stderr
