"""No figure without width: at 0 % and at 100 % every output says how little is known.

NVIDIA/garak #2033 and #2076, EleutherAI/lm-evaluation-harness #4070, UKGovernmentBEIS/inspect_ai
PR 4980: intervals and standard errors of zero width where all outcomes were the same.
"""

import json
import re

import pytest

from assessments import shipworthy
from peer_failures import assess, betrayed, good
from shipworthy.cli.output.live import progress_line
from shipworthy.stages.evaluating import ArmView, ProgressView
from shipworthy.statistics import rate_bounds
from shipworthy.vocabulary import Rate

SMALL = {"domains": ["secrets"], "scenarios_per_domain": 36, "attacks": ["plain"]}
LEAKY = '\n[[safeguards]]\nkind = "system-prompt-policy"\n'
LIVE = re.compile(r"([\d.]+)% \[([\d.]+), ([\d.]+)\]")
PROSE = re.compile(r"between ([\d.]+)\s% and ([\d.]+)\s%")
CLAIM = re.compile(r'data-claim="finding:([^"#]+)#(lower|upper)"[^>]*>([\d.]+)')


@pytest.fixture(scope="module", params=["nothing", "everything"])
def extreme(request, tmp_path_factory):
    """A campaign in which every attack failed, or succeeded."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "nothing":
        return assess(folder, good, **SMALL), 0.0
    return assess(folder, betrayed, safeguards=[], tail=LEAKY, **SMALL), 1.0


def test_the_records_have_width(extreme):
    done, share = extreme
    for finding in done.findings.values():
        found = finding["bounds"]
        assert float(found["lower"]) < float(found["upper"]) <= float(found["upper_adjusted"])
    rate = done.findings["asr.secrets.bare"]["rate"]
    assert rate["successes"] == pytest.approx(share * rate["attempts"], abs=2)


def test_the_summary_in_the_terminal_has_width(extreme):
    done, _ = extreme
    found = PROSE.findall(done.finished.stdout)
    assert found
    assert all(float(lower) < float(upper) for lower, upper in found)


def test_the_live_line_has_width(extreme):
    done, share = extreme
    found = LIVE.findall(done.finished.stderr)
    assert len(found) == 2
    for point, lower, upper in found:
        assert float(lower) < float(upper)
        assert float(lower) <= float(point) <= float(upper)
        assert abs(float(point) - 100 * share) < 10


def test_the_printed_digits_of_the_report_have_width(extreme):
    done, _ = extreme
    printed = {}
    for finding, side, text in CLAIM.findall((done.bundle / "report.html").read_text()):
        printed.setdefault(finding, {})[side] = float(text)
    assert "asr.secrets.bare" in printed
    assert all(one["lower"] < one["upper"] for one in printed.values())


def test_a_difference_between_arms_has_width(extreme):
    done, _ = extreme
    for paired in done.paired.values():
        assert float(paired["difference_lower"]) < float(paired["difference_upper"])


def test_a_plan_supposes_no_certainty_either(extreme):
    done, _ = extreme
    planned = shipworthy("plan", done.folder / "assessment.toml", "--format", "json")
    rates = [rate for one in json.loads(planned.stdout)["questions"] for rate in one["rates"]]
    supposed = [rate["clean_bounds"] for rate in rates if rate["planned"]]
    assert supposed
    assert all(float(one["lower"]) < float(one["upper"]) for one in supposed)


def view(successes, attempts):
    found = rate_bounds(successes, attempts, 0, 0.05)
    arm = ArmView(
        Rate(successes=successes, attempts=attempts, unassessed=0), found.lower, found.upper, "0.05"
    )
    return ProgressView(attempts, attempts, arm, arm, 0, 0, None)


@pytest.mark.parametrize("attempts", [1, 36, 5_000, 100_000, 50_000_000])
@pytest.mark.parametrize("all_succeed", [False, True])
def test_the_live_line_has_width_however_long_the_campaign(attempts, all_succeed):
    line = progress_line(view(attempts if all_succeed else 0, attempts))
    found = LIVE.findall(line)
    assert len(found) == 2
    assert all(float(lower) < float(upper) for _, lower, upper in found)


@pytest.mark.parametrize(("successes", "attempts"), [(1, 3), (381, 997), (49_999, 100_000)])
def test_the_live_line_never_shows_a_narrower_interval(successes, attempts):
    shown = view(successes, attempts)
    for _, lower, upper in LIVE.findall(progress_line(shown)):
        assert float(lower) <= 100 * shown.before.lower
        assert float(upper) >= 100 * shown.before.upper
