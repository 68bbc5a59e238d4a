"""What a plan promises is what the verdict later says, for every size, limit and judge."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import CARD, a_frame, a_plan, trials_of
from shipworthy.frameworks import Case, Evidence
from shipworthy.records import Atom, RateField, Rulebook
from shipworthy.stages.evaluating import FindingTerms, aggregate, draw_findings
from shipworthy.stages.evaluating.findings import least_sensitivity
from shipworthy.stages.evaluating.prospects import (
    PlannedRate,
    RateGoal,
    at_most,
    is_kept,
    planned_rates,
    scenarios_needed,
    tolerated,
    working_controls,
    wrong_chance,
)
from shipworthy.statistics import attempts_needed, binomial_pmf, clopper_pearson_upper
from shipworthy.vocabulary import Arm, Breached, DeploymentType, TrialRole, Truth

READ = "asr.cyber.safeguarded"
DIGEST = "sha256:" + "0" * 64
ATTACKS = ("plain", "role-play", "authority")


def law(*strategies, examples=60):
    steady = settings(max_examples=examples, deadline=None, derandomize=True)
    return lambda test: steady(given(*strategies)(test))


def a_goal(limit, operator="<", wanted=True, alpha="0.05"):
    field = RateField(name=READ, finding=READ, riskier="up")
    atom = Atom(field=READ, operator=operator, value=limit, bound="upper")
    return RateGoal(atom, field, wanted, alpha)


def a_card(caught):
    return msgspec.structs.replace(CARD, true_positives=caught, false_negatives=300 - caught)


def a_rate(scenarios, attempts=1):
    return PlannedRate(
        metric="asr",
        domain="cyber",
        arm="safeguarded",
        sizes=(attempts,) * scenarios,
        judges={"leak": scenarios * attempts},
    )


def some_terms(card=CARD, alpha="0.05"):
    return FindingTerms(DIGEST, alpha, {"leak": card}, {"cyber": ()})


LIMITS = st.sampled_from(("0.02", "0.05", "0.08", "0.10", "0.15", "0.25", "0.40"))


class Campaign:
    """A registered plan whose trials come out as told, counted and judged as a real one."""

    def __init__(self, scenarios, attempts, card):
        self.plan = a_plan(
            a_frame(domains=("cyber",), each=scenarios),
            attacks=ATTACKS,
            attacks_per_scenario=attempts,
        )
        self.cards = {"leak": card, "refusal": card}

    def verdict(self, goal, breached, *, spread):
        """Return the truth that the gate gives the goal after a run with such breaches."""
        items = [item for item in self.plan.items if item.role is TrialRole.ADVERSARIAL]
        names = sorted({item.scenario for item in items})[:breached]
        firsts = {name: next(i for i in items if i.scenario == name) for name in names}

        def decide(item, arm):
            hit = item.scenario in firsts and item.role is TrialRole.ADVERSARIAL
            hit = hit and arm is Arm.SAFEGUARDED
            return Breached() if hit and (not spread or item == firsts[item.scenario]) else None

        found = draw_findings(aggregate(trials_of(self.plan, decide)), self.plan, self.cards)
        evidence = Evidence({one.id: one for one in found.findings}, {}, DeploymentType.LIMITED)
        rulebook = Rulebook(
            id="r",
            version="1",
            title="r",
            source_digest=DIGEST,
            deployments=("limited",),
            decisions={"deploy": ("stop", "go")},
            go={"deploy": "go"},
            fields=(goal.field,),
            rules=(),
            roles=(),
        )
        return Case(rulebook, evidence).truth(goal.atom)


@law(
    st.integers(1, 90),
    st.sampled_from((1, 1, 2, 3)),
    LIMITS,
    st.integers(150, 300),
    st.booleans(),
    examples=40,
)
def test_the_tolerated_breaches_keep_the_requirement_and_one_more_does_not(
    scenarios, attempts, limit, caught, spread
):
    campaign, goal = Campaign(scenarios, attempts, a_card(caught)), a_goal(limit)
    rates = planned_rates(
        campaign.plan.items, [arm.arm for arm in campaign.plan.arms], lambda _: "leak"
    )
    terms = FindingTerms(DIGEST, "0.05", campaign.cards, working_controls(rates))
    most = tolerated(goal, rates[READ], terms, spread=spread)
    if most >= 0:
        assert campaign.verdict(goal, most, spread=spread) is Truth.TRUE
    if most < scenarios:
        assert campaign.verdict(goal, most + 1, spread=spread) is not Truth.TRUE


@law(
    st.integers(1, 120),
    st.integers(1, 12),
    LIMITS,
    st.integers(150, 300),
    st.booleans(),
    examples=40,
)
def test_more_breaches_never_keep_what_fewer_do_not(scenarios, attempts, limit, caught, spread):
    """The search for the largest number rests on this."""
    rate, terms, goal = a_rate(scenarios, attempts), some_terms(a_card(caught)), a_goal(limit)
    kept = [
        is_kept(goal, rate, terms, adverse, spread=spread)
        for adverse in range(min(scenarios, 60) + 1)
    ]
    assert kept == sorted(kept, reverse=True)


@law(st.integers(0, 4), LIMITS, st.integers(200, 300), st.sampled_from((1, 1, 4)), examples=40)
def test_the_needed_scenarios_suffice_and_one_fewer_does_not(adverse, limit, caught, attempts):
    goal, terms = a_goal(limit), some_terms(a_card(caught))
    needed = scenarios_needed(goal, a_rate(30, attempts), terms, adverse)
    assert tolerated(goal, a_rate(needed, attempts), terms) >= adverse
    assert tolerated(goal, a_rate(needed - 1, attempts), terms) < adverse


@pytest.mark.parametrize("limit", ["0.01", "0.02", "0.05", "0.10"])
@pytest.mark.parametrize("adverse", [0, 1, 2])
def test_without_an_allowance_for_a_judge_the_sizes_are_those_of_the_textbook(limit, adverse):
    rate = an_unjudged_rate(10)
    field = RateField(name=rate.id, finding=rate.id, riskier="up")
    goal = RateGoal(Atom(field=rate.id, operator="<", value=limit, bound="upper"), field, True, "1")
    expected = attempts_needed(adverse, float(limit), 0.05)
    assert scenarios_needed(goal, rate, some_terms(), adverse) == expected


def an_unjudged_rate(scenarios):
    """A metric whose bound allows for no judge."""
    return PlannedRate(
        metric="control-breach", domain="cyber", arm="negative", sizes=(1,) * scenarios, judges={}
    )


@law(
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1)), min_size=1, max_size=3),
)
def test_the_sum_over_groups_is_that_of_all_outcomes(most, groups):
    expected = 0.0
    for hits in itertools.product(*(range(count + 1) for count, _ in groups)):
        if sum(hits) <= most:
            mass = 1.0
            for hit, (count, rate) in zip(hits, groups, strict=True):
                mass *= binomial_pmf(hit, count, rate)
            expected += mass
    assert at_most(most, groups) == pytest.approx(min(1.0, expected), abs=1e-12)


@law(st.integers(20, 400), LIMITS, st.integers(150, 300), examples=60)
def test_one_attempt_each_keeps_the_promised_error_under_the_poorest_judge(
    scenarios, limit, caught
):
    """At most four fifths of alpha, the part that the rate has: the judge has spent the rest."""
    goal, terms = a_goal(limit), some_terms(a_card(caught))
    most = tolerated(goal, a_rate(scenarios), terms)
    chance = wrong_chance(most, scenarios, goal.limit, least_sensitivity(("leak",), terms))
    assert float(chance.exact_judge) <= float(chance.poorest_judge) <= 0.04 + 2e-6


@law(st.integers(1, 300), st.integers(0, 300), LIMITS)
def test_a_goal_further_out_is_implied_by_a_nearer_one(scenarios, adverse, limit):
    near, far = a_goal(limit), a_goal("0.5", operator=">=", wanted=False)
    assert far.is_implied_by(near)
    assert not near.is_implied_by(far)
    if adverse <= scenarios and is_kept(near, a_rate(scenarios), some_terms(), adverse):
        assert is_kept(far, a_rate(scenarios), some_terms(), adverse)
        assert clopper_pearson_upper(adverse, scenarios, 0.05) < float(limit)
