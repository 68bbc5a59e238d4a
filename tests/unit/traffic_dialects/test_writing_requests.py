"""Requests as layers let them through: identical bytes, or what the dialect wants for a change."""

import json

import pytest
from msgspec.structs import replace

from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Reading, Unreadable
from shipworthy.vocabulary import Message, Tool

BODIES = {
    "chat": {
        "model": "m",
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            }
        ],
    },
    "completions": {"model": "m", "prompt": ["a", "b"], "suffix": "z"},
    "responses": {"model": "m", "input": [{"role": "user", "content": "ab"}], "instructions": "i"},
    "messages": {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "ab"}],
        "system": "i",
    },
}
POLICY = Message(role="system", content="Be kind.")


def read(dialect, body):
    written = json.dumps(body, indent=1).encode()
    chosen = DIALECTS_BY_NAME[dialect]
    return chosen, chosen.read_request(written, Reading())


def written(dialect, body, change):
    chosen, asked = read(dialect, body)
    return json.loads(chosen.write_request(asked, change(asked.request)))


def policy_first(request):
    return replace(request, messages=(POLICY, *request.messages))


@pytest.mark.parametrize("dialect", BODIES)
def test_bytes_are_the_same_where_no_layer_rewrote(dialect):
    chosen, asked = read(dialect, BODIES[dialect])
    again = replace(asked.request, messages=tuple(replace(one) for one in asked.request.messages))
    assert chosen.write_request(asked, again) is asked.body


def test_a_policy_stands_where_each_dialect_wants_it():
    made = {dialect: written(dialect, body, policy_first) for dialect, body in BODIES.items()}
    assert made["chat"]["messages"][0] == {"role": "system", "content": "Be kind."}
    assert made["chat"]["messages"][1:] == BODIES["chat"]["messages"]
    assert made["completions"]["prompt"] == ["Be kind.\n\na", "Be kind.\n\nb"]
    assert made["responses"]["instructions"] == "Be kind.\n\ni"
    assert made["messages"]["system"] == "Be kind.\n\ni"
    blocks = BODIES["messages"] | {"system": [{"type": "text", "text": "i"}]}
    assert written("messages", blocks, policy_first)["system"][0] == {
        "type": "text",
        "text": "Be kind.",
    }
    for dialect, field in (("responses", "instructions"), ("messages", "system")):
        bare = {key: value for key, value in BODIES[dialect].items() if key != field}
        assert written(dialect, bare, policy_first)[field] == "Be kind."


def test_an_echo_must_not_show_a_policy():
    body = BODIES["completions"] | {"echo": True}
    with pytest.raises(Unreadable, match="echo"):
        written("completions", body, policy_first)


@pytest.mark.parametrize("dialect", BODIES)
def test_a_rewritten_turn_is_put_in_its_place(dialect):
    def hide(request):
        last = request.messages[-1]
        return replace(request, messages=(*request.messages[:-1], replace(last, content="***")))

    text = json.dumps(written(dialect, BODIES[dialect], hide))
    assert "***" in text
    assert json.dumps(BODIES[dialect]["model"]) in text
    assert '"ab"' not in text


def test_tools_may_be_taken_away():
    tools = [
        {"type": "function", "function": {"name": name, "parameters": {}}} for name in ("a", "b")
    ]
    body = BODIES["chat"] | {"tools": tools, "tool_choice": "auto"}
    left = written("chat", body, lambda request: replace(request, tools=request.tools[1:]))
    assert left["tools"] == tools[1:]
    none = written("chat", body, lambda request: replace(request, tools=()))
    assert not {"tools", "tool_choice"} & none.keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, messages=()),
        lambda request: replace(request, messages=(*request.messages, POLICY)),
        lambda request: replace(
            request, messages=(Message(role="user", content="x"), *request.messages)
        ),
        lambda request: replace(request, tools=(Tool(name="new", description=""),)),
    ],
)
@pytest.mark.parametrize("dialect", BODIES)
def test_changes_that_cannot_be_written_fail_closed(dialect, change):
    with pytest.raises(Unreadable) as refused:
        written(dialect, BODIES[dialect], change)
    assert refused.value.status == 500
