"""What critics found in published frameworks, found again by lint from the encodings alone.

Two published lists are the oracle. `DEFECTS` are twelve defects of wording in Meta's Advanced AI
Scaling Framework 2. `CRITIQUE` are the checks that follow from Zvi Mowshowitz' review of the
frameworks of Meta (1.1) and Google DeepMind (2.0) of 7 February 2025, Z1 to Z22.

Each row names the framework, the lint rule, and every id that one finding of the rule must name.
"""

from functools import cache

import pytest

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.lint import lint, lint_rules

AASF = "meta-advanced-ai-scaling-framework-2"
FAF = "meta-frontier-ai-framework-1.1"
FSF = "google-deepmind-frontier-safety-framework-2.0"

DEFECTS = [
    # 1: one item sends models below the limit to the complex suite, the others those above it
    ("1", AASF, "contradiction", {"cy-2", "cy-2-reversed"}),
    # 2: critical by contribution in development, by unique enabling in deployment
    ("2", AASF, "mixed-standard", {"critical-development", "critical-deployment"}),
    # 3: moderate is where a model may start and where mitigation must bring it, by no test
    ("3", AASF, "untested-target", {"cyber-1.post", "residual"}),
    ("3", AASF, "untested-target", {"loc-1.post", "residual"}),
    # 4: acceptable levels are not defined
    ("4", AASF, "undefined-term", {"acceptable-levels"}),
    ("4", AASF, "hedge-adequacy", {"critical-develop"}),
    # 5: both acceptance criteria are illustrations
    ("5", AASF, "no-binding-number", {"cb-2", "loc-p", "cb-2-attacked", "loc-p-mask"}),
    # 6: six attacks in ten, and half of all agentic tests, may fail
    ("6", AASF, "tolerates-failure", {"cb-2-attacked"}),
    ("6", AASF, "tolerates-failure", {"loc-p-misalignment"}),
    # 7: no bound is stated
    ("7", AASF, "unstated-bound", {"cb-2-attacked"}),
    ("7", AASF, "unstated-bound", {"loc-p-misalignment"}),
    # 8: either officer decides, or one of them approves
    ("8", AASF, "decision-conflict", {"decide-or", "decide-approval"}),
    # 9, the hedge on security at critical and not at high: its phrase here, its order in LATER
    ("9", AASF, "hedge-feasibility", {"security-critical"}),
    # 10: "when" in the introduction, "only if" in the table
    ("10", AASF, "modality-conflict", {"mitigations", "intro-when", "high-deploy"}),
    # 11: a material factor is not defined
    ("11", AASF, "undefined-term", {"substantially-contribute"}),
    ("11", AASF, "undefined-term", {"material-factor"}),
    # 12: even the entry tests for high are examples
    ("12", AASF, "illustrative-number", {"cyber-1.pre", "cy-3"}),
    ("12", AASF, "illustrative-number", {"cyber-2.pre", "cy-5"}),
]

CRITIQUE = [
    ("Z1", FAF, "hedge-feasibility", {"security-critical"}),
    ("Z1", AASF, "hedge-feasibility", {"security-critical"}),
    ("Z2", FSF, "hedge-competitors", {"field-adoption"}),
    ("Z2", FSF, "unbounded-override", {"field-adoption"}),
    # a rival's closed model counts as an existing tool
    ("Z3", FAF, "moving-baseline", {"cyber-1.uplift"}),
    ("Z4", FAF, "no-decision-protocol", {"escalation"}),
    ("Z4", FAF, "unnamed-role", {"leadership-team"}),
    ("Z4", FAF, "governance-minimum", {"risk-ownership"}),
    ("Z5", FAF, "no-binding-number", set()),
    ("Z5", FAF, "untested-target", {"cyber-1.post"}),
    ("Z6", FAF, "irreversible-release", {"moderate"}),
    ("Z7", FAF, "re-rating", {"critical-rerate"}),
    ("Z8", FAF, "mixed-standard", {"high-entry", "high-excludes-enabling"}),
    ("Z9", FAF, "only-mentioned", {"ai-rnd"}),
    ("Z10", FAF, "no-compute-trigger", set()),
    ("Z10", FSF, "no-compute-trigger", set()),
    ("Z11", FAF, "loose-amendment", set()),
    ("Z11", FSF, "loose-amendment", set()),
    ("Z12", FAF, "unbounded-override", {"benefits"}),
    ("Z14", FSF, "late-red-teaming", {"red-team", "safety-case-updates"}),
    # every other field of uplift has its baseline; of this one the record has none
    ("Z16", FSF, "no-baseline", {"cyber-autonomy"}),
    ("Z18", AASF, "unvalidated-monitoring", {"loc-measures"}),
    ("Z19", FSF, "conditional-disclosure", {"disclosure"}),
    ("Z21", FAF, "governance-minimum", {"board-committee"}),
    ("Z21", FAF, "governance-minimum", {"external-audit"}),
    ("Z21", FAF, "governance-minimum", {"executive-risk-officer"}),
]

LATER = {
    "9": "the inversion itself, a weaker duty at a higher level, is a question of logic",
    "Z13": "a dropped domain shows between two versions: `framework diff`",
    "Z15": "a dropped level shows between two versions: `framework diff`",
    "Z17": "a removed number shows between two versions: `framework diff`",
    "Z20": "security levels are put side by side across publishers: `framework compare`",
}
"""Rows of the lists that a rule for one text cannot decide, and what does."""

NOT_CHECKABLE = {"Z22": "spirit and culture cannot be read from a text"}


@cache
def findings(framework):
    return lint(load_framework(framework), lint_rules()).findings


@pytest.mark.parametrize(
    ("row", "framework", "rule", "ids"),
    [*DEFECTS, *CRITIQUE],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lint_finds_what_the_critics_found(row, framework, rule, ids):
    named = [one.names for one in findings(framework) if one.rule == rule]
    assert named, f"{row}: no finding of {rule}"
    assert any(ids <= names for names in named), (row, sorted(map(sorted, named)))


def test_every_row_of_both_lists_has_a_place():
    found = {row for row, *_ in (*DEFECTS, *CRITIQUE)}
    assert found | set(LATER) | set(NOT_CHECKABLE) == {
        *(str(number) for number in range(1, 13)),
        *(f"Z{number}" for number in range(1, 23)),
    }


@pytest.mark.parametrize("domain", ["radiological", "nuclear", "persuasion"])
def test_lint_names_the_domains_that_meta_passed_over(domain):
    messages = [one.message for one in findings(FAF) if one.rule == "uncovered-domain"]
    assert any(f"passes over {domain} " in message for message in messages)


def test_control_evaluation_is_not_missed_where_the_text_has_it():
    """Z18 asks for control evaluation; version 2.0 of Google DeepMind's framework names it."""
    assert "unvalidated-monitoring" not in {one.rule for one in findings(FSF)}


def test_what_the_second_framework_of_meta_added_is_no_longer_found():
    rules = {one.rule for one in findings(AASF)}
    assert not rules & {"no-compute-trigger", "no-review-cadence", "single-signer", "re-rating"}
