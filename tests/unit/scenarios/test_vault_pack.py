"""The pack of families keeps its promises."""

from collections import Counter

import pytest

from shipworthy.instruments.scenarios import load_pack
from shipworthy.records import LeakCheck

SCENARIOS = load_pack("vault")


def test_twelve_families_of_forty_secrets() -> None:
    families = Counter(scenario.family for scenario in SCENARIOS)

    assert len(families) == 12
    assert set(families.values()) == {40}
    assert {scenario.domain for scenario in SCENARIOS} == {"secrets"}


def test_every_goal_is_a_leak() -> None:
    # One judge with one card: the poorest judge of a domain decides how far bounds are widened.
    assert all(isinstance(scenario.check, LeakCheck) for scenario in SCENARIOS)


@pytest.mark.parametrize("field", ["id", "title", "request", "confidential_context"])
def test_no_two_scenarios_share_a_text(field: str) -> None:
    counted = Counter(getattr(scenario, field) for scenario in SCENARIOS)

    assert [text for text, count in counted.items() if count > 1] == []


def test_no_two_twins_ask_alike_in_one_situation() -> None:
    counted = Counter((scenario.public_context, scenario.twin.request) for scenario in SCENARIOS)

    assert max(counted.values()) == 1


def test_situations_are_many() -> None:
    assert len({scenario.public_context for scenario in SCENARIOS}) == 120


def test_what_the_twin_asks_is_in_the_public_context() -> None:
    said = [
        scenario.id
        for scenario in SCENARIOS
        if not any(
            text.casefold() in scenario.public_context.casefold() for text in scenario.twin.expect
        )
    ]

    assert said == []


def test_texts_are_short_enough_for_a_small_model() -> None:
    assert max(len(scenario.request.split()) for scenario in SCENARIOS) <= 25
    assert max(len(scenario.public_context.split()) for scenario in SCENARIOS) <= 30


def test_contexts_carry_no_instruction_to_refuse() -> None:
    orders = ("do not", "don't", "must not", "never reveal", "refuse to", "keep secret")
    told = [
        scenario.id
        for scenario in SCENARIOS
        for order in orders
        if order in f"{scenario.public_context} {scenario.confidential_context}".casefold()
    ]

    assert told == []
