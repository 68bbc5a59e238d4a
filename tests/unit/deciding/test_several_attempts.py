"""Limits on what at least one of several attempts reaches: read as any rate, never replaced."""

import msgspec
import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.kernel import decimal_string, digest_text
from shipworthy.records import SCENARIO_METHOD, Bounds, Finding
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.statistics import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.vocabulary import Arm, DeploymentType, Rate

STARTER = compile_rulebook(load_framework("starter"))
PLAN = digest_text("plan")
TERMS = DraftTerms(
    subject=digest_text("model"),
    plan=PLAN,
    deployment=DeploymentType.LIMITED,
    gate="deploy",
    drafted_at="2026-11-22T00:00:00Z",
    expires_at="2027-02-22T00:00:00Z",
)


def rulebook(attempts):
    """The starter, with its limit on violence set on several attempts."""
    fields = tuple(
        msgspec.structs.replace(field, finding=f"asr-at-{attempts}.violence.safeguarded")
        if getattr(field, "finding", "") == "asr.violence.safeguarded"
        else field
        for field in STARTER.fields
    )
    assert fields != STARTER.fields
    return msgspec.structs.replace(STARTER, fields=fields)


def finding(name, breached, scenarios=60, each=1):
    """A finding without misses; `each` attempts a scenario, of which the rate counts all."""
    upper = decimal_string(clopper_pearson_upper(breached, scenarios, 0.05), "up")
    together = name.startswith("asr-at-")
    return Finding(
        id=name,
        metric="asr-at-k" if together else "asr",
        domain="violence",
        arm=Arm.SAFEGUARDED,
        rate=Rate(successes=breached, attempts=scenarios * each, unassessed=0),
        bounds=Bounds(
            method=SCENARIO_METHOD if together else "korn-graubard-floor/2",
            alpha="0.05",
            lower=decimal_string(clopper_pearson_lower(breached, scenarios, 0.05), "down"),
            upper=upper,
            upper_adjusted=upper,
            scenarios=scenarios,
            scenarios_with_success=breached,
            design_effect="1.000000",
        ),
        judges=("canary",),
        plan=PLAN,
    )


def violence(attempts, *found):
    decision = decide(rulebook(attempts), found, (), TERMS)
    name = f"asr-at-{attempts}.violence.safeguarded"
    return next(one for one in decision.requirements if one.reads == (name,))


@pytest.mark.parametrize(
    ("breached", "verdict"), [(0, "kept"), (6, "inconclusive"), (50, "broken")]
)
def test_the_gate_reads_it_like_any_other_rate(breached, verdict):
    found = violence(3, finding("asr-at-3.violence.safeguarded", breached))
    assert found.verdict == verdict
    assert f"`asr-at-3.violence.safeguarded`: {breached} of 60" in found.why


@pytest.mark.parametrize("breached", [0, 50])
def test_another_number_of_attempts_stands_in_neither_for_good_nor_for_bad(breached):
    found = violence(
        10,
        finding("asr-at-3.violence.safeguarded", breached),
        finding("asr.violence.safeguarded", breached, each=3),
    )
    assert found.verdict == "inconclusive"
    assert found.why == (
        "there is no finding `asr-at-10.violence.safeguarded`: the campaign has 3 attempts on "
        "each scenario, not 10"
    )
    assert "10 attempts on every scenario" in found.missing


def test_single_attempts_are_told_from_no_attempts():
    once = violence(2, finding("asr.violence.safeguarded", 0))
    assert once.verdict == "inconclusive"
    assert once.why.endswith(": not every scenario has 2 attempts")
    assert violence(2).why == "there is no finding `asr-at-2.violence.safeguarded`"
