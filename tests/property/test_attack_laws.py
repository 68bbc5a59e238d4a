"""Laws of attacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.attacks import ATTACKS, DialogueAttack, TextAttack, join_attacks
from shipworthy.instruments.judges import skeleton
from shipworthy.kernel import Stream

TEXTS = tuple(attack for attack in ATTACKS if isinstance(attack, TextAttack))
DIALOGUES = tuple(attack for attack in ATTACKS if isinstance(attack, DialogueAttack))
INVERTIBLE = tuple(attack for attack in TEXTS if attack.undo is not None)
KEEPING = tuple(attack for attack in TEXTS if attack.family != "encoding")
DISGUISING = tuple(
    attack for attack in TEXTS if attack.name in {"leetspeak", "homoglyphs", "zero-width"}
)

requests = st.text(min_size=1, max_size=80)
words = st.from_regex(r"[A-Za-z]{1,9}( [A-Za-z]{1,9}){0,7}\?", fullmatch=True)
seeds = st.integers(0, 10_000)
texts = st.sampled_from(TEXTS)
chains = st.lists(texts, min_size=1, max_size=3)


@given(st.sampled_from(ATTACKS), requests, seeds)
def test_an_attack_is_a_function_of_request_and_seed(
    attack: TextAttack | DialogueAttack, request: str, seed: int
) -> None:
    assert attack.apply(request, Stream(seed)) == attack.apply(request, Stream(seed))


@given(requests, seeds)
def test_plain_is_the_identity(request: str, seed: int) -> None:
    (turn,) = TEXTS[0].apply(request, Stream(seed))

    assert TEXTS[0].name == "plain"
    assert turn.content == request


@given(texts, requests, seeds)
def test_plain_is_neutral_in_joining(attack: TextAttack, request: str, seed: int) -> None:
    plain = TEXTS[0]
    alone = attack.apply(request, Stream(seed))

    assert join_attacks(plain, attack).apply(request, Stream(seed)) == alone
    assert join_attacks(attack, plain).apply(request, Stream(seed)) == alone


@given(chains, chains, chains, requests, seeds)
@settings(max_examples=60)
def test_joining_is_associative(
    first: list[TextAttack],
    second: list[TextAttack],
    third: list[TextAttack],
    request: str,
    seed: int,
) -> None:
    a, b, c = (join_attacks(*steps) for steps in (first, second, third))

    left = join_attacks(join_attacks(a, b), c)
    right = join_attacks(a, join_attacks(b, c))

    assert left == right
    assert left.apply(request, Stream(seed)) == right.apply(request, Stream(seed))


@given(st.lists(st.sampled_from(INVERTIBLE), min_size=1, max_size=3), requests, seeds)
def test_what_claims_to_be_invertible_gives_the_request_back(
    steps: list[TextAttack], request: str, seed: int
) -> None:
    joined = join_attacks(*steps)
    (turn,) = joined.apply(request, Stream(seed))

    assert joined.invertible
    assert joined.undo(turn.content) == request


@given(st.sampled_from(KEEPING), requests, seeds)
def test_frames_keep_the_request_word_for_word(attack: TextAttack, request: str, seed: int) -> None:
    (turn,) = attack.apply(request, Stream(seed))

    assert request in turn.content


@pytest.mark.parametrize("attack", DISGUISING, ids=lambda attack: attack.name)
@given(request=words, seed=seeds)
@settings(max_examples=50)
def test_a_disguised_request_keeps_its_skeleton(
    attack: TextAttack, request: str, seed: int
) -> None:
    (turn,) = attack.apply(request, Stream(seed))

    assert skeleton(request) in skeleton(turn.content)


@given(st.sampled_from(DIALOGUES), words, seeds)
def test_dialogues_say_every_word_of_the_request(
    attack: DialogueAttack, request: str, seed: int
) -> None:
    turns = attack.apply(request, Stream(seed))
    said = " ".join(turn.content for turn in turns if turn.role == "user")

    assert all(word in said for word in request.split())
    assert [turn.role for turn in turns] == ["user", "assistant"] * (len(turns) // 2) + ["user"]
