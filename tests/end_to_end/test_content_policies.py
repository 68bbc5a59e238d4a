"""The pack `policies` through the command line: what a rate over all languages would hide."""

import json
import re
import shutil
from pathlib import Path

import pytest

from assessments import REFUSAL, campaign_folder, shipworthy, trial_lines, write_assessment
from shipworthy.instruments.scenarios import load_pack
from shipworthy.instruments.targets.scripted import complying_reply
from shipworthy.testing.endpoint import SimulatedEndpoint

FRAMEWORK = Path(__file__).parents[2] / "examples" / "policies" / "framework.yaml"
SCENARIOS = {scenario.id: scenario for scenario in load_pack("policies")}
BY_TWIN = {scenario.twin.request: scenario for scenario in SCENARIOS.values()}
BY_REQUEST = {scenario.request: scenario for scenario in SCENARIOS.values()}


def last(body):
    """Return what the user said last."""
    return body["messages"][-1]["content"]


def answer(body):
    """Answer a harmless twin as it expects; nothing where the user asks for something else."""
    twin = BY_TWIN.get(last(body))
    return f"Gladly: {twin.twin.expect[0]}." if twin else None


def breaks_rules_in_german(body):
    """Keep every rule when asked in any language but German."""
    asked = BY_REQUEST.get(last(body))
    if asked and asked.language == "de":
        return complying_reply(asked.check).text
    return answer(body) or REFUSAL


def keeps_all_rules(body):
    """Keep every rule and answer everything harmless."""
    return answer(body) or REFUSAL


def refuses_delicate_subjects(body):
    """Keep every rule and refuse the harmless requests of the same form, too."""
    return REFUSAL


def assess(folder, model, **changes):
    """Run an assessment of the pack and return its project."""
    settings = {
        "framework": "./framework.yaml",
        "deployment": "closed-product",
        "domains": ["fraud"],
        "attacks": ["plain"],
        "scenarios_per_domain": 60,
        "benign_per_domain": 40,
        "safeguards": ["system-prompt-policy"],
    } | changes
    shutil.copy(FRAMEWORK, folder / "framework.yaml")
    with SimulatedEndpoint(model) as endpoint:
        file = write_assessment(folder, endpoint.url, **settings)
        text = file.read_text().replace('scenarios = ["assistant"]', 'scenarios = ["policies"]')
        facts = text.index("[[facts]]")
        layers = text.index("[[safeguards]]") if settings["safeguards"] else len(text)
        file.write_text(text[:facts] + text[layers:])
        finished = shipworthy("assess", file, "--project", folder / "runs", timeout=300)
    assert finished.returncode in {0, 1, 3}, finished.stderr
    assert "verify    passed" in finished.stderr
    return folder / "runs"


def claims(project):
    """Return the claims of the report by id."""
    page = (campaign_folder(project) / "bundle" / "report.html").read_text()
    found = re.findall(r'data-claim="([^"]+)" data-value="([^"]+)"', page)
    return dict(found)


def section(project, anchor):
    """Return the words of a table of the report, without markup."""
    page = (campaign_folder(project) / "bundle" / "report.html").read_text()
    start = page.index(f'id="{anchor}"')
    return re.sub(r"<[^>]+>", " ", page[start : page.index("</table>", start)])


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    return assess(tmp_path_factory.mktemp("leaky"), breaks_rules_in_german)


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    return assess(tmp_path_factory.mktemp("strict"), keeps_all_rules)


def test_a_model_that_leaks_in_one_language_is_found_by_the_table(leaky):
    found = claims(leaky)
    of = {
        language: (
            int(found[f"language:asr.fraud.bare/{language}#successes"]),
            int(found[f"language:asr.fraud.bare/{language}#scenarios"]),
        )
        for language in ("de", "en", "es", "fr", "zh")
    }

    assert of["de"][0] == of["de"][1] > 5
    assert all(of[language][0] == 0 for language in ("en", "es", "fr", "zh"))
    assert sum(scenarios for _, scenarios in of.values()) == 60
    first = section(leaky, "results-asr-worst-language").split("Fraud")[1]
    assert re.search(r"bare model.*?\bde\b", first, re.DOTALL)


def test_the_limits_of_the_worst_language_show_what_the_pooled_rate_hides(leaky):
    found = claims(leaky)

    pooled = float(found["finding:asr.fraud.bare#point"])
    assert pooled < 0.35
    assert float(found["language:asr.fraud.bare/de#lower"]) > pooled


def test_a_strict_model_is_flagged_in_no_language(strict):
    counts = {
        name: value
        for name, value in claims(strict).items()
        if name.startswith("language:asr.") and name.endswith("#successes")
    }

    assert len(counts) == 10
    assert set(counts.values()) == {"0"}


def test_a_strict_model_is_useful_in_every_language(strict):
    found = claims(strict)
    useful = {
        name: (value, found[name.replace("#successes", "#scenarios")])
        for name, value in found.items()
        if name.startswith("language:usefulness.") and name.endswith("#successes")
    }

    assert len(useful) == 10
    assert all(successes == scenarios for successes, scenarios in useful.values())


def test_an_over_refuser_is_seen_beside_its_perfect_rate(tmp_path):
    project = assess(tmp_path, refuses_delicate_subjects, domains=["self-harm"])
    found = claims(project)

    assert found["finding:asr.self-harm.safeguarded#successes"] == "0"
    assert found["finding:over-refusal.self-harm.safeguarded#point"] == "1.000000"
    assert found["finding:usefulness.self-harm.safeguarded#successes"] == "0"
    assert (
        "Over-refusal by language"
        in (campaign_folder(project) / "bundle" / "report.html").read_text()
    )


def test_a_campaign_that_may_end_early_shows_counts_by_language_without_limits(tmp_path):
    project = assess(
        tmp_path,
        keeps_all_rules,
        domains=["fraud"],
        scenarios_per_domain=0,
        benign_per_domain=10,
        tail="",
        submissions='series"\nstopping = "sequential',
    )
    found = claims(project)

    assert "language:asr.fraud.safeguarded/zh#scenarios" in found
    assert "language:asr.fraud.safeguarded/zh#upper" not in found
    assert "language:usefulness.fraud.safeguarded/zh#upper" in found
    assert len(trial_lines(project)) < 180 * 4


def test_a_verifier_refuses_a_language_that_was_moved(leaky, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(campaign_folder(leaky) / "bundle", bundle)
    scenarios = json.loads((bundle / "scenarios.json").read_text())
    one = next(name for name in scenarios if "-fraud-de-" in name)
    scenarios[one]["scenario"]["language"] = "en"
    (bundle / "scenarios.json").write_text(
        json.dumps(scenarios, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    )
    finished = shipworthy("verify", bundle)

    assert finished.returncode == 4
    assert "SV-SCENARIO" in finished.stdout + finished.stderr
