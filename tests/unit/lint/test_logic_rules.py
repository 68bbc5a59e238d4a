"""What lint says of the logic of the library's frameworks, and cases that pages do not show."""

from functools import cache

import pytest

from full_framework import FULL
from shipworthy.frameworks import load_framework, read_framework
from shipworthy.frameworks.language.places import read_places
from shipworthy.frameworks.lint import lint
from shipworthy.frameworks.lint.logic import LOGIC_RULES

FAF = "meta-frontier-ai-framework-1.1"
AASF = "meta-advanced-ai-scaling-framework-2"
RSP = {version: f"anthropic-responsible-scaling-policy-{version}" for version in ("2.2", "3.4")}
FSF = "google-deepmind-frontier-safety-framework-2.0"


@cache
def found(framework, rule):
    return lint(load_framework(framework), LOGIC_RULES, only=[rule]).findings


def test_the_loophole_of_metas_first_framework_is_open_release_without_an_answer():
    """A model that enables a scenario, while others do as well, is released by silence."""
    findings = found(FAF, "unanswered-danger")
    assert {one.subject.id for one in findings} == {"cyber", "fraud", "chemical", "biological"}
    for one in findings:
        assert one.severity == "error"
        assert "deployment open-weights" in one.message
        assert "uplift enables" in one.message
        assert "others-enable no" not in one.message


def test_enabling_is_restricted_less_than_significant_uplift():
    fields = {one.subject.id: one for one in found(FAF, "non-monotone-field")}
    uplift = {name for name in fields if name.endswith(".uplift")}
    assert len(uplift) == 6
    for name in uplift:
        assert f"{name} significant" in fields[name].message
        assert f"with {name} enables: `release`" in fields[name].message


@pytest.mark.parametrize("framework", [FAF, AASF])
def test_both_frameworks_of_meta_protect_critical_weights_less_than_high_ones(framework):
    (finding,) = found(framework, "security-inversion")
    assert finding.clauses == ("security-high", "security-critical")
    assert finding.rules == ("security-critical",)
    assert finding.severity == "error"


@pytest.mark.parametrize("framework", [FSF, *RSP.values(), "starter"])
def test_other_frameworks_have_no_inversion(framework):
    assert found(framework, "security-inversion") == ()


def test_the_later_policy_of_anthropic_never_stops_development():
    """Version 2.2 pauses; version 3.4 has no stop that its text holds itself to."""
    messages = [one.message for one in found(RSP["3.4"], "unreachable-decision")]
    assert any("no profile is decided as `hold` at gate `develop`" in one for one in messages)
    assert not found(RSP["2.2"], "unreachable-decision")
    domains = {one.subject.id for one in found(RSP["3.4"], "unanswered-danger")}
    assert domains == {"ai-rnd", "biological", "chemical", "loss-of-control"}
    assert not found(RSP["2.2"], "unanswered-danger")


def test_a_framework_whose_level_says_hold_and_whose_rules_never_hold():
    messages = " ".join(one.message for one in found(FSF, "unreachable-decision"))
    assert "`hold` at gate `deploy`" in messages
    assert "`hold` at gate `develop`" in messages


@pytest.fixture
def linted(tmp_path):
    """Lints the full framework with one more rule; returns the text and the findings by rule."""

    def read(rule, *replacements):
        text = FULL
        for before, after in replacements:
            assert before in text, before
            text = text.replace(before, after)
        text = text.replace(
            "    unless_discretion: practicable\n", f"    unless_discretion: practicable\n{rule}"
        )
        file = tmp_path / "framework.yaml"
        file.write_text(text)
        report = lint(read_framework(file), LOGIC_RULES, read_places(file))
        return text, {one.rule: one for one in report.findings}

    return read


BACKSTOP = """\
  - id: r2
    title: R
    gate: deploy
    clauses: [c1]
    when: {all: [cyber == critical, deployment >= api]}
    ceiling: stop
"""


def test_a_rule_behind_one_that_a_hedge_releases_is_not_in_its_shadow(linted):
    """`r1` covers `r2` wherever it binds, and `practicable` releases `r1`."""
    _, findings = linted(BACKSTOP)
    assert "shadowed-rule" not in findings


def test_the_same_rule_is_in_the_shadow_of_one_that_nothing_releases(tmp_path):
    text = FULL.replace("    unless_discretion: practicable\n", BACKSTOP)
    text = text.replace(", unless_discretion: [practicable, others]", "")
    text = text.replace(", unless_discretion: others, clauses: [c2]", ", clauses: [c2]")
    file = tmp_path / "framework.yaml"
    file.write_text(text)
    (finding,) = lint(read_framework(file), LOGIC_RULES, only=["shadowed-rule"]).findings
    assert finding.rules == ("r2", "r1")


def test_a_finding_stands_at_the_line_of_its_rule(linted):
    again = BACKSTOP.replace("id: r2", "id: r3")
    text, findings = linted(BACKSTOP + again)
    finding = findings["shadowed-rule"]
    assert (finding.subject.id, finding.rules) == ("r3", ("r3", "r2"))
    assert finding.location.line == text.splitlines().index("  - id: r3") + 1
