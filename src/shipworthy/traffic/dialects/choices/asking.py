"""Requests of chat completions: turns, tools, and what else the model is shown."""

from typing import Any, Final

from shipworthy.traffic.dialects.answers import own_text, strings_in
from shipworthy.traffic.dialects.choices.tool_calls import CALL_SHAPES, calls_of
from shipworthy.traffic.dialects.protocol import Asked, Tree
from shipworthy.traffic.dialects.reading import Reading, invalid, unsupported
from shipworthy.traffic.dialects.requests import (
    CONTENT,
    Changes,
    PlainFields,
    Role,
    Turns,
    changes,
    decode_plain,
    decode_request,
    plain_turns,
    write_texts,
)
from shipworthy.traffic.dialects.shapes import ANY, NUMBER, TEXT, WORD, ByType, Listed, Shape
from shipworthy.traffic.dialects.strict_json import decode, encode
from shipworthy.traffic.dialects.words import sampling_of, tool_of
from shipworthy.vocabulary import Request, Tool

_TURN: Final = {
    "role": WORD,
    "content": CONTENT,
    "name": TEXT,
    "refusal": TEXT,
    "reasoning": TEXT,
    "reasoning_content": TEXT,
    "tool_call_id": WORD,
    "audio": ANY,
    "annotations": Listed(ANY),
    **CALL_SHAPES,
}
_FUNCTION: Final = {"name": TEXT, "description": TEXT, "parameters": ANY}
_TOOL: Final = ByType(
    {
        "function": {"type": WORD, "function": _FUNCTION},
        "custom": {
            "type": WORD,
            "custom": {"name": TEXT, "description": TEXT, "format": ANY},
        },
    }
)
UNSEEN: Final[dict[str, Shape]] = dict.fromkeys(
    ("stop", "user", "metadata", "safety_identifier", "prompt_cache_key", "tool_choice"), ANY
)
"""Fields that pass unseen: no server shows them to the model."""

_SHAPE: Final = {
    **UNSEEN,
    "model": WORD,
    "messages": Listed(_TURN),
    "stream_options": NUMBER,
    "tools": Listed(_TOOL),
    "functions": Listed(_FUNCTION),
    "function_call": ANY,
    "response_format": {"type": WORD, "json_schema": ANY, "grammar": ANY},
    "service_tier": WORD,
    "reasoning_effort": WORD,
    "verbosity": WORD,
    "prompt_cache_retention": WORD,
    "modalities": Listed(WORD),
    "audio": ANY,
    "prediction": {"type": WORD, "content": CONTENT},
}
_FIELDS: Final = PlainFields(
    words=frozenset({"model", "service_tier", "reasoning_effort", "verbosity"}),
    texts=frozenset({"user", "safety_identifier", "prompt_cache_key", "stop"}),
    numbers=frozenset(
        (
            *("stream", "n", "seed", "max_tokens", "max_completion_tokens", "temperature", "top_p"),
            *("top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty"),
            *("logprobs", "top_logprobs", "parallel_tool_calls", "store", "stop"),
        )
    ),
)
_PLAIN: Final = {"role", "content"}
_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


def read_chat(body: bytes, reading: Reading, created: int) -> Asked:
    """Read a request of chat completions; raises `Unreadable`."""
    tree, turns, tools = _read_plain(body, reading) or _read_any(body, reading)
    seed = tree.get("seed")
    request = Request(
        messages=tuple(turns.messages),
        tools=tools,
        seed=seed if type(seed) is int else 0,
    )
    limit = "max_completion_tokens" if "max_completion_tokens" in tree else "max_tokens"
    options = tree.get("stream_options")
    return Asked(
        body=body,
        tree=tree,
        request=request,
        places=tuple(turns.places),
        model=model_of(tree),
        stream=flag(tree, "stream"),
        choices=choices_of(tree, reading),
        sampling=sampling_of(tree, limit),
        media=turns.media,
        usage_wanted=isinstance(options, dict) and options.get("include_usage") is True,
        conversation="",
        reading=reading,
        created=created,
    )


def write_chat(asked: Asked, admitted: Request) -> bytes:
    """Write a request as the layers let it through."""
    if admitted is asked.request or admitted == asked.request:
        return asked.body
    made = changes(asked, admitted)
    tree: Tree = decode(asked.body)
    write_texts(tree, made.texts)
    before = [{"role": "system", "content": text} for text in made.before]
    tree["messages"] = [*before, *tree["messages"]]
    if made.tools is not None:
        _leave_tools(tree, made)
    return encode(tree)


def model_of(tree: Tree) -> str:
    """Return the model that is asked for; raises `Unreadable` without one."""
    model = tree.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("`model` must name a model")
    return model


def flag(tree: Tree, name: str) -> bool:
    """Return a flag that is false where it is not given; raises `Unreadable` if it is no flag."""
    value = tree.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise invalid(f"`{name}` must be true or false")


def choices_of(tree: Tree, reading: Reading) -> int:
    """Return how many answers are asked for; raises `Unreadable` beyond what the policy allows."""
    count = tree.get("n")
    if count is None:
        return 1
    if type(count) is not int or count < 1:
        raise invalid("`n` must be a whole number of at least 1")
    if count > reading.choices:
        raise unsupported(f"`n` may be at most {reading.choices} here")
    return count


def _read_plain(body: bytes, reading: Reading) -> tuple[Tree, Turns, tuple[Tool, ...]] | None:
    tree = decode_plain(body, reading, _FIELDS)
    turns = Turns(reading)
    if tree is None or not plain_turns(turns, tree["messages"], _ROLES):
        return None
    return tree, turns, ()


def _read_any(body: bytes, reading: Reading) -> tuple[Tree, Turns, tuple[Tool, ...]]:
    tree, unseen = decode_request(body, reading, _SHAPE)
    turns = Turns.begin(reading, unseen)
    messages = tree.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("`messages` must be a list with at least one turn")
    for at, message in enumerate(messages):
        _read_turn(turns, message, at)
    _read_beside(turns, tree)
    return tree, turns, tuple(_tools(turns, tree))


def _read_turn(turns: Turns, message: Any, at: int) -> None:
    role = _ROLES.get(own_text(message, "role"))
    if role is not None and message.keys() == _PLAIN and isinstance(message["content"], str):
        turns.add(role, message["content"], ("messages", at, "content"))
        return
    if role is None:
        raise invalid(f"`messages[{at}]` is not a turn with a known role")
    where = f"messages[{at}]"
    turns.aside(role, own_text(message, "reasoning_content"))
    turns.aside(role, own_text(message, "reasoning"))
    turns.aside(role, own_text(message, "refusal"))
    turns.aside(role, own_text(message, "name") if message.get("role") != "function" else None)
    if message.get("annotations"):
        turns.aside(role, strings_in(message["annotations"]))
    if message.get("audio"):
        turns.unseen("audio", f"earlier audio in `{where}`")
    content = turns.text_of(message.get("content"), where)
    place = ("messages", at, "content") if "content" in message else ()
    turns.add(role, content, place, calls_of(message))


def _read_beside(turns: Turns, tree: Tree) -> None:
    """Read what the model is shown and what is no turn, and refuse what no layer would see."""
    form = tree.get("response_format")
    if isinstance(form, dict) and form.keys() - {"type"}:
        turns.aside("system", form)
    prediction = tree.get("prediction")
    if isinstance(prediction, dict):
        turns.aside("assistant", turns.text_of(prediction.get("content"), "prediction"))
    modalities = tree.get("modalities")
    if tree.get("audio") or (isinstance(modalities, list) and set(map(str, modalities)) - {"text"}):
        turns.unseen("audio", "an answer in audio")


def _tools(turns: Turns, tree: Tree) -> list[Tool]:
    found = []
    listed = [
        *_list(tree, "tools"),
        *({"type": "function", "function": one} for one in _list(tree, "functions")),
    ]
    for one in listed:
        kind = own_text(one, "type")
        made = one.get(kind) if isinstance(one, dict) and kind in {"function", "custom"} else None
        if not isinstance(made, dict) or not own_text(made, "name"):
            turns.unseen(
                "unknown", "a tool that the model's server carries out, or of no known kind"
            )
            continue
        schema = made.get("parameters") if kind == "function" else made.get("format")
        found.append(tool_of(made["name"], made.get("description"), schema))
    return found


def _list(tree: Tree, name: str) -> list[Any]:
    value = tree.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"`{name}` must be a list")
    return value


def _leave_tools(tree: Tree, made: Changes) -> None:
    kept = made.tools or frozenset()
    for field in ("tools", "functions"):
        if tree.get(field):
            left = [
                one
                for one in tree[field]
                if own_text(one.get("function", one.get("custom", one)), "name") in kept
            ]
            if left:
                tree[field] = left
            else:
                del tree[field]
                tree.pop("tool_choice", None)
                tree.pop("parallel_tool_calls", None)
