"""`shipworthy forecast` on a campaign against a model that breaks at planted rates."""

import hashlib
import json
import shutil

import pytest

from assessments import HARMLESS, campaign_folder, gullible, shipworthy, write_assessment
from peer_failures import harmless
from shipworthy.instruments.attacks import ATTACKS as CATALOGUE
from shipworthy.testing.endpoint import SimulatedEndpoint

ATTACKS = [one.name for one in CATALOGUE if one.name not in {"reversed-answer", "rot13-answer"}][
    :20
]
BEYOND = 1000


def uniform(*parts):
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


class Planted:
    """A model that breaks on a scenario at a rate of its own, whatever the attack."""

    def __init__(self):
        self.rates = {}

    def __call__(self, body):
        if harmless(body):
            return HARMLESS
        secret = gullible(body)
        # half of the rates lie below 1.9 %, one in ten above 20 %
        rate = self.rates.setdefault(secret, 0.3 * uniform("rate", secret) ** 4)
        asked = json.dumps([turn["content"] for turn in body["messages"]])
        return secret if uniform("draw", asked) < rate else HARMLESS

    def share(self, attempts):
        """The share of scenarios that fall to so many attempts."""
        return sum(1.0 - (1.0 - p) ** attempts for p in self.rates.values()) / len(self.rates)


def attempts_on_each(path, each):
    path.write_text(
        path.read_text().replace("concurrency", f"attacks_per_scenario = {each}\nconcurrency", 1)
    )
    return path


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """The model, and the folder of its finished and published campaign."""
    folder = tmp_path_factory.mktemp("planted")
    model = Planted()
    with SimulatedEndpoint(model) as endpoint:
        path = write_assessment(
            folder,
            endpoint.url,
            domains=["secrets"],
            attacks=ATTACKS,
            scenarios_per_domain=36,
            concurrency=16,
            submissions="single",
            safeguards=["output-filter"],
        )
        attempts_on_each(path, 20)
        done = shipworthy("evaluate", path.name, cwd=folder)
        assert done.returncode == 0, done.stderr
    reported = shipworthy("report", path.name, cwd=folder)
    assert reported.returncode == 0, reported.stderr
    return model, folder


def bundle_of(folder):
    return campaign_folder(folder / "runs") / "bundle"


def forecast(folder, *arguments, run="assessment.toml"):
    return shipworthy("forecast", run, *arguments, cwd=folder)


def as_json(finished):
    return json.loads(finished.stdout)


def stratum(document, arm="bare"):
    (found,) = [one for one in document["strata"] if one["arm"] == arm]
    return found


def test_the_truth_lies_within_the_limits_of_the_measured_curve(planted):
    model, folder = planted
    finished = forecast(folder, "--format", "json")
    assert finished.returncode == 0, finished.stderr
    bare = stratum(as_json(finished))
    assert len(model.rates) == bare["scenarios"] == 36
    assert [point["k"] for point in bare["curve"]] == list(range(1, 21))
    for point in bare["curve"]:
        assert float(point["lower"]) < model.share(point["k"]) < float(point["upper"])
    assert bare["forecast"] is None
    assert bare["alarm"] is None


def test_the_envelope_beyond_reaches_the_truth_and_raises_the_alarm(planted):
    model, folder = planted
    asked = ("--attempts", BEYOND, "--limit", "0.5", "--arm", "bare")
    finished = forecast(folder, *asked, "--format", "json")
    assert finished.returncode == 1, finished.stderr
    beyond = stratum(as_json(finished))["forecast"]
    truth = model.share(BEYOND)
    assert truth > 0.6 > model.share(20)
    assert float(beyond["envelope"]["most"]) >= truth - 0.02
    assert float(beyond["envelope"]["least"]) > model.share(20)
    assert as_json(finished)["alarm"] == "raised"
    text = forecast(folder, *asked)
    assert text.returncode == 1
    assert "alarm at 0.5: RAISED" in text.stdout
    assert "is no evidence of safety" in text.stdout


def test_silence_is_no_yes_in_words_and_exit_code(planted):
    _, folder = planted
    asked = ("--attempts", 21, "--limit", "0.9999", "--arm", "bare")
    finished = forecast(folder, *asked)
    assert finished.returncode == 3, finished.stdout
    assert "SILENT: no forecast reaches the limit; that is no evidence of safety" in finished.stdout
    assert as_json(forecast(folder, *asked, "--format", "json"))["alarm"] == "silent"


def test_where_nothing_breached_only_the_sentence_without_a_model_remains(planted):
    _, folder = planted
    asked = ("--attempts", 10000, "--limit", "0.99", "--arm", "safeguarded", "--format", "json")
    finished = forecast(folder, *asked)
    assert finished.returncode == 1, finished.stderr
    guarded = stratum(as_json(finished), "safeguarded")
    assert guarded["curve"][-1]["highest"] == "0.000000"
    assert guarded["forecast"]["predicted"] == {}
    assert guarded["forecast"]["envelope"] is None
    assert guarded["forecast"]["model_free"]["queries"] == 36
    assert guarded["forecast"]["model_free"]["expected"] == 799
    assert guarded["alarm"]["state"] == "raised"


def test_the_bundle_says_the_same_as_the_project_byte_for_byte(planted):
    _, folder = planted
    asked = ("--attempts", 10000, "--limit", "0.2", "--format", "json")
    ours = forecast(folder, *asked)
    bundle = bundle_of(folder)
    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    theirs = forecast(folder, *asked, run=bundle)
    assert (ours.stdout, ours.returncode) == (theirs.stdout, theirs.returncode)
    assert before == {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}


def test_a_forecast_changes_no_file_of_the_campaign(planted):
    _, folder = planted
    files = {path: path.read_bytes() for path in (folder / "runs").rglob("*") if path.is_file()}
    assert forecast(folder, "--attempts", 5000, "--limit", "0.1").returncode == 1
    assert files == {
        path: path.read_bytes() for path in (folder / "runs").rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--limit", "0.1"], "forecast-limit"),
        (["--attempts", "100", "--limit", "10"], "forecast-limit"),
        (["--attempts", "100", "--limit", "5e-2"], "forecast-limit"),
        (["--attempts", "20"], "forecast-measured"),
        (["--domain", "secret"], "forecast-stratum"),
        (["--arm", "naked"], "forecast-stratum"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_advice(planted, arguments, code):
    _, folder = planted
    finished = forecast(folder, *arguments)
    assert finished.returncode == 2, finished.stdout
    assert f"error[{code}]" in finished.stderr
    assert "help: " in finished.stderr


def test_the_folder_of_a_campaign_leads_to_its_bundle(planted):
    _, folder = planted
    finished = forecast(folder, run=campaign_folder(folder / "runs"))
    assert finished.returncode == 2
    assert f"give `{bundle_of(folder)}`" in finished.stderr


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("trials/run-001.jsonl", lambda text: text.replace('"breached"', '"held"', 1)),
        ("trials/run-001.jsonl", lambda text: text.partition("\n")[2]),
        ("findings.json", lambda text: text.replace('"blockers":[]', '"blockers":[ ]', 1)),
        ("log/entries.jsonl", lambda text: text.partition("\n")[2]),
        ("cards/leak.json", None),
    ],
)
def test_an_altered_bundle_is_refused(planted, tmp_path, name, change):
    _, folder = planted
    copy = tmp_path / "bundle"
    shutil.copytree(bundle_of(folder), copy)
    path = copy / name
    if change is None:
        path.unlink()
    else:
        text = path.read_text()
        assert change(text) != text
        path.write_text(change(text))
    finished = forecast(folder, run=copy)
    assert finished.returncode == 4, finished.stdout
    assert "error[bundle-altered]" in finished.stderr


def test_one_attempt_on_each_scenario_says_which_setting_gives_a_curve(tmp_path):
    with SimulatedEndpoint(gullible) as endpoint:
        path = write_assessment(tmp_path, endpoint.url, domains=["secrets"])
        assert forecast(tmp_path).returncode == 2  # nothing was run yet
        assert shipworthy("evaluate", path.name, cwd=tmp_path).returncode == 0
    finished = forecast(tmp_path, "--attempts", 100, "--limit", "0.5", "--arm", "bare")
    assert finished.returncode == 1
    assert "no curve: each scenario was tried once" in finished.stdout
    assert "`attacks_per_scenario = K`" in finished.stdout
    assert "With 95% confidence" in finished.stdout


def test_a_domain_that_ends_early_gets_neither_curve_nor_forecast(tmp_path):
    with SimulatedEndpoint(gullible) as endpoint:
        path = write_assessment(tmp_path, endpoint.url, domains=["secrets"], scenarios_per_domain=0)
        path.write_text(
            path.read_text().replace("[campaign]", '[campaign]\nstopping = "sequential"')
        )
        done = shipworthy("evaluate", path.name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    finished = forecast(tmp_path, "--attempts", 100, "--limit", "0.5", "--format", "json")
    assert finished.returncode == 1, finished.stderr
    for one in as_json(finished)["strata"]:
        assert one["curve"] == []
        assert "ends as soon as its limits are decided" in one["no_curve"]
        assert "refused" in one["forecast"]["model_free"]
        assert one["alarm"]["state"] == "raised"
