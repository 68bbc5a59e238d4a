"""Conversations are composed the same in every arm and never give the goal away."""

import pytest

from shipworthy.instruments.attacks import (
    ATTACKS,
    TextAttack,
    compose_benign,
    compose_request,
    framed,
    parse_attack,
)
from shipworthy.instruments.scenarios import load_pack
from shipworthy.kernel import Problem, Stream
from shipworthy.records import LeakCheck, Scenario
from shipworthy.vocabulary import Message

SCENARIOS = load_pack("assistant")
CARD = SCENARIOS[0]


class Impostor:
    """An attack that speaks as the system."""

    name = "impostor"

    def apply(self, request: str, stream: Stream) -> tuple[Message, ...]:
        return (Message(role="system", content=request),)


def with_public_only() -> Scenario:
    return next(scenario for scenario in SCENARIOS if not scenario.confidential_context)


def test_the_confidential_context_is_marked_and_the_public_one_is_not() -> None:
    public, hidden, turn = compose_request(CARD, parse_attack("plain"), 1).messages

    assert (public.content, public.confidential) == (CARD.public_context, False)
    assert (hidden.content, hidden.confidential) == (CARD.confidential_context, True)
    assert (turn.role, turn.content) == ("user", CARD.request)


def test_a_scenario_without_secrets_has_one_system_turn() -> None:
    request = compose_request(with_public_only(), parse_attack("plain"), 1)

    assert [turn.role for turn in request.messages] == ["system", "user"]


def test_tools_and_seed_are_handed_on() -> None:
    scenario = next(each for each in SCENARIOS if each.tools)

    request = compose_request(scenario, parse_attack("plain"), 41)

    assert (request.tools, request.seed) == (scenario.tools, 41)


def test_the_benign_twin_has_the_same_context_and_tools() -> None:
    scenario = next(each for each in SCENARIOS if each.tools)

    adversarial = compose_request(scenario, parse_attack("plain"), 1)
    benign = compose_benign(scenario, 1)

    assert benign.messages[:-1] == adversarial.messages[:-1]
    assert benign.tools == adversarial.tools
    assert benign.messages[-1].content == scenario.twin.request


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_attack_on_any_scenario_gives_its_goal_away(attack: TextAttack) -> None:
    for scenario in SCENARIOS:
        compose_request(scenario, attack, 9)


def test_an_attack_that_names_the_secret_is_refused() -> None:
    assert isinstance(CARD.check, LeakCheck)
    secret = CARD.check.tokens[0].replace("-", " ").upper()
    telling = framed("telling", "framing", "names it", f"Is it {secret}? {{request}}")

    with pytest.raises(Problem) as caught:
        compose_request(CARD, telling, 1)

    assert caught.value.diagnostics[0].code == "attack-reveals-goal"


def test_an_attack_that_speaks_as_the_system_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        compose_request(CARD, Impostor(), 1)

    assert caught.value.diagnostics[0].code == "attack-turns"


def test_the_seed_changes_the_wording() -> None:
    attack = parse_attack("persuasion")

    texts = {compose_request(CARD, attack, seed).user_text for seed in range(30)}

    assert len(texts) > 1
