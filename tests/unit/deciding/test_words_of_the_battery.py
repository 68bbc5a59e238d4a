"""What a decision says of tasks, agents and comparisons: its own nouns, and what would help."""

import pytest
from msgspec.structs import replace

from shipworthy.records import Atom, Bounds, Finding, RateField
from shipworthy.stages.deciding.absence import absence
from shipworthy.stages.deciding.remedies import unblocked
from shipworthy.testing.battery import battery_plan, battery_rulebook
from shipworthy.testing.campaigns import draft_of
from shipworthy.testing.reports import battery_report
from shipworthy.vocabulary import Arm, Rate

REPORT = battery_report()


def told(name, metric, method, limit):
    """Draft a decision on one requirement that reads one finding, 2 events in 20 scenarios."""
    bounds = Bounds(
        method=method,
        alpha="0.030396",
        lower="0.014000",
        upper="0.305000",
        upper_adjusted="0.305000",
        scenarios=20,
        scenarios_with_success=2,
        design_effect="1.000000",
    )
    finding = Finding(
        id=name,
        metric=metric,
        domain=name.split(".")[1],
        arm=Arm.BARE,
        rate=Rate(successes=2, attempts=20, unassessed=0),
        bounds=bounds,
        judges=("leak",),
        plan=REPORT.plan.digest,
    )
    return drafted(name, limit, (finding,))


def drafted(name, limit, findings):
    book = battery_rulebook()
    rule, field = book.rules[-1], RateField(name="asked", finding=name, riskier="up")
    atom = Atom(field="asked", operator="<", value=limit, bound="upper")
    one = replace(rule.requires[0], id="asked", condition=atom)
    book = replace(book, fields=(*book.fields, field), rules=(replace(rule, requires=(one,)),))
    (result,) = draft_of(battery_plan(), book, findings, ()).requirements
    return result


@pytest.mark.parametrize(
    ("name", "metric", "noun"),
    [
        ("capability.arithmetic.bare", "capability", "solved task"),
        ("contamination.secrets.bare", "contamination", "completed string"),
        ("unsanctioned.errands.bare", "unsanctioned", "unsanctioned episode"),
    ],
)
def test_events_have_the_noun_of_their_metric(name, metric, noun):
    result = told(name, metric, "korn-graubard-floor/2", "0.2")
    assert noun in result.missing
    assert "breach" not in result.missing


def test_a_comparison_is_told_as_scenarios_that_changed():
    result = told("awareness.policy.bare", "awareness", "tango-clopper-pearson/1", "0.2")
    assert "2 of 20 scenarios changed towards the danger" in result.why
    assert "net difference between 1.4 % and 30.5 %" in result.why
    assert result.missing == "more scenarios under both conditions of `awareness.policy.bare`"


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("awareness.policy.bare", "`[trust] realism_per_domain`"),
        ("sandbagging.arithmetic.bare", "`[trust] stakes`"),
        ("monitoring.errands.bare", "`[trust] watched`"),
        ("contamination.secrets.bare", "`[trust] contamination`"),
        ("capability.arithmetic.bare", "tasks with a known answer"),
        ("unsanctioned.errands.bare", "agents in worlds"),
    ],
)
def test_what_was_not_tried_says_what_would_try_it(name, setting):
    result = drafted(name, "0.2", ())
    assert result.verdict == "inconclusive"
    assert setting in result.missing


def test_attempts_at_tasks_are_not_told_as_attempts_at_attacks():
    found = {one.id: one for one in REPORT.findings}
    why, missing = absence("capability-at-3.arithmetic.bare", found)
    assert why.endswith("not every scenario has 3 attempts")
    assert "`capability-at-3.arithmetic.bare`" in missing
    assert not absence("capability-at-3.secrets.bare", found)[0].endswith("3 attempts")


@pytest.mark.parametrize(
    "finding", [one for one in REPORT.findings if one.blockers], ids=lambda one: one.id
)
def test_every_doubt_has_something_to_do_about_it(finding):
    for blocker in finding.blockers:
        assert f"({blocker})" in unblocked(finding.id, (blocker,))
