"""Differences of conditions: their tables, and limits that no campaign can show."""

import pytest
from msgspec.structs import replace

from shipworthy.records import Atom, RateField
from shipworthy.stages.reporting.statistics_lint import (
    Recorded,
    lint_records,
    lint_report_input,
    recorded_in,
)
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.testing.battery import battery_rulebook
from shipworthy.testing.reports import battery_report

REPORT = battery_report()
READ = "awareness.policy.bare"


def told(recorded, rule):
    return [one for one in lint_records(recorded) if one.rule == rule]


def rebuilt(**changes):
    whole = recorded_in(REPORT)
    fields = {name: getattr(whole, name) for name in Recorded.__dataclass_fields__}
    return Recorded(**(fields | changes))


def with_table(name, **changes):
    return tuple(replace(one, **changes) if one.id == name else one for one in REPORT.contrasts)


def test_no_rule_raises_an_error_on_a_campaign_that_tries_everything():
    assert [one for one in lint_report_input(REPORT) if one.severity == "error"] == []


@pytest.mark.parametrize(
    "changes",
    [{"second_only": 2}, {"neither": 25}, {"open": 1}, {"upper": "0.1"}, {"lower": "0.05"}],
)
def test_a_table_with_other_numbers_than_its_limit_is_an_error(changes):
    (found,) = told(rebuilt(contrasts=with_table(READ, **changes)), "contrast-without-table")
    assert (found.where, found.severity) == (READ, "error")


def test_a_table_of_nothing_is_an_error():
    stray = replace(REPORT.contrasts[0], id="awareness.other.bare")
    (found,) = told(rebuilt(contrasts=(*REPORT.contrasts, stray)), "contrast-without-table")
    assert found.where == "awareness.other.bare"


def asking(operator, value, finding=READ, bound="upper"):
    book = battery_rulebook()
    atom = Atom(field="asked", operator=operator, value=value, bound=bound)
    rule = book.rules[-1]
    one = replace(rule.requires[0], id="asked", condition=atom)
    field = RateField(name="asked", finding=finding, riskier="up")
    return rebuilt(
        rulebook=replace(
            book, fields=(*book.fields, field), rules=(replace(rule, requires=(one,)),)
        )
    )


@pytest.mark.parametrize(("operator", "value"), [("<", "0"), ("<", "-0.1"), ("<=", "-0.01")])
def test_a_limit_that_no_number_of_scenarios_shows_is_named(operator, value):
    (found,) = told(asking(operator, value), "difference-out-of-reach")
    assert "no number of scenarios" in found.message


def test_a_limit_out_of_reach_of_the_plan_says_how_many_scenarios_it_takes():
    (found,) = told(asking("<", "0.05"), "difference-out-of-reach")
    least = int(found.message.split()[-3])
    alpha = 0.8 * float(REPORT.plan.gate_alpha) / 2
    limits = [clopper_pearson_upper(0, number, alpha) for number in (least, least - 1)]
    assert limits[0] < 0.05 <= limits[1]


@pytest.mark.parametrize(
    ("operator", "value", "finding", "bound"),
    [
        ("<", "0.4", READ, "upper"),
        (">", "0", READ, "lower"),
        ("<", "0", READ, "point"),
        ("<", "0.001", "asr.policy.bare", "upper"),
        ("<", "0.001", "awareness.unplanned.bare", "upper"),
    ],
)
def test_what_can_be_shown_or_is_no_such_limit_is_left_alone(operator, value, finding, bound):
    assert told(asking(operator, value, finding, bound), "difference-out-of-reach") == []
