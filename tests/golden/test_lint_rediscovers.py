"""What critics found in published frameworks, found again by lint from the encodings alone.

Two published lists are the oracle. `DEFECTS` are twelve defects of wording in Meta's Advanced AI
Scaling Framework 2. `CRITIQUE` are the checks that follow from Zvi Mowshowitz' review of the
frameworks of Meta (1.1) and Google DeepMind (2.0) of 7 February 2025, Z1 to Z22.

Each row names the framework, the lint rule, and every id that one finding of the rule must name.
"""

from functools import cache

import pytest

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate, load_framework
from shipworthy.frameworks.compare import compare
from shipworthy.frameworks.lint import lint, lint_rules
from shipworthy.frameworks.wording import compare_wording
from shipworthy.records import LevelField
from shipworthy.vocabulary import DeploymentType

AASF = "meta-advanced-ai-scaling-framework-2"
FAF = "meta-frontier-ai-framework-1.1"
FSF = "google-deepmind-frontier-safety-framework-2.0"
FIRST_FSF = "google-deepmind-frontier-safety-framework-1.0"

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
    # 9: the hedge on security is at critical and not at high, in words and in rules
    ("9", AASF, "hedge-feasibility", {"security-critical"}),
    ("9", AASF, "security-inversion", {"security-critical", "security-high"}),
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
    # open release of a model that enables a scenario which another one enables as well
    ("Z6", FAF, "unanswered-danger", {"biological", "high-release", "critical-release"}),
    ("Z7", FAF, "re-rating", {"critical-rerate"}),
    ("Z8", FAF, "mixed-standard", {"high-entry", "high-excludes-enabling"}),
    # significant uplift is restricted, enabling is not
    ("Z8", FAF, "non-monotone-field", {"cb-3.uplift", "stress-test"}),
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

BETWEEN = {"Z13", "Z15", "Z17", "Z20"}
"""Rows that no single text shows: a test below compares two frameworks."""

NOT_CHECKABLE = {"Z22": "spirit and culture cannot be read from a text"}


ABSENT = {"no-compute-trigger", "no-review-cadence", "single-signer", "re-rating"}
ALSO_ASKED = ABSENT | {"uncovered-domain", "unvalidated-monitoring"}


@cache
def findings(framework):
    asked = {rule for _, name, rule, _ in (*DEFECTS, *CRITIQUE) if name == framework}
    return lint(load_framework(framework), lint_rules(), only=asked | ALSO_ASKED).findings


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
    assert found | BETWEEN | set(NOT_CHECKABLE) == {
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
    assert not rules & ABSENT


# What two versions show: Google DeepMind's first framework beside its second.


def test_z13_the_second_version_drops_autonomy():
    """Persuasion, which the critic names as well, was no threshold of the first by our notes."""
    old, new = ({one.domain for one in load_framework(name).coverage} for name in (FIRST_FSF, FSF))
    assert old - new == {"autonomy"}


def test_z15_the_second_version_drops_the_level_that_prevents_access():
    found = compare_wording(load_framework(FIRST_FSF), load_framework(FSF))
    outcomes = {one.old: one.outcome for one in found.changes if one.old}
    assert outcomes["deployment-level-3"] == "removed"


def test_z17_the_second_version_drops_the_numbers_that_make_evaluation_due():
    old, new = (compile_rulebook(load_framework(name)) for name in (FIRST_FSF, FSF))
    for gate in compare(old, new).gates:
        fates = {one.rule.removesuffix("-develop"): one for one in gate.old_rules}
        assert fates["cadence"].fate == "dropped"
        read = {one.name for one in fates["cadence"].witness.readings}
        assert read <= {"compute-growth", "fine-tuning-months"}
        assert {"compute-growth", "fine-tuning-months"} <= set(gate.only_old)


def least_security(rulebook, **reached):
    """Return the least protection of weights with which development proceeds."""
    facts = {
        one.name: one.levels[0 if one.riskier == "up" else -1]
        if isinstance(one, LevelField)
        else "1"
        for one in rulebook.fields
        if not (isinstance(one, LevelField) and one.definitions)
    }
    facts |= {name.replace("_", "-"): value for name, value in reached.items()}
    scale = next(one.levels for one in rulebook.fields if one.name == "security.level")
    for level in scale:
        evidence = Evidence({}, facts | {"security.level": level}, DeploymentType.INTERNAL)
        if evaluate(rulebook, evidence, "develop").level_worst == "proceed":
            return level
    return None


def test_z20_the_security_that_each_capability_asks_for():
    """Two levels of five for weapons and attacks; the critic wants to see them side by side."""
    second = compile_rulebook(load_framework(FSF))
    assert {
        "none": least_security(second),
        "weapons": least_security(second, cbrn_uplift="reached"),
        "attacks": least_security(second, cyber_cost_reduction="10"),
        "acceleration": least_security(second, ai_progress_speedup="2"),
        "automation": least_security(second, ml_automation="reached"),
    } == {
        "none": "SL0",
        "weapons": "SL2",
        "attacks": "SL2",
        "acceleration": "SL3",
        "automation": "SL4",
    }
    later = compile_rulebook(load_framework("google-deepmind-frontier-safety-framework-3.1"))
    assert least_security(later, cbrn_uplift="reached") == "SL2-plus"
    assert least_security(later, cyber_uplift="reached") == "SL2-plus"
