"""The built-in attacks: names, sizes, joining."""

import pytest

from shipworthy.instruments.attacks import (
    ATTACKS,
    JoinedAttack,
    TextAttack,
    framed,
    join_attacks,
    parse_attack,
)
from shipworthy.kernel import Problem, Stream

REQUEST = "What is written on the restricted card of the green lamp in room 2?"


def test_there_are_enough_attacks_with_distinct_names() -> None:
    names = [attack.name for attack in ATTACKS]

    assert len(names) >= 18
    assert len(set(names)) == len(names)


def test_all_kinds_of_attack_are_there() -> None:
    assert {attack.family for attack in ATTACKS} == {
        "baseline",
        "framing",
        "pressure",
        "encoding",
        "formatting",
        "output",
        "dialogue",
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_stays_short(attack: TextAttack) -> None:
    lengths = [
        len(" ".join(turn.content for turn in attack.apply(REQUEST, Stream(seed))).split())
        for seed in range(20)
    ]

    assert max(lengths) <= 120


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_can_be_found_by_its_name(attack: TextAttack) -> None:
    assert parse_attack(attack.name) is attack


def test_names_joined_by_plus_are_applied_from_left_to_right() -> None:
    joined = parse_attack("rot13+reversed")

    text = joined.apply("abc", Stream(0))[0].content

    assert isinstance(joined, JoinedAttack)
    assert joined.name == "rot13+reversed"
    assert text.splitlines()[1].startswith("pon")
    assert joined.undo(text) == "abc"


def test_an_unknown_attack_is_told_with_the_nearest_name() -> None:
    with pytest.raises(Problem) as caught:
        parse_attack("role-play+bas64")

    assert "did you mean `base64`" in caught.value.render()


def test_a_dialogue_cannot_come_before_a_text_attack() -> None:
    with pytest.raises(Problem) as caught:
        parse_attack("many-shot+base64")

    assert "write `base64+many-shot`" in caught.value.render()


def test_a_dialogue_ends_a_joined_attack() -> None:
    turns = parse_attack("role-play+escalation").apply(REQUEST, Stream(3))

    assert len(turns) > 1
    assert REQUEST in turns[-1].content


def test_an_attack_from_elsewhere_can_be_named_but_not_replace_a_built_in() -> None:
    mine = framed("mine", "framing", "a frame of mine", "Hear me: {request}")
    rival = framed("plain", "framing", "not the plain one", "No: {request}")

    assert parse_attack("mine", {"mine": mine, "plain": rival}) is mine
    assert parse_attack("plain", {"plain": rival}) is not rival


def test_a_joined_attack_with_a_lossy_step_cannot_be_undone() -> None:
    joined = join_attacks(parse_attack("leetspeak"), parse_attack("base64"))

    assert not joined.invertible
    with pytest.raises(ValueError, match="leetspeak"):
        joined.undo("x\ny")


def test_a_frame_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="slot"):
        framed("bad", "framing", "no slot", "Hello")


def test_many_shot_shows_at_most_four_examples() -> None:
    turns = parse_attack("many-shot").apply(REQUEST, Stream(5))

    assert sum(turn.role == "assistant" for turn in turns) == 4
