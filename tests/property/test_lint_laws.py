"""What holds of lint whatever the document exempts and in whatever order things stand."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.document import LintExemption
from shipworthy.frameworks.lint import IDLE_EXEMPTION, SEVERITIES, lint, lint_rules

DOCUMENT = load_framework("google-deepmind-frontier-safety-framework-2.0")
RULES = lint_rules("2026-11-22")
PLAIN = lint(DOCUMENT, RULES)
NAMES = sorted({name for one in PLAIN.findings for name in one.names})
IDS = [rule.id for rule in RULES]

exemptions = st.lists(
    st.builds(
        LintExemption,
        rule=st.sampled_from([*IDS, "no-such-rule"]),
        at=st.sampled_from(["", "nowhere", *NAMES]),
        reason=st.just("for the test"),
    ),
    max_size=6,
)


def content(report):
    return sorted((one.rule, one.subject.kind, one.subject.id, one.message) for one in report)


@settings(max_examples=40, deadline=None)
@given(exemptions)
def test_no_finding_is_lost_to_an_exemption(listed):
    report = lint(msgspec.structs.replace(DOCUMENT, exemptions=tuple(listed)), RULES)
    standing = [one for one in report.findings if one.rule != IDLE_EXEMPTION.id]
    exempted = [one.finding for one in report.exempted]
    assert content(standing + exempted) == content(PLAIN.findings)


@settings(max_examples=40, deadline=None)
@given(exemptions)
def test_every_exemption_either_takes_something_out_or_is_called_idle(listed):
    report = lint(msgspec.structs.replace(DOCUMENT, exemptions=tuple(listed)), RULES)
    idle = {int(one.subject.id) for one in report.findings if one.rule == IDLE_EXEMPTION.id}
    for index, one in enumerate(listed):
        fits = any(
            found.rule == one.rule and (not one.at or one.at in found.names)
            for found in PLAIN.findings
        )
        assert fits == (index not in idle)


@settings(max_examples=20, deadline=None)
@given(st.permutations(RULES))
def test_the_order_of_rules_does_not_matter(rules):
    assert lint(DOCUMENT, tuple(rules)).findings == PLAIN.findings


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(IDS), min_size=1, max_size=5, unique=True))
def test_a_rule_finds_the_same_alone_as_among_the_others(only):
    chosen = lint(DOCUMENT, RULES, only=only).findings
    assert chosen == tuple(one for one in PLAIN.findings if one.rule in only)


@given(st.sampled_from(SEVERITIES))
def test_a_lower_threshold_shows_no_fewer(severity):
    lower = SEVERITIES[SEVERITIES.index(severity) :]
    shown = PLAIN.at_least(severity)
    for other in lower:
        assert set(shown) <= set(PLAIN.at_least(other))
    assert len(PLAIN.at_least("note")) == sum(PLAIN.count(word) for word in SEVERITIES)
