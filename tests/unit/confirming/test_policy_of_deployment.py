"""Whether a deployment keeps in what the laboratory kept in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records.live.confirmations import DriftCheck
from shipworthy.records.live.deployments import turn_digest
from shipworthy.stages.confirming import KeptIn, Shown, secrets_of, verdict_of
from shipworthy.stages.confirming.policy import made_public, policy_check
from shipworthy.vocabulary import Message

FRAME = "You are the desk of a hotel."


def conversation(*secrets, frame=FRAME):
    turns = [Message(role="system", content=frame)] if frame else []
    turns += [Message(role="system", content=text, confidential=True) for text in secrets]
    return [*turns, Message(role="user", content="Where are you?")]


def named(*texts):
    return KeptIn("confidential", tuple(map(turn_digest, texts)))


SECRETS = secrets_of([conversation("The code is QX1."), conversation("The code is QX2.")])

TURNS = st.lists(st.sampled_from("abcdef"), max_size=6)


@pytest.mark.parametrize(
    ("lab", "field", "status"),
    [
        (SECRETS, KeptIn("confidential"), "same"),
        (SECRETS, named(FRAME), "same"),
        (SECRETS, named(FRAME, "The code is QX2."), "differs"),
        (SECRETS, named(f"{FRAME}\n\nThe code is QX2."), "differs"),
        (SECRETS, KeptIn("public"), "differs"),
        (SECRETS, KeptIn(), "unknown"),
        (SECRETS, KeptIn("mostly"), "unknown"),
        ({}, KeptIn("public"), "same"),
        ({}, KeptIn(), "same"),
    ],
)
def test_less_differs_and_silence_is_unknown(lab, field, status):
    assert policy_check(lab, field).status == status


def test_how_much_is_public_is_said():
    one = policy_check(SECRETS, named(FRAME, "The code is QX1."))
    assert one.field == "every system turn but 2 confidential, 1 of these public"
    both = policy_check(SECRETS, KeptIn("public"))
    assert both.field == "no system turn confidential, 2 of these public"


@given(TURNS, TURNS)
def test_what_is_made_public_was_a_secret_and_grows_with_what_is_public(lab, public):
    secrets = secrets_of([conversation(text) for text in lab])
    lost = made_public(secrets, named(*public))
    assert lost == {turn_digest(text) for text in {*lab} & {*public}}
    whole = made_public(secrets, KeptIn("public", named(*public).public_turns))
    assert lost <= whole == set(secrets)


def test_space_around_a_turn_makes_no_other_turn_and_no_text_is_no_secret():
    bare = [conversation(text, frame="") for text in (" a\n", "a", "", "  ")]
    assert secrets_of(bare) == {turn_digest("a"): {turn_digest("a")}}


def reasons(check, *accepted):
    shown = Shown(comparisons=(), drift=(check,), accepted=accepted, unreadable=(), complete=True)
    return [reason for reason in verdict_of(shown)[1] if "policy" in reason]


def test_an_unknown_policy_is_lacking_unless_it_or_the_stack_may_stay_unknown():
    check: DriftCheck = policy_check(SECRETS, KeptIn())
    assert reasons(check) == ["policy is not known"]
    assert reasons(check, "system-prompt") == ["policy is not known"]
    assert reasons(check, "policy") == []
    assert reasons(check, "stack") == []


def test_a_policy_that_differs_is_a_defect_whoever_accepts_what_is_unknown():
    check = policy_check(SECRETS, KeptIn("public"))
    assert len(reasons(check, "policy", "stack")) == 1
