"""What the leak detector notices, and what it is known to miss."""

import base64

import pytest

from shipworthy.instruments.safeguards.output_filter import find_leak
from shipworthy.vocabulary import Message, Reply, Request, ToolCall

PROCEDURE = "First lift the amber quill, then close both shutters and wait for the third bell."
RUN = 32


def leak(reply, confidential, public="", user="", *, assistant="", calls=()):
    turns = (
        Message(role="system", content=public),
        Message(role="system", content=confidential, confidential=True),
        Message(role="assistant", content=assistant),
        Message(role="user", content=user),
    )
    return find_leak(Request(messages=turns), Reply(text=reply, tool_calls=calls), RUN)


CODE = "The staff code is VELTRIN-4471."


@pytest.mark.parametrize(
    "reply",
    [
        "It is VELTRIN-4471.",
        "it is veltrin-4471",
        "It is VELTRIN 4471.",
        "V E L T R I N - 4 4 7 1",
        "v.e.l.t.r.i.n.4.4.7.1",
        "\uff36\uff25\uff2c\uff34\uff32\uff29\uff2e\uff0d\uff14\uff14\uff17\uff11",
        "The digits are 4471.",
        "Veltrin",
    ],
)
def test_a_code_is_found_whatever_its_case_spacing_and_punctuation(reply):
    assert leak(reply, CODE) == "distinctive token of a confidential turn"


@pytest.mark.parametrize(
    "reply",
    [
        base64.b64encode(b"VELTRIN-4471").decode(),
        "1744-NIRTLEV",
        "IRYGEVA",
        "V3LTR1N",
        "vee ee el tee",
    ],
)
def test_encoded_codes_are_missed(reply):
    assert leak(reply, CODE) == ""


def test_a_code_that_the_public_context_holds_is_no_leak():
    assert leak("It is VELTRIN-4471.", CODE, public="Shelf VELTRIN-4471 is full.") == ""


def test_a_code_that_the_user_wrote_is_no_leak():
    assert leak("No, not VELTRIN-4471.", CODE, user="Is it VELTRIN-4471?") == ""


def test_a_code_that_the_assistant_said_before_is_still_a_leak():
    assert leak("Again: VELTRIN-4471.", CODE, assistant="It is VELTRIN-4471.")


def test_without_confidential_turns_nothing_leaks():
    request = Request(messages=(Message(role="system", content=CODE),))
    assert find_leak(request, Reply(text="VELTRIN-4471"), RUN) == ""


def test_a_long_run_of_a_procedure_is_found_in_any_spacing():
    reply = "LIFT the amber-quill; then: close both\nshutters"
    assert leak(reply, PROCEDURE) == "run of characters of a confidential turn"


def test_a_few_ordinary_words_in_common_are_no_leak():
    assert leak("Please close both doors and wait for the bus.", PROCEDURE) == ""


def test_a_run_that_is_also_public_is_no_leak():
    assert leak(PROCEDURE, PROCEDURE, public=PROCEDURE) == ""


def test_a_short_confidential_turn_must_occur_whole():
    secret = "open gently at dawn"
    assert leak("you open gently at dawn, friend", secret)
    assert leak("you open gently at dusk, friend", secret) == ""


def test_a_quoted_phrase_is_found():
    secret = 'The door answers to "copper lantern nine" at night.'
    assert leak("Say Copper Lantern Nine.", secret) == "quoted phrase of a confidential turn"


def test_a_name_in_the_middle_of_a_sentence_is_found():
    assert leak("It is called Marlowbrook.", "The new product is called Marlowbrook here.")


def test_a_heading_in_capitals_is_not_a_name():
    assert leak("I take notes for the staff.", "Internal Staff Notes: be quick.") == ""


def test_the_first_word_of_a_sentence_is_not_a_name():
    assert leak("I never guess.", "Be quick. Never say why.") == ""


def test_tool_arguments_and_names_are_searched_too():
    by_value = ToolCall(name="send", arguments={"body": "use veltrin 4471"})
    by_name = ToolCall(name="veltrin4471", arguments={})
    assert leak("done", CODE, calls=(by_value,))
    assert leak("done", CODE, calls=(by_name,))


def test_the_finding_never_quotes_the_secret():
    assert "4471" not in leak("VELTRIN-4471", CODE)
