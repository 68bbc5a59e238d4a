"""What layers see of a request in each dialect, and what is refused because they would not."""

import json

import pytest

from shipworthy.traffic.dialects import DIALECTS_BY_NAME, DIALECTS_BY_PATH, Reading, Unreadable

PNG = "data:image/png;base64,AAAA"
MINIMAL = {
    "chat": {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
    "completions": {"model": "m", "prompt": "hi"},
    "responses": {"model": "m", "input": "hi"},
    "messages": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]},
}
DIALECTS = tuple(MINIMAL)


def read(dialect, body, **policy):
    return DIALECTS_BY_NAME[dialect].read_request(json.dumps(body).encode(), Reading(**policy))


def turns(asked):
    return [(turn.role, turn.content) for turn in asked.request.messages]


def user(content, **more):
    return MINIMAL["chat"] | {"messages": [{"role": "user", "content": content}]} | more


def test_every_dialect_has_its_path():
    assert sorted(DIALECTS_BY_PATH) == [
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/messages",
        "/v1/responses",
    ]
    assert all(one.name == name for name, one in DIALECTS_BY_NAME.items())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_least_request_is_read(dialect):
    asked = read(dialect, MINIMAL[dialect])
    assert turns(asked) == [("user", "hi")]
    assert (asked.model, asked.stream, asked.choices) == ("m", False, 1)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"model": 7},
        {"stream": "yes"},
        {"stream": 1},
        {"messages": None, "prompt": None, "input": None},
        {"messages": [], "prompt": [], "input": []},
        {"messages": [7], "input": [7], "prompt": {}},
        {
            "messages": [{"role": "owner", "content": "x"}],
            "input": [{"role": "owner"}],
            "prompt": [{}],
        },
        {
            "messages": [{"role": "user", "content": 7}],
            "input": [{"role": "user", "content": 7}],
            "prompt": 7,
        },
        {
            "messages": [{"role": "user", "content": [{"type": "text"}]}],
            "input": [{"role": "user", "content": [{"type": "text"}]}],
            "prompt": None,
        },
        {"messages": {"role": "user"}, "input": {}, "prompt": {}},
    ],
)
def test_requests_that_are_not_well_formed_are_refused(dialect, change):
    with pytest.raises(Unreadable) as refused:
        read(dialect, MINIMAL[dialect] | change)
    assert refused.value.status == 400


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b'{"model":"m","model":"n"}', b"\xff"])
def test_bodies_that_are_no_plain_object_are_refused(dialect, body):
    with pytest.raises(Unreadable) as refused:
        DIALECTS_BY_NAME[dialect].read_request(body, Reading())
    assert (refused.value.status, refused.value.kind) == (400, "invalid")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_body_over_the_limit_is_refused(dialect):
    with pytest.raises(Unreadable) as refused:
        read(dialect, MINIMAL[dialect], body_limit_bytes=10)
    assert refused.value.status == 413


@pytest.mark.parametrize("dialect", DIALECTS)
def test_unknown_fields_with_text_are_refused_or_counted(dialect):
    body = MINIMAL[dialect] | {"x_more": {"note": "read me"}}
    with pytest.raises(Unreadable, match="unknown here"):
        read(dialect, body)
    assert read(dialect, body, unknown_parts="pass").media == {"unknown": 1}
    assert read(dialect, MINIMAL[dialect] | {"x_more": {"depth": 3, "on": True}}).media == {}


@pytest.mark.parametrize(
    ("dialect", "body", "kind"),
    [
        ("chat", user([{"type": "image_url", "image_url": {"url": PNG}}]), "image"),
        ("chat", user([{"type": "input_audio", "input_audio": {"data": "AA"}}]), "audio"),
        ("chat", user([{"type": "file", "file": {"file_id": "f"}}]), "file"),
        ("chat", user("x", modalities=["text", "audio"], audio={"voice": "v"}), "audio"),
        (
            "responses",
            MINIMAL["responses"]
            | {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": PNG}]}]},
            "image",
        ),
        (
            "messages",
            MINIMAL["messages"]
            | {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "image", "source": {"type": "base64", "data": "AA"}}],
                    }
                ]
            },
            "image",
        ),
        (
            "messages",
            MINIMAL["messages"]
            | {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "document", "source": {"type": "text", "data": "t"}}],
                    }
                ]
            },
            "file",
        ),
    ],
)
def test_media_are_refused_or_counted(dialect, body, kind):
    with pytest.raises(Unreadable, match="cannot be screened"):
        read(dialect, body)
    assert read(dialect, body, media="pass").media == {kind: 1}


@pytest.mark.parametrize(
    ("dialect", "change"),
    [
        ("chat", {"tools": [{"type": "web_search"}]}),
        ("chat", {"web_search_options": {"user_location": "x"}}),
        ("responses", {"tools": [{"type": "web_search"}]}),
        ("responses", {"previous_response_id": "resp_9"}),
        ("responses", {"conversation": "conv_9"}),
        ("responses", {"prompt": {"id": "pmpt_9"}}),
        ("responses", {"background": True}),
        ("responses", {"input": [{"type": "item_reference", "id": "msg_9"}]}),
        ("responses", {"input": [{"type": "computer_call_output", "output": "x"}]}),
        ("messages", {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}),
        ("messages", {"mcp_servers": [{"url": "https://x.example"}]}),
        (
            "messages",
            {
                "messages": [
                    {"role": "assistant", "content": [{"type": "redacted_thinking", "data": "AA"}]}
                ]
            },
        ),
        ("completions", {"prompt": [1, 2, 3]}),
        ("completions", {"prompt": [[1, 2], [3]]}),
        ("chat", {"n": 9}),
        ("completions", {"prompt": ["a"] * 9}),
        ("completions", {"prompt": ["a"] * 3, "n": 3}),
    ],
)
def test_what_no_layer_could_see_is_refused(dialect, change):
    with pytest.raises(Unreadable) as refused:
        read(dialect, MINIMAL[dialect] | change)
    assert (refused.value.status, refused.value.kind) == (400, "unsupported")


def test_a_phrase_spread_over_parts_is_seen_whole():
    parts = [{"type": "text", "text": "for"}, {"type": "text", "text": "bidden"}]
    assert turns(read("chat", user(parts))) == [("user", "forbidden")]
    assert turns(read("messages", MINIMAL["messages"] | {"system": parts}))[0] == (
        "system",
        "forbidden",
    )


@pytest.mark.parametrize(("policy", "secret"), [("confidential", True), ("public", False)])
def test_system_turns_are_confidential_unless_the_policy_says_public(policy, secret):
    bodies = {
        "chat": {
            "messages": [{"role": "developer", "content": "s"}, {"role": "user", "content": "u"}]
        },
        "responses": {"instructions": "s"},
        "messages": {"system": [{"type": "text", "text": "s"}]},
    }
    for dialect, change in bodies.items():
        first = read(dialect, MINIMAL[dialect] | change, system_turns=policy).request.messages[0]
        assert (first.role, first.content, first.confidential) == ("system", "s", secret)


@pytest.mark.parametrize(
    ("text", "secret"),
    [("We are a hotel.", False), ("\nWe are a hotel. ", False), ("We are a hotel. QX1.", True)],
)
def test_a_system_turn_that_is_a_public_text_and_nothing_more_is_no_secret(text, secret):
    bodies = {
        "chat": {
            "messages": [{"role": "system", "content": text}, {"role": "user", "content": "u"}]
        },
        "responses": {"instructions": text},
        "messages": {"system": [{"type": "text", "text": text}]},
    }
    public = frozenset({"We are a hotel."})
    for dialect, change in bodies.items():
        first = read(dialect, MINIMAL[dialect] | change, public_turns=public).request.messages[0]
        assert (first.content, first.confidential) == (text, secret)


def test_calls_and_results_of_tools_are_turns():
    written = '{"city": "Rome", "days": [1, 2], "note": null}'
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": written}}
    chat = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        {"role": "assistant", "function_call": {"name": "old", "arguments": "{"}},
        {"role": "function", "name": "old", "content": "fine"},
    ]
    items = [
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": written},
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]
    blocks = [
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "c1", "name": "look", "input": json.loads(written)}
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "c1",
                    "content": [{"type": "text", "text": "sunny"}],
                }
            ],
        },
    ]
    wanted = {"city": "Rome", "days": "[1,2]", "note": "null"}
    for dialect, change in (
        ("chat", {"messages": chat}),
        ("responses", {"input": items}),
        ("messages", {"messages": blocks}),
    ):
        messages = read(dialect, MINIMAL[dialect] | change).request.messages
        assert messages[0].tool_calls[0].arguments == wanted
        assert (messages[1].role, messages[1].content) == ("tool", "sunny")
    assert read("chat", MINIMAL["chat"] | {"messages": chat}).request.messages[2].tool_calls[
        0
    ].arguments == {"_unparsed": "{"}


def test_what_the_model_is_shown_beside_the_turns_is_seen():
    schema = {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"description": "shown"}},
    }
    flat = {"type": "json_schema", **schema["json_schema"]}
    assert "shown" in turns(read("chat", user("x", response_format=schema)))[-1][1]
    assert (
        "shown"
        in turns(read("responses", MINIMAL["responses"] | {"text": {"format": flat}}))[-1][1]
    )
    thought = [
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}],
        }
    ]
    assert ("assistant", "hm") in turns(
        read("messages", MINIMAL["messages"] | {"messages": thought})
    )
    tool = {
        "name": "look",
        "description": "d",
        "parameters": {
            "type": "object",
            "properties": {
                "a": {"type": "string", "description": "plain"},
                "b": {"enum": ["one", "two"]},
            },
        },
    }
    asked = read("chat", user("x", tools=[{"type": "function", "function": tool}]))
    (made,) = asked.request.tools
    assert [(one.name, one.description) for one in made.parameters] == [
        ("a", "plain"),
        ("b", '{"enum":["one","two"]}'),
    ]


def test_how_answers_are_drawn_is_kept_without_floats():
    asked = read("chat", user("x", temperature=0.25, top_p=1, max_completion_tokens=7, seed=3))
    assert (asked.sampling.temperature, asked.sampling.top_p, asked.sampling.max_tokens) == (
        "0.25",
        "1",
        7,
    )
    assert asked.request.seed == 3
    assert read("chat", user("x", temperature=1e-7)).sampling.temperature == "0.0000001"
