"""Requests of messages: system blocks, turns, results of tools, tools."""

from typing import Any, Final

from shipworthy.traffic.dialects.answers import own_text
from shipworthy.traffic.dialects.protocol import Asked, Place, Tree
from shipworthy.traffic.dialects.reading import Reading, Unreadable, invalid
from shipworthy.traffic.dialects.requests import (
    CACHED,
    CONTENT,
    PART,
    TEXTS,
    PlainFields,
    Role,
    Turns,
    changes,
    decode_plain,
    decode_request,
    joined,
    plain_turns,
    write_texts,
)
from shipworthy.traffic.dialects.shapes import ANY, SEAL, TEXT, WORD, ByType, Listed, is_seal
from shipworthy.traffic.dialects.strict_json import decode, encode
from shipworthy.traffic.dialects.words import call_of, sampling_of, tool_of
from shipworthy.vocabulary import Request, Tool, ToolCall

_BLOCK: Final = ByType(
    {
        **PART.shapes,
        "thinking": {"type": WORD, "thinking": TEXT, "signature": SEAL},
        "tool_use": {
            "type": WORD,
            "id": WORD,
            "name": TEXT,
            "input": ANY,
            "cache_control": CACHED,
            "caller": {"type": WORD, "tool_id": WORD},
        },
        "tool_result": {
            "type": WORD,
            "tool_use_id": WORD,
            "content": CONTENT,
            "cache_control": CACHED,
        },
    }
)
_TOOL: Final = {
    "type": WORD,
    "name": TEXT,
    "description": TEXT,
    "input_schema": ANY,
    "input_examples": ANY,
    "cache_control": CACHED,
    "allowed_callers": Listed(WORD),
}
_SHAPE: Final = {
    "model": WORD,
    "messages": Listed({"role": WORD, "content": (TEXT, Listed(_BLOCK))}),
    "system": CONTENT,
    "tools": Listed(_TOOL),
    "thinking": {"type": WORD, "display": WORD},
    "output_config": {"format": ANY, "effort": WORD},
    "service_tier": WORD,
    "inference_geo": WORD,
    "speed": WORD,
    "cache_control": CACHED,
    # no server shows these to the model
    "stop_sequences": ANY,
    "tool_choice": ANY,
    "metadata": ANY,
}

_FIELDS: Final = PlainFields(
    words=frozenset({"model", "service_tier"}),
    texts=frozenset({"system"}),
    numbers=frozenset({"stream", "max_tokens", "temperature", "top_p", "top_k"}),
)
_ROLES: Final[dict[str, Role]] = {"user": "user", "assistant": "assistant", "system": "system"}


def read_messages(body: bytes, reading: Reading, created: int) -> Asked:
    """Read a request; raises `Unreadable`."""
    tree, turns, tools = _read_plain(body, reading) or _read_any(body, reading)
    model, stream = tree.get("model"), tree.get("stream")
    if not isinstance(model, str) or not model:
        raise invalid("`model` must name a model")
    if stream is not None and not isinstance(stream, bool):
        raise invalid("`stream` must be true or false")
    return Asked(
        body=body,
        tree=tree,
        request=Request(messages=tuple(turns.messages), tools=tools),
        places=tuple(turns.places),
        model=model,
        stream=bool(stream),
        choices=1,
        sampling=sampling_of(tree, "max_tokens"),
        media=turns.media,
        usage_wanted=True,
        conversation="",
        reading=reading,
        created=created,
    )


def write_messages(asked: Asked, admitted: Request) -> bytes:
    """Write a request; policies stand in front of the system text."""
    if admitted is asked.request or admitted == asked.request:
        return asked.body
    made = changes(asked, admitted)
    tree: Tree = decode(asked.body)
    write_texts(tree, made.texts)
    if made.before:
        system = tree.get("system")
        if isinstance(system, list):
            tree["system"] = [*({"type": "text", "text": one} for one in made.before), *system]
        else:
            tree["system"] = joined(made.before, system or "")
    if made.tools is not None:
        left = [one for one in tree["tools"] if one.get("name") in made.tools]
        tree["tools"] = left
        if not left:
            del tree["tools"]
            tree.pop("tool_choice", None)
    return encode(tree)


def _read_plain(body: bytes, reading: Reading) -> tuple[Tree, Turns, tuple[Tool, ...]] | None:
    tree = decode_plain(body, reading, _FIELDS)
    if tree is None:
        return None
    turns = Turns(reading)
    if tree.get("system"):
        turns.add("system", tree["system"], ("system",))
    return (tree, turns, ()) if plain_turns(turns, tree["messages"], _ROLES) else None


def _read_any(body: bytes, reading: Reading) -> tuple[Tree, Turns, tuple[Tool, ...]]:
    tree, unseen = decode_request(body, reading, _SHAPE)
    turns = Turns.begin(reading, unseen)
    if tree.get("system"):
        turns.add("system", turns.text_of(tree["system"], "system"), ("system",))
    messages = tree.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("`messages` must be a list with at least one turn")
    for at, message in enumerate(messages):
        _read_turn(turns, message, at)
    config = tree.get("output_config")
    if isinstance(config, dict):
        turns.aside("system", config.get("format"))
    return tree, turns, tuple(_tools(turns, tree))


def _read_turn(turns: Turns, message: Any, at: int) -> None:
    where = f"messages[{at}]"
    role = own_text(message, "role")
    if role not in _ROLES:
        raise invalid(f"`{where}` is not a turn with a known role")
    content = message.get("content")
    place: Place = ("messages", at, "content")
    if not isinstance(content, list):
        turns.add(_role(role), turns.text_of(content, where), place)
        return
    calls: list[ToolCall] = []
    texts: list[Any] = []
    results = 0
    for number, block in enumerate(content):
        kind = own_text(block, "type")
        if kind == "tool_use":
            calls.append(call_of(block.get("name"), block.get("input")))
        elif kind == "tool_result":
            results += 1
            inner = turns.text_of(block.get("content"), where)
            turns.add("tool", inner, (*place, number, "content") if "content" in block else ())
        elif kind == "thinking":
            _read_thinking(turns, block, where)
        else:
            texts.append(block)
    text = turns.text_of(texts, where)
    if calls or not results or any(own_text(one, "type") in TEXTS for one in texts):
        turns.add(_role(role), text, place, tuple(calls))


def _read_thinking(turns: Turns, block: Tree, where: str) -> None:
    turns.aside("assistant", own_text(block, "thinking"))
    if not is_seal(block.get("signature") or ""):
        raise Unreadable(400, "invalid", f"a signature in `{where}` is not one")


def _role(role: str) -> Any:
    return role


def _tools(turns: Turns, tree: Tree) -> list[Tool]:
    listed = tree.get("tools")
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise invalid("`tools` must be a list")
    found = []
    for one in listed:
        name = own_text(one, "name")
        if not name or (one.get("type") or "custom") != "custom":
            turns.unseen("unknown", "a tool that the model's server carries out")
            continue
        schema: Any = one.get("input_schema")
        if one.get("input_examples"):
            schema = {**(schema or {}), "input_examples": one["input_examples"]}
        found.append(tool_of(name, one.get("description"), schema))
    return found
