"""What was asked of a deployment is reported, and a stranger works every number out again."""

import json
import shutil

import pytest

from deployed import Defects
from field_campaign import deployed_path, in_process, laboratory, write_deployment
from shipworthy_verify import verify_bundle

QUICK = ("--per-hour", "400000", "--hours", "0.0003")


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


@pytest.fixture
def path(campaign):
    with deployed_path(campaign) as path:
        path.defects.identity = None
        accepted = '["stack", "system-prompt"]'
        write_deployment(
            campaign,
            path.url,
            extra='routes = ["chat", "messages.stream"]',
            accept_unknown=accepted,
        )
        yield path


def run(folder, *arguments):
    return in_process(folder, *arguments)


def reported(folder):
    """Draft and publish; returns the folder of the bundle."""
    run(folder, "decide", "assessment.toml")
    done = run(folder, "report", "assessment.toml")
    assert done.returncode in {0, 1, 3}, done.stdout + done.stderr
    (bundle,) = folder.glob("runs/*/*/bundle")
    return bundle


def claims(bundle):
    """Return the claims about the deployment by id."""
    found = {}

    def walk(node):
        if isinstance(node, dict):
            if "id" in node and "value" in node:
                found[node["id"]] = node["value"]
            for one in node.values():
                walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(json.loads((bundle / "report.json").read_text()))
    kinds = ("confirmation:", "watch:", "live#")
    return {name: value for name, value in found.items() if name.startswith(kinds)}


@pytest.mark.slow
def test_a_confirmation_and_a_revealed_watch_are_reported_and_verified(campaign, path):
    assert run(campaign, "confirm", "deployment.toml").returncode == 0
    assert run(campaign, "confirm", "watch", "deployment.toml", *QUICK).returncode == 0
    assert run(campaign, "confirm", "reveal", "deployment.toml").returncode == 0
    bundle = reported(campaign)
    result = verify_bundle(bundle)
    assert result.ok, result.failures
    assert "1 watches with sealed probes, 1 revealed" in result.checks[-1].detail
    shown = claims(bundle)
    assert shown["live#confirmations"] == shown["live#watches"] == "1"
    assert shown["confirmation:1#trials"] == str(42 * 2 * 2)
    assert shown["confirmation:1#worse"] == "0"
    assert shown["confirmation:1/asr.route.chat#same"] == "42"
    assert int(shown["watch:1#promised"]) == int(shown["watch:1#caught"]) > 0
    assert shown["watch:1#recall_upper"] == "1.0000"
    assert 0 < float(shown["watch:1#recall_lower"]) < 1
    assert path.seen


def test_while_the_key_is_sealed_nothing_of_the_outcomes_is_published(campaign, path):
    assert run(campaign, "confirm", "watch", "deployment.toml", *QUICK).returncode == 0
    bundle = reported(campaign)
    result = verify_bundle(bundle)
    assert result.ok, result.failures
    shown = claims(bundle)
    assert "watch:1#caught" not in shown
    assert int(shown["watch:1#promised"]) > 0
    names = {one.name for one in bundle.glob("live/probes/*/*")}
    assert "chain.jsonl" in names
    assert not names & {"outcomes.jsonl", "pool.json", "revealed.json", "key"}
    assert path.seen


@pytest.mark.slow
def test_a_defect_is_reported_with_the_groups_that_show_it(campaign, path):
    path.defects = Defects(layers=(), identity=None)
    assert run(campaign, "confirm", "deployment.toml").returncode == 1
    bundle = reported(campaign)
    result = verify_bundle(bundle)
    assert result.ok, result.failures
    shown = claims(bundle)
    assert shown["live#defects"] == "1"
    assert int(shown["confirmation:1#worse"]) >= 3
    assert int(shown["confirmation:1/asr.route.chat#field_only"]) > 30
    assert int(shown["confirmation:1#field_only"]) > 30
