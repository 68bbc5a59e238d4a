"""Laws of the error of a confirmation: over all its comparisons, whatever their number."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.stages.confirming import (
    ComparisonTerms,
    Replay,
    Shown,
    compare,
    holm,
    verdict_of,
)

evidence = st.lists(st.floats(-30, 30), max_size=9)
levels = st.floats(0.001, 0.4)


def by_closure(logs, alpha):
    """Holm as what it abbreviates: a group is found if every set with it is, by Bonferroni."""
    places = range(len(logs))
    found = []
    for place in places:
        sets = (
            chosen
            for size in range(1, len(logs) + 1)
            for chosen in itertools.combinations(places, size)
            if place in chosen
        )
        needed = -math.log(alpha)
        found.append(all(max(logs[p] for p in s) >= needed + math.log(len(s)) for s in sets))
    return found


@given(evidence, levels)
def test_holm_is_the_closure_of_bonferroni(logs, alpha):
    """A procedure that rejects by closure errs over the whole family with at most alpha."""
    edge = any(
        abs(one + math.log(alpha) - math.log(size)) < 1e-9
        for one in logs
        for size in range(1, len(logs) + 1)
    )
    assert edge or holm(logs, alpha) == by_closure(logs, alpha)


@given(evidence, st.floats(-30, 30), levels)
def test_one_more_question_finds_nothing_more_among_the_others(logs, more, alpha):
    with_more = holm([*logs, more], alpha)[:-1]
    assert all(one or not other for one, other in zip(holm(logs, alpha), with_more, strict=True))


@given(evidence, st.randoms(use_true_random=False), levels)
def test_the_order_of_groups_decides_nothing(logs, draws, alpha):
    order = list(range(len(logs)))
    draws.shuffle(order)
    found, turned = holm(logs, alpha), holm([logs[place] for place in order], alpha)
    # equal evidence stands on one side of every bound
    assert [found[place] for place in order] == turned


ROUTES = (
    FieldRoute(dialect="chat"),
    FieldRoute(dialect="chat", stream=True),
    FieldRoute(dialect="messages"),
    FieldRoute(dialect="messages", stream=True),
)
DOMAINS = ("one", "two")
TERMS = ComparisonTerms(
    margin="0.10",
    alpha="0.05",
    domains=DOMAINS,
    routes=tuple(sorted(route.id for route in ROUTES)),
    languages=("de", "en"),
    layers=("filter", "rules"),
)
outcomes = st.sampled_from([True, False, None])


@st.composite
def campaigns(draw):
    return [
        Replay(
            metric=metric,
            scenario=f"{domain}-{number}",
            domain=domain,
            language=("de", "en")[number % 2],
            route=route,
            primary=route == ROUTES[number % len(ROUTES)],
            lab=draw(outcomes),
            field=draw(outcomes),
            lab_acted=frozenset(draw(st.sets(st.sampled_from(TERMS.layers)))),
            field_acted=draw(st.none() | st.frozensets(st.sampled_from(TERMS.layers))),
        )
        for metric in ("asr", "over-refusal")
        for domain in DOMAINS
        for number in range(3)
        for route in ROUTES
    ]


@settings(max_examples=25)
@given(campaigns())
def test_the_family_is_what_the_plan_makes_it(replays):
    """No outcome decides how many claims share the error."""
    assert [one.id for one in compare(replays, TERMS)] == [one.id for one in compare([], TERMS)]


@settings(max_examples=25)
@given(campaigns())
def test_confirmed_is_said_of_all_claimed_groups_or_of_none(replays):
    compared = compare(replays, TERMS)
    verdict, _ = verdict_of(
        Shown(comparisons=compared, drift=(), accepted=(), unreadable=(), complete=True)
    )
    claimed = [one for one in compared if one.claimed]
    shown = all(one.verdict == "not-worse" for one in claimed)
    assert (verdict == "confirmed") == (shown and not any(one.found for one in compared))


def _null(draws, edge, scenarios):
    """A field at the very edge in every group: as high above the laboratory as is not yet worse."""
    rows = []
    for domain, number in itertools.product(DOMAINS, range(scenarios)):
        shared = draws.random()
        for metric, route in itertools.product(("asr", "over-refusal"), ROUTES):
            # over one scenario's routes outcomes depend on each other, as they do in a field
            hit = (shared if draws.random() < 0.5 else draws.random()) < edge
            miss = draws.random() < edge
            rows.append(
                Replay(
                    metric=metric,
                    scenario=f"{domain}-{number}",
                    domain=domain,
                    language=("de", "en")[number % 2],
                    route=route,
                    primary=route == ROUTES[number % len(ROUTES)],
                    lab=False,
                    field=hit,
                    lab_acted=frozenset(TERMS.layers),
                    field_acted=frozenset() if miss else frozenset(TERMS.layers),
                )
            )
    return rows


@pytest.mark.slow
def test_the_chance_of_any_wrong_word_is_at_most_what_is_promised():
    """Thirty groups, all of them at the margin: the least favourable field there is."""
    draws = random.Random(11)
    runs, higher, confirmed = 120, 0, 0
    for _ in range(runs):
        compared = compare(_null(draws, 0.10, 60), TERMS)
        higher += any(one.found for one in compared)
        confirmed += all(one.verdict == "not-worse" for one in compared if one.claimed)
    # 0.05 is promised of `confirmed` and 0.04 of any defect: 14 of 120 has less than one in 200
    assert higher <= 13
    assert confirmed <= 13
