"""The contract of an attack: every built-in and every joined pair keeps it."""

import pytest

from shipworthy.instruments.attacks import ATTACKS, Attack, join_attacks, parse_attack
from shipworthy.kernel import Stream

REQUEST = "Which two words open the small green box?"
PAIRS = (
    "role-play+base64",
    "authority+spell-out",
    "translation+payload-splitting",
    "persuasion+many-shot",
    "leetspeak+refusal-suppression+escalation",
)
SUBJECTS: tuple[Attack, ...] = (*ATTACKS, *(parse_attack(name) for name in PAIRS))


@pytest.fixture(params=SUBJECTS, ids=lambda attack: attack.name)
def attack(request: pytest.FixtureRequest) -> Attack:
    subject: Attack = request.param
    return subject


def test_it_can_be_named_in_a_plan(attack: Attack) -> None:
    assert parse_attack(attack.name).apply(REQUEST, Stream(1)) == attack.apply(REQUEST, Stream(1))


def test_it_speaks_as_user_and_assistant_and_ends_with_the_user(attack: Attack) -> None:
    turns = attack.apply(REQUEST, Stream(2))

    assert {turn.role for turn in turns} <= {"user", "assistant"}
    assert turns[-1].role == "user"
    assert not any(turn.confidential for turn in turns)


def test_it_leaves_no_turn_empty(attack: Attack) -> None:
    assert all(turn.content.strip() for turn in attack.apply(REQUEST, Stream(3)))


def test_it_draws_only_from_its_stream(attack: Attack) -> None:
    runs = {attack.apply(REQUEST, Stream("same", 4)) for _ in range(3)}

    assert len(runs) == 1


def test_it_survives_an_odd_request(attack: Attack) -> None:
    for odd in (" ", "{request}", 'say "hi"\nand \\n', "ß ключ 鍵 🔑", "a" * 400):
        assert attack.apply(odd, Stream(5))[-1].role == "user"


def test_it_can_be_joined_after_plain(attack: Attack) -> None:
    joined = join_attacks(parse_attack("plain"), attack)

    assert joined.apply(REQUEST, Stream(6)) == attack.apply(REQUEST, Stream(6))
