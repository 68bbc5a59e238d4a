"""Requests of responses: instructions, input items, tools."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from shipworthy.traffic.dialects.answers import objects, own_text
from shipworthy.traffic.dialects.protocol import Asked, Place, Tree
from shipworthy.traffic.dialects.reading import Reading, invalid
from shipworthy.traffic.dialects.requests import (
    CONTENT,
    PART,
    PlainFields,
    Role,
    Turns,
    changes,
    decode_either,
    joined,
    write_texts,
)
from shipworthy.traffic.dialects.shapes import (
    ANY,
    NUMBER,
    SEAL,
    TEXT,
    WORD,
    ByType,
    Listed,
    is_seal,
)
from shipworthy.traffic.dialects.strict_json import decode, encode
from shipworthy.traffic.dialects.words import INPUT, call_of, sampling_of, tool_of
from shipworthy.vocabulary import Message, Request, Tool, ToolCall

_NAMED: Final = {"type": WORD, "id": WORD, "status": WORD, "call_id": WORD}
_ITEM: Final = ByType(
    {
        "message": {**_NAMED, "role": WORD, "content": CONTENT, "phase": WORD},
        "function_call": {**_NAMED, "name": TEXT, "arguments": TEXT},
        "custom_tool_call": {**_NAMED, "name": TEXT, "input": TEXT},
        "function_call_output": {**_NAMED, "output": CONTENT},
        "custom_tool_call_output": {**_NAMED, "output": CONTENT},
        "reasoning": {
            **_NAMED,
            "summary": Listed(PART),
            "content": Listed(PART),
            "encrypted_content": SEAL,
        },
    },
    default="message",
)
_TOOL: Final = ByType(
    {
        "function": {"type": WORD, "name": TEXT, "description": TEXT, "parameters": ANY},
        "custom": {"type": WORD, "name": TEXT, "description": TEXT, "format": ANY},
    }
)
_FORM: Final = {"type": WORD, "name": TEXT, "description": TEXT, "schema": ANY}
_SHAPE: Final = {
    "model": WORD,
    "input": (TEXT, Listed(_ITEM)),
    "instructions": CONTENT,
    "tools": Listed(_TOOL),
    "text": {"format": _FORM, "verbosity": WORD},
    "reasoning": {"effort": WORD, "summary": WORD, "generate_summary": WORD},
    "include": Listed(WORD),
    "service_tier": WORD,
    "truncation": WORD,
    "prompt_cache_retention": WORD,
    "stream_options": NUMBER,
    # no server shows these to the model
    **dict.fromkeys(
        ("tool_choice", "metadata", "user", "safety_identifier", "prompt_cache_key"), ANY
    ),
    # refused or counted by name
    **dict.fromkeys(("previous_response_id", "conversation", "prompt"), ANY),
}
_ELSEWHERE: Final = {
    "previous_response_id": "an earlier answer that is kept elsewhere",
    "conversation": "a conversation that is kept elsewhere",
    "prompt": "a prompt that is kept elsewhere",
}
_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_FIELDS: Final = PlainFields(
    words=frozenset({"model", "service_tier", "truncation", "prompt_cache_retention"}),
    texts=frozenset({"input", "instructions", "user", "safety_identifier", "prompt_cache_key"}),
    numbers=frozenset(
        (
            *("stream", "max_output_tokens", "temperature", "top_p", "top_logprobs"),
            *("parallel_tool_calls", "store", "max_tool_calls"),
        )
    ),
    turns="input",
    roles=frozenset(_ROLES),
)


def read_responses(body: bytes, reading: Reading, created: int) -> Asked:
    """Read a request; raises `Unreadable`."""
    tree, unseen = decode_either(body, reading, _FIELDS, _SHAPE)
    turns = Turns.begin(reading, unseen)
    for field, what in _ELSEWHERE.items():
        if tree.get(field) is not None:
            turns.unseen("unknown", what)
    if tree.get("background"):
        turns.unseen("unknown", "an answer that is fetched later")
    if tree.get("instructions"):
        content = turns.text_of(tree["instructions"], "instructions")
        turns.add("system", content, ("instructions",))
    _read_input(turns, tree.get("input"))
    settings = tree.get("text")
    form = settings.get("format") if isinstance(settings, dict) else None
    if isinstance(form, dict) and form.keys() - {"type"}:
        turns.aside("system", form)
    model, stream = tree.get("model"), tree.get("stream")
    if not isinstance(model, str) or not model:
        raise invalid("`model` must name a model")
    if stream is not None and not isinstance(stream, bool):
        raise invalid("`stream` must be true or false")
    return Asked(
        body=body,
        tree=tree,
        request=Request(messages=tuple(turns.messages), tools=tuple(_tools(turns, tree))),
        places=tuple(turns.places),
        model=model,
        stream=bool(stream),
        choices=1,
        sampling=sampling_of(tree, "max_output_tokens"),
        media=turns.media,
        usage_wanted=True,
        conversation="",
        reading=reading,
        created=created,
    )


def write_responses(asked: Asked, admitted: Request) -> bytes:
    """Write a request; policies stand in front of the instructions."""
    if admitted is asked.request or admitted == asked.request:
        return asked.body
    made = changes(asked, admitted)
    tree: Tree = decode(asked.body)
    write_texts(tree, made.texts)
    if made.before:
        tree["instructions"] = joined(made.before, tree.get("instructions") or "")
    if made.tools is not None:
        left = [one for one in tree["tools"] if one.get("name") in made.tools]
        tree["tools"] = left
        if not left:
            del tree["tools"]
            tree.pop("tool_choice", None)
    return encode(tree)


def _read_input(turns: Turns, given: Any) -> None:
    if isinstance(given, str):
        turns.add("user", given, ("input",))
        return
    if not isinstance(given, list) or not given:
        raise invalid("`input` must be text or a list of items")
    for at, item in enumerate(given):
        where = f"input[{at}]"
        match own_text(item, "type") or "message":
            case "message":
                _read_turn(turns, item, at)
            case "function_call":
                _add_call(turns, call_of(item.get("name"), item.get("arguments")))
            case "custom_tool_call":
                given_text = {INPUT: own_text(item, "input")}
                _add_call(turns, ToolCall(name=own_text(item, "name"), arguments=given_text))
            case "function_call_output" | "custom_tool_call_output":
                place: Place = ("input", at, "output") if "output" in item else ()
                turns.add("tool", turns.text_of(item.get("output"), where), place)
            case "reasoning":
                _read_reasoning(turns, item, where)
            case _:
                turns.unseen("unknown", f"`{where}`")


def _read_turn(turns: Turns, item: Any, at: int) -> None:
    where = f"input[{at}]"
    role = _ROLES.get(own_text(item, "role"))
    if role is None:
        raise invalid(f"`{where}` is not a turn with a known role")
    place: Place = ("input", at, "content") if "content" in item else ()
    turns.add(role, turns.text_of(item.get("content"), where), place)


def _add_call(turns: Turns, call: ToolCall) -> None:
    """Add a call to the assistant's turn before it, or make one: calls are items of their own."""
    last = turns.messages[-1] if turns.messages else None
    if last is None or last.role != "assistant":
        turns.messages.append(Message(role="assistant", content="", tool_calls=(call,)))
        turns.places.append(())
        return
    earlier = () if last.tool_calls is UNSET else last.tool_calls
    turns.messages[-1] = replace(last, tool_calls=(*earlier, call))


def _read_reasoning(turns: Turns, item: Tree, where: str) -> None:
    if item.get("encrypted_content") is not None and not is_seal(item["encrypted_content"]):
        raise invalid(f"the ciphered reasoning of `{where}` is none")
    for field in ("summary", "content"):
        turns.aside("assistant", turns.text_of(item.get(field), where))


def _tools(turns: Turns, tree: Tree) -> list[Tool]:
    listed = tree.get("tools")
    if listed is None:
        return []
    if not isinstance(listed, list) or len(objects(listed)) != len(listed):
        raise invalid("`tools` must be a list of objects")
    found = []
    for one in listed:
        kind, name = own_text(one, "type"), own_text(one, "name")
        if kind not in {"function", "custom"} or not name:
            turns.unseen("unknown", "a tool that the model's server carries out")
            continue
        schema = one.get("parameters") if kind == "function" else one.get("format")
        found.append(tool_of(name, one.get("description"), schema))
    return found
