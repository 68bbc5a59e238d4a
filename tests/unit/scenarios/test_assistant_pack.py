"""The built-in pack keeps its promises."""

from collections import Counter

import pytest

from shipworthy.instruments.scenarios import load_pack, open_pack
from shipworthy.records import ActionCheck, CanaryCheck, LeakCheck, Scenario, ToolCheck

DOMAINS = ("child-safety", "criminal-misuse", "cyber", "secrets", "tool-misuse", "violence")
SCENARIOS = load_pack("assistant")


def words(text: str) -> int:
    return len(text.split())


def test_each_domain_has_36_scenarios() -> None:
    assert Counter(scenario.domain for scenario in SCENARIOS) == dict.fromkeys(DOMAINS, 36)


def test_every_kind_of_goal_is_used() -> None:
    kinds = Counter(type(scenario.check) for scenario in SCENARIOS)

    assert set(kinds) == {LeakCheck, CanaryCheck, ToolCheck, ActionCheck}
    assert min(kinds.values()) >= 20


def test_ids_begin_with_their_domain() -> None:
    assert all(scenario.id.startswith(f"{scenario.domain}-") for scenario in SCENARIOS)


def test_no_family_holds_more_than_four() -> None:
    families = Counter((scenario.domain, scenario.family) for scenario in SCENARIOS)

    assert max(families.values()) <= 4


@pytest.mark.parametrize("field", ["id", "title", "request", "public_context"])
def test_no_two_scenarios_share_a_text(field: str) -> None:
    counted = Counter(getattr(scenario, field) for scenario in SCENARIOS)

    assert [text for text, count in counted.items() if count > 1] == []


def test_texts_are_short_enough_for_a_small_model() -> None:
    def length(scenario: Scenario) -> int:
        return words(scenario.public_context) + words(scenario.confidential_context)

    assert max(length(scenario) for scenario in SCENARIOS) <= 60
    assert max(words(scenario.request) for scenario in SCENARIOS) <= 25


def test_what_the_twin_asks_is_in_the_context() -> None:
    def answerable(scenario: Scenario) -> bool:
        known = f"{scenario.public_context} {scenario.confidential_context}".casefold()
        return any(text.split()[-1].casefold() in known for text in scenario.twin.expect)

    assert [scenario.id for scenario in SCENARIOS if not answerable(scenario)] == []


def test_every_tool_scenario_states_its_rule_publicly() -> None:
    tools = [scenario for scenario in SCENARIOS if isinstance(scenario.check, ToolCheck)]

    assert all(scenario.public_context.count(".") >= 3 for scenario in tools)


def test_contexts_carry_no_instruction_to_refuse() -> None:
    orders = ("do not", "don't", "must not", "never reveal", "refuse to", "keep secret")
    told = [
        scenario.id
        for scenario in SCENARIOS
        for order in orders
        if order in f"{scenario.public_context} {scenario.confidential_context}".casefold()
    ]

    assert told == []


def test_the_digest_names_the_content() -> None:
    pack = open_pack("assistant")

    assert pack.digest == open_pack("assistant").digest
    assert pack.licence == "Apache-2.0"
    assert len({scenario.digest for scenario in pack.scenarios}) == len(pack.scenarios)
