"""Parts of wire formats in the engine's words: tools, arguments of calls, how answers are drawn."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from shipworthy.instruments.safeguards.engine import Finish
from shipworthy.traffic.dialects.strict_json import NotPlainJson, canonical_text, decode
from shipworthy.vocabulary import Sampling, Tool, ToolCall, ToolParameter

UNPARSED: Final = "_unparsed"
"""Name under which the arguments of a call are kept that are no plain JSON object."""

INSIDE: Final = "_inside"
"""Name under which texts inside other values stand once more, as they are, where JSON escapes some
of their letters: a layer that looks for a word would not find it in the escaped form."""

INPUT: Final = "input"
"""Name under which the free text that a custom tool is given is kept."""

_FINISH: Final[Mapping[str, Finish]] = {
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "filter",
    "refusal": "filter",
}


def finish_of(word: str) -> Finish:
    """Return why an answer stopped in the engine's word."""
    return _FINISH.get(word, "stop")


def arguments_of(written: object) -> dict[str, str]:
    """Return arguments as text: strings as they are, all else as canonical JSON.

    Arguments that are no plain JSON object (see `strict_json`) are kept as they were written under
    `UNPARSED`, so that layers see what the client would.
    """
    value = written
    if isinstance(written, str):
        if not written.strip():
            return {}
        try:
            value = decode(written.encode())
        except NotPlainJson:
            return {UNPARSED: written}
    if value is None:
        return {}
    if isinstance(value, dict) and all(key.isascii() for key in value):
        found = {key: one_text(one) for key, one in value.items()}
        rest = [one for one in value.values() if not isinstance(one, str)]
    else:
        found, rest = {UNPARSED: one_text(value)}, [value]
    if any("\\" in text for text in found.values()):
        inside = [text for one in rest for text in _escaped_texts(one)]
        if inside:
            found[INSIDE] = "\n".join(inside)
    return found


def _escaped_texts(value: object) -> list[str]:
    """Return the strings and keys inside a value that JSON does not write as they are."""
    found: list[str] = []
    rest = [value]
    for one in rest:  # grows while it is walked
        if isinstance(one, dict):
            found += one
            rest += one.values()
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, str):
            found.append(one)
    return [text for text in found if "\\" in canonical_text(text)]


def one_text(value: object) -> str:
    """Return a string as it is, and any other JSON value as canonical JSON."""
    return value if isinstance(value, str) else canonical_text(value)


def call_of(name: object, arguments: object) -> ToolCall:
    """Return a tool call; a name that is no string is none."""
    return ToolCall(name=name if isinstance(name, str) else "", arguments=arguments_of(arguments))


def argument_object(call: ToolCall) -> dict[str, Any]:
    """Return arguments as JSON values: the ones that were no strings become again what they were.

    A string that reads as canonical JSON cannot be told from a value, and becomes one.
    """
    return {key: _value(text) for key, text in call.arguments.items() if key != INSIDE}


def arguments_text(call: ToolCall) -> str:
    """Return arguments as a JSON text."""
    if call.arguments.keys() <= {UNPARSED, INSIDE} and UNPARSED in call.arguments:
        return call.arguments[UNPARSED]
    return canonical_text(argument_object(call))


def tool_of(name: str, description: object, schema: object) -> Tool:
    """Return a tool: its parameters with all words that the model is shown of them."""
    fields: dict[str, object] = {}
    if isinstance(schema, dict):
        properties = schema.get("properties")
        fields = dict(properties) if isinstance(properties, dict) else {}
        others = {key: one for key, one in schema.items() if not _is_plain(key, one, fields)}
        if others:
            fields[UNPARSED] = others
    elif schema is not None:
        fields[UNPARSED] = schema
    shown = {key: _shown(one) for key, one in fields.items()}
    inside = [
        text for key, one in fields.items() if "\\" in shown[key] for text in _escaped_texts(one)
    ]
    if inside:
        shown[INSIDE] = "\n".join(inside)
    return Tool(
        name=name,
        description=description if isinstance(description, str) else "",
        parameters=tuple(ToolParameter(name=key, description=text) for key, text in shown.items()),
    )


def sampling_of(tree: Mapping[str, Any], limit: str) -> Sampling:
    """Return how answers are to be drawn; fields that were not given keep their default.

    `limit` names the field that bounds the length of an answer.
    """
    given: dict[str, Any] = {}
    for ours, theirs in (
        ("temperature", "temperature"),
        ("top_p", "top_p"),
        ("repeat_penalty", "repetition_penalty"),
    ):
        number = tree.get(theirs)
        if type(number) is int or type(number) is float:
            given[ours] = format(Decimal(repr(number)), "f")
    tokens = tree.get(limit)
    if type(tokens) is int:
        given["max_tokens"] = tokens
    return Sampling(**given) if given else _DEFAULT


_DEFAULT: Final = Sampling()
_JSON_TYPES: Final = {"string", "number", "integer", "boolean", "array", "object", "null"}


def _is_plain(key: str, value: object, properties: Mapping[str, object]) -> bool:
    """Say whether a part of a schema tells the model nothing that the properties do not."""
    match key:
        case "type":
            return value == "object"
        case "properties":
            return isinstance(value, dict)
        case "required":
            return isinstance(value, list) and all(one in [*properties] for one in value)
        case "additionalProperties":
            return isinstance(value, bool)
        case _:
            return False


def _shown(field: object) -> str:
    if isinstance(field, dict) and field.keys() <= {"type", "description"}:
        described = field.get("description")
        known = field.get("type") in _JSON_TYPES if isinstance(field.get("type"), str) else False
        if known and (described is None or isinstance(described, str)):
            return described or ""
    return one_text(field)


def _value(text: str) -> Any:
    try:
        value = decode(text.encode())
    except NotPlainJson:
        return text
    return text if isinstance(value, str) or canonical_text(value) != text else value
