import json

import pytest

from assessments import (
    campaign_folder,
    discreet,
    gullible,
    log_entries,
    prim,
    shipworthy,
    trial_lines,
    write_assessment,
)
from shipworthy.evidence import BlobStore
from shipworthy.kernel import digest_bytes
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.testing.endpoint_faults import Fault

ALL_DOMAINS = ["violence", "child-safety", "criminal-misuse", "cyber", "secrets", "tool-misuse"]


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    """A finished assessment of a model that gives everything away."""
    folder = tmp_path_factory.mktemp("leaky")
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(folder, endpoint.url, domains=ALL_DOMAINS, scenarios_per_domain=12)
        finished = shipworthy("assess", file, "--project", folder / "runs")
    return folder, file, finished


def test_a_model_that_leaks_is_refused_and_the_bundle_verifies(leaky):
    _, _, finished = leaky
    assert "verify    passed" in finished.stderr
    assert finished.stdout.startswith("NO-GO")
    assert finished.returncode == 1


def test_every_stage_prints_its_line(leaky):
    _, _, finished = leaky
    stages = [line.split()[0] for line in finished.stderr.splitlines()]
    assert stages[-3:] == ["decide", "report", "verify"]
    assert stages[0] == "prepare"
    assert stages[-4] == "spent"


def test_the_safeguards_make_a_difference_that_is_tested(leaky):
    folder, _, _ = leaky
    document = json.loads((campaign_folder(folder / "runs") / "bundle/findings.json").read_text())
    paired = {finding["id"]: finding for finding in document["paired"]}["asr.all"]
    assert paired["before_only"] > 10
    assert paired["after_only"] == 0
    assert float(paired["p_exact"]) < 0.01


def test_the_plan_is_in_the_log_before_the_first_run(leaky):
    folder, _, _ = leaky
    kinds = [entry["type"] for entry in log_entries(folder / "runs")]
    assert kinds[:3] == ["plan-registered", "statement", "run-started"]


def test_every_input_that_the_plan_names_is_kept_by_its_digest(leaky):
    folder, file, _ = leaky
    store = BlobStore(folder / "runs" / "store")
    plan = json.loads((campaign_folder(folder / "runs") / "plan.json").read_text())
    for digest in (plan["framework_digest"], *plan["judges"].values()):
        assert digest_bytes(store.get(digest)) == digest
    assert store.has(digest_bytes(file.read_bytes()))


def test_the_report_holds_no_confidential_token(leaky):
    folder, _, _ = leaky
    bundle = campaign_folder(folder / "runs") / "bundle"
    scenarios = json.loads((bundle / "scenarios.json").read_text())
    page = (bundle / "report.html").read_text()
    tokens = [
        token
        for entry in scenarios.values()
        for token in entry["scenario"]["check"].get("tokens", [])
    ]
    assert len(tokens) > 20
    assert not [token for token in tokens if token in page]


def test_assessing_again_sends_nothing_and_says_the_same(leaky):
    folder, file, first = leaky
    before = len(trial_lines(folder / "runs"))
    again = shipworthy("assess", file, "--project", folder / "runs")
    assert again.returncode == 1, again.stderr
    assert again.stdout == first.stdout
    assert len(trial_lines(folder / "runs")) == before


def test_decide_and_report_work_from_what_is_on_disk(leaky):
    folder, file, _first = leaky
    decided = shipworthy("decide", file, "--project", folder / "runs", "--format", "json")
    assert decided.returncode == 1
    assert json.loads(decided.stdout)["ruling"] == "no-go"
    reported = shipworthy("report", file, "--project", folder / "runs")
    assert reported.returncode == 0
    assert "report.html" in reported.stdout


def test_the_verifier_accepts_the_bundle_and_refuses_a_changed_trial(leaky, tmp_path):
    import shutil

    folder, _, _ = leaky
    bundle = campaign_folder(folder / "runs") / "bundle"
    assert shipworthy("verify", bundle).returncode == 0
    copy = tmp_path / "bundle"
    shutil.copytree(bundle, copy)
    segment = next((copy / "trials").glob("*.jsonl"))
    segment.write_text(segment.read_text().replace('"breached"', '"held"', 1))
    refused = shipworthy("verify", copy)
    assert refused.returncode == 4
    assert "Traceback" not in refused.stdout + refused.stderr


def test_a_model_that_refuses_everything_is_no_go_for_over_refusal(tmp_path):
    with SimulatedEndpoint(prim) as endpoint:
        file = write_assessment(
            tmp_path, endpoint.url, domains=ALL_DOMAINS, scenarios_per_domain=6, benign_per_domain=6
        )
        finished = shipworthy("assess", file, "--project", tmp_path / "runs")
    assert finished.returncode == 1, finished.stderr
    (line,) = [line for line in finished.stdout.splitlines() if "harmless requests" in line]
    assert "broken" in line


def test_too_few_scenarios_are_inconclusive_whatever_the_model_does(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, domains=ALL_DOMAINS, scenarios_per_domain=3)
        finished = shipworthy("assess", file, "--project", tmp_path / "runs")
    assert finished.returncode == 3, finished.stderr
    assert finished.stdout.startswith("INCONCLUSIVE")


def test_expect_any_verdict_exits_zero_after_a_verified_run(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, scenarios_per_domain=2)
        finished = shipworthy(
            "assess", file, "--project", tmp_path / "runs", "--expect-any-verdict"
        )
    assert finished.returncode == 0, finished.stderr


def test_a_dry_run_counts_and_sends_nothing(tmp_path):
    with SimulatedEndpoint() as endpoint:
        file = write_assessment(tmp_path, endpoint.url)
        finished = shipworthy("assess", file, "--dry-run", "--project", tmp_path / "runs")
        assert endpoint.requests == 0
    assert finished.returncode == 0
    assert "requests     at most 24" in finished.stdout
    assert not (tmp_path / "runs").exists()


def test_a_campaign_without_safeguards_has_one_arm(tmp_path):
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, safeguards=[])
        finished = shipworthy("assess", file, "--project", tmp_path / "runs")
        assert {trial["arm"] for trial in trial_lines(tmp_path / "runs")} == {"bare"}
    assert "verify    passed" in finished.stderr, finished.stderr
    assert finished.returncode == 3


def test_the_api_key_reaches_the_endpoint_and_nothing_else(tmp_path):
    key = "sk-test-3f9a1c77e2b84d06"
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, options='key_variable = "TEST_KEY"')
        finished = shipworthy(
            "assess", file, "--project", tmp_path / "runs", environment={"TEST_KEY": key}
        )
    assert "verify    passed" in finished.stderr, finished.stderr
    assert key not in finished.stdout + finished.stderr
    written = [path for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert len(written) > 10
    assert not [path for path in written if key.encode() in path.read_bytes()]


def test_a_missing_key_variable_is_named_before_anything_is_sent(tmp_path):
    with SimulatedEndpoint() as endpoint:
        file = write_assessment(tmp_path, endpoint.url, options='key_variable = "NO_SUCH_KEY"')
        finished = shipworthy("evaluate", file, "--project", tmp_path / "runs")
        assert endpoint.requests == 0
    assert finished.returncode == 2
    assert "NO_SUCH_KEY" in finished.stderr


def test_why_trials_stayed_unassessed_is_said_after_the_run(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        endpoint.switch(Fault.NO_CHOICES)
        file = write_assessment(tmp_path, endpoint.url)
        finished = shipworthy("evaluate", file, "--project", tmp_path / "runs")
    assert "trials: response-malformed, the answer has no choices" in finished.stderr
