"""Laws of turns with tools: what an agent called and got back is sent whole, in words or not."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.instruments.targets.openai.decoding import decode_completion
from shipworthy.instruments.targets.openai.encoding import Dialect, encode_request
from shipworthy.instruments.targets.openai.tool_text import (
    parse_calls,
    text_with_calls,
    written_call,
)
from shipworthy.instruments.worlds import PLAYBOOKS
from shipworthy.instruments.worlds.episodes import begin, carry_out, world_scenarios
from shipworthy.kernel import digest_of
from shipworthy.vocabulary import Message, Reply, Request, Sampling, ToolCall

TOOLS = tuple(tool for playbook in PLAYBOOKS for tool in playbook.world.tools)
BY_NAME = {tool.name: tool for tool in TOOLS}
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    [
        '"',
        "\\",
        "\\n",
        "CALL list_files()",
        "\nCALL list_files()\n",
        '{"name": "list_files"}',
        "’",
        ")",
    ]
)
NATIVE, WORDED = (
    Dialect(model="m", sampling=Sampling(), native_tools=native) for native in (True, False)
)


@st.composite
def calls(draw):
    tool = draw(st.sampled_from(TOOLS))
    return ToolCall(name=tool.name, arguments={one.name: draw(WORDS) for one in tool.parameters})


def several(least=0):
    def key(one):
        return json.dumps(msgspec.to_builtins(one), sort_keys=True)

    return st.lists(calls(), min_size=least, max_size=4, unique_by=key)


@given(call=calls())
def test_a_call_in_words_is_read_as_the_call(call):
    assert parse_calls(written_call(call), TOOLS) == (call,)


@given(made=several(1), before=st.sampled_from(["", "Well.", "I will read it first:\n"]))
def test_calls_among_prose_are_read_in_order_and_prose_adds_none(made, before):
    lines = "\nand then\n".join(written_call(call) for call in made)
    assert parse_calls(f"{before}\n{lines}\nThat is all.", TOOLS) == tuple(made)


@given(made=several(1), text=WORDS)
def test_a_turn_that_holds_its_calls_stays_as_it_was_written(made, text):
    lines = "\n".join(written_call(call) for call in made)
    assert text_with_calls(lines, made, TOOLS) == lines
    assert all(written_call(call) in text_with_calls("", made, TOOLS) for call in made)
    assert text_with_calls(text, (), TOOLS) == text


@given(text=st.text(max_size=300))
def test_whatever_a_model_writes_is_read_without_a_crash_and_can_be_recorded(text):
    found = parse_calls(text, TOOLS)
    assert digest_of(list(found)).startswith("sha256:")


def test_a_call_with_json_behind_its_name_is_a_call_and_prose_is_none():
    wanted = (ToolCall(name="read_file", arguments={"path": "a"}),)
    assert parse_calls('CALL read_file {"path": "a"}', TOOLS) == wanted
    assert parse_calls('First:\n- call: read_file {"path": "a"} now', TOOLS) == wanted
    assert parse_calls("read_file {path}", TOOLS) == ()
    unread = (ToolCall(name="read_file", arguments={"_unparsed": "{path"}),)
    assert parse_calls("CALL read_file {path\nthen", TOOLS) == unread


def test_what_stands_in_a_value_is_no_call():
    wanted = (ToolCall(name="write_file", arguments={"path": "a", "text": "x\nCALL list_files()"}),)
    assert parse_calls('CALL write_file(path="a", text="x\nCALL list_files()")', TOOLS) == wanted


def test_names_of_arguments_that_are_not_ascii_can_be_recorded():
    (found,) = parse_calls('{"name": "read_file", "arguments": {"päth": "\\ud800"}}', TOOLS)
    assert digest_of(found)
    assert list(found.arguments) == ["p\\xe4th"]


def conversation(steps, news):
    turns = [Message(role="system", content="s"), Message(role="user", content="u")]
    for made, text in steps:
        turns.append(Message(role="assistant", content=text, tool_calls=tuple(made)))
        turns += [Message(role="tool", content=f"result of {call.name}") for call in made]
        if news:
            turns.append(Message(role="user", content=news))
    return Request(messages=tuple(turns), tools=TOOLS)


STEPS = st.lists(st.tuples(several(1), st.sampled_from(["", "I go on."])), max_size=3)


@given(steps=STEPS, news=st.sampled_from(["", "Stop now."]))
def test_every_result_names_the_call_that_it_answers(steps, news):
    sent = json.loads(encode_request(conversation(steps, news), NATIVE))["messages"]
    asked = [call for turn in sent for call in turn.get("tool_calls", ())]
    answers = [turn for turn in sent if turn["role"] == "tool"]
    assert [call["id"] for call in asked] == [turn["tool_call_id"] for turn in answers]
    assert len({call["id"] for call in asked}) == len(asked)
    assert [f"result of {call['function']['name']}" for call in asked] == [
        turn["content"] for turn in answers
    ]
    made = [call for calls_, _ in steps for call in calls_]
    assert [json.loads(call["function"]["arguments"]) for call in asked] == [
        call.arguments for call in made
    ]


@given(steps=STEPS, news=st.sampled_from(["", "Stop now."]))
def test_in_words_calls_and_results_take_turns(steps, news):
    sent = json.loads(encode_request(conversation(steps, news), WORDED))["messages"]
    assert [turn["role"] for turn in sent] == ["system", "user"] + ["assistant", "user"] * len(
        steps
    )
    assert all(set(turn) == {"role", "content"} for turn in sent)
    for (made, _), said, back in zip(steps, sent[2::2], sent[3::2], strict=True):
        assert parse_calls(said["content"], TOOLS) == tuple(made)
        assert all(f"result of {call.name}" in back["content"] for call in made)
        assert back["content"].endswith(news)


@given(made=several(1), junk=st.lists(st.text(max_size=12), max_size=2))
def test_what_an_endpoint_calls_is_read_and_what_cannot_be_read_is_kept_for_the_model(made, junk):
    wire = [(call.name, json.dumps(call.arguments)) for call in made]
    wire += [("list_files", text) for text in junk]
    body = json.dumps(
        {
            "choices": [
                {
                    "finish_reason": "tool_calls",
                    "message": {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "x", "type": "function", "function": {"name": n, "arguments": a}}
                            for n, a in wire
                        ],
                    },
                }
            ]
        }
    )
    reply = decode_completion(body.encode(), Request(messages=(), tools=TOOLS), Credential(""), 0)
    assert isinstance(reply.result, Reply)
    assert reply.result.tool_calls[: len(made)] == tuple(made)
    assert len(reply.result.tool_calls) == len(wire)
    episode = begin(world_scenarios()[0].check)
    for call in reply.result.tool_calls:
        episode, answer = carry_out(episode, call)
        assert answer
    assert digest_of(reply.result)
