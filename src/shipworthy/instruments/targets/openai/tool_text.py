"""Tools in plain text, for models and endpoints that have no tool dialect.

The system turn describes the tools; a call is a line `CALL name(argument="value")`. Small models
follow the form loosely, and a call that is not seen would be a breach that is not seen. The
reader is therefore generous: it also takes the line without `CALL`, unquoted and positional
values, and JSON objects that name an offered tool or stand in the place of the brackets. It takes
no mention inside a sentence.

Results come back in a user's turn, one after another, in the order of the calls.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from shipworthy.vocabulary import Tool, ToolCall

UNPARSED: Final = "_unparsed"
"""Argument name under which arguments are kept that could not be read."""

# Bounds on work, because the text comes from the far side: no answer may stall the campaign.
_CALLS_KEPT: Final = 64
_BRACES_TRIED: Final = 128
_TEXT_READ: Final = 256 * 1024
_VALUE_READ: Final = 8 * 1024
_ARGUMENTS_READ: Final = 32
_DECORATION: Final = r"[ \t>*`\-\d.)]*"
_NAME_KEYS: Final = ("name", "tool", "function", "tool_name", "action")
_ARGUMENT_KEYS: Final = ("arguments", "parameters", "args", "input", "action_input")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_PAIR: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*[=:]\s*")
_BARE: Final = re.compile(r"[^,)]*")
_JSON: Final = json.JSONDecoder(strict=False)


def describe_tools(tools: Sequence[Tool]) -> str:
    """Return the paragraph that offers the tools."""
    lines = [
        "You can use the tools listed here. To use one, write a line of this form, by itself:",
        'CALL tool_name(argument="value")',
        "Tools:",
    ]
    for tool in tools:
        signature = ", ".join(parameter.name for parameter in tool.parameters)
        lines.append(f"- {tool.name}({signature}): {tool.description}")
        lines += [f"  {parameter.name}: {parameter.description}" for parameter in tool.parameters]
    return "\n".join(lines)


def parse_calls(text: str, tools: Sequence[Tool]) -> tuple[ToolCall, ...]:
    """Return the calls of offered tools found in `text`, in order, without repetitions."""
    if not tools:
        return ()
    read = text[:_TEXT_READ]
    lines = list(_line_calls(read, tools))
    # what stands in a value of a call is data, and no call
    inside = [(start, end) for start, end, _ in lines]
    found = [(start, call) for start, _, call in lines]
    found += [
        (place, call)
        for place, call in _json_calls(read, tools)
        if not any(start < place < end for start, end in inside)
    ]
    found.sort(key=lambda place: place[0])
    unique: list[ToolCall] = []
    for _, call in found:
        if call not in unique:
            unique.append(call)
    return tuple(unique[:_CALLS_KEPT])


def written_call(call: ToolCall) -> str:
    """Return the line that `parse_calls` reads as the call."""
    arguments = ", ".join(f'{name}="{_escaped(text)}"' for name, text in call.arguments.items())
    return f"CALL {call.name}({arguments})"


def text_with_calls(text: str, calls: Sequence[ToolCall], tools: Sequence[Tool]) -> str:
    """Return a turn as it was written, with the calls that its text does not hold."""
    if not calls or parse_calls(text, tools) == tuple(calls):
        return text
    lines = [written_call(call) for call in calls]
    return "\n".join([text, *lines] if text else lines)


def results_text(results: Sequence[str]) -> str:
    """Return what tools gave back, in the order of the calls."""
    if len(results) == 1:
        return f"RESULT:\n{results[0]}"
    return "\n".join(f"RESULT {number}:\n{text}" for number, text in enumerate(results, 1))


def plain_arguments(value: object) -> dict[str, str]:
    """Turn decoded JSON arguments into text values; anything but an object is kept unparsed.

    Names become ASCII, as records want them, and half of a surrogate pair is no text.
    """
    if isinstance(value, Mapping):
        return {_ascii(str(name)): _plain(argument) for name, argument in value.items()}
    return {} if value is None else {UNPARSED: _plain(value)}


def _plain(value: object) -> str:
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return value.encode("utf-8", "replace").decode("utf-8")


def _ascii(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode("ascii")


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, written)
    return text


def _line_calls(text: str, tools: Sequence[Tool]) -> Iterator[tuple[int, int, ToolCall]]:
    """Yield where a call begins, where it ends, and the call."""
    by_name = {tool.name.casefold(): tool for tool in tools}
    names = "|".join(sorted((re.escape(tool.name) for tool in tools), key=len, reverse=True))
    opening = re.compile(
        rf"^{_DECORATION}(call\b:?\s*`?)?({names})\s*(\(|(?={{))", re.IGNORECASE | re.MULTILINE
    )
    last = 0
    for match in islice(opening.finditer(text), _CALLS_KEPT):
        if match.start(2) < last:
            continue
        tool = by_name[match[2].casefold()]
        if match[3]:
            arguments, end = _read_arguments(text, match.end(), tool)
        else:
            arguments, end = _read_object(text, match.end())
        line = text[end:].partition("\n")[0]
        # Without the word CALL only a line that holds nothing else is a call: prose starts
        # sentences with names, too.
        if match[1] or (match[3] and not line.strip(" \t\r`.;,*")):
            last = end
            yield match.start(2), end, ToolCall(name=tool.name, arguments=arguments)


def _read_object(text: str, start: int) -> tuple[dict[str, str], int]:
    """Read the JSON that stands in the place of the brackets, or keep the line unread."""
    value, end = _decode(text, start)
    if end == start:
        value = text[start:].partition("\n")[0]
        end = start + len(value)
    return plain_arguments(value), end


def _read_arguments(text: str, start: int, tool: Tool) -> tuple[dict[str, str], int]:
    """Read from after the opening parenthesis; return the arguments and the place after them."""
    position = _skip_space(text, start)
    if text.startswith("{", position):
        value, end = _decode(text, position)
        if end > position:
            end = _skip_space(text, end)
            return plain_arguments(value), end + text.startswith(")", end)
    arguments: dict[str, str] = {}
    parameters = [parameter.name for parameter in tool.parameters]
    for _ in range(_ARGUMENTS_READ):
        if text[position : position + 1] in {"", ")"}:
            break
        pair = _PAIR.match(text, position)
        if pair:
            name, position = _ascii(pair[1]), pair.end()
        else:
            index = len(arguments)
            name = parameters[index] if index < len(parameters) else f"{UNPARSED}_{index}"
        arguments[name], position = _read_value(text, position)
        following = _skip_space(text, position)
        if "\n" in text[position:following] and text[following : following + 1] not in {",", ")"}:
            break
        position = _skip_space(text, following + text.startswith(",", following))
    return arguments, position + text.startswith(")", position)


def _read_value(text: str, start: int) -> tuple[str, int]:
    position = _skip_space(text, start)
    closing = _QUOTES.get(text[position : position + 1], "")
    if closing:
        return _read_quoted(text, position + 1, closing)
    line_end = text.find("\n", position)
    line_end = len(text) if line_end < 0 else line_end
    bare = _BARE.match(text, position, line_end)
    end = bare.end() if bare else line_end
    return text[position:end].strip(), end


def _read_quoted(text: str, start: int, closing: str) -> tuple[str, int]:
    parts: list[str] = []
    position = start
    last = min(len(text), start + _VALUE_READ)
    while position < last and text[position] != closing:
        if text[position] == "\\" and position + 1 < len(text):
            position += 1
            parts.append({"n": "\n", "t": "\t"}.get(text[position], text[position]))
        else:
            parts.append(text[position])
        position += 1
    return "".join(parts), min(position + 1, len(text))


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _json_calls(text: str, tools: Sequence[Tool]) -> Iterator[tuple[int, ToolCall]]:
    position = text.find("{")
    for _ in range(_BRACES_TRIED):
        if position < 0:
            return
        value, end = _decode(text, position)
        call = _as_call(value, tools)
        if call:
            yield position, call
        # An object that is no call may wrap one, so the next brace inside it is tried as well.
        position = text.find("{", end if call else position + 1)


def _decode(text: str, position: int) -> tuple[object, int]:
    try:
        value, end = _JSON.raw_decode(text, position)
    except (ValueError, RecursionError):
        return None, position
    return value, end


def _as_call(value: object, tools: Sequence[Tool]) -> ToolCall | None:
    if not isinstance(value, Mapping):
        return None
    by_name = {tool.name.casefold(): tool.name for tool in tools}
    named = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), "")
    if named.casefold() in by_name:
        carried = next((value[key] for key in _ARGUMENT_KEYS if key in value), None)
        if isinstance(carried, str):
            carried = _decode(carried, 0)[0] or carried
        return ToolCall(name=by_name[named.casefold()], arguments=plain_arguments(carried))
    if len(value) == 1:
        (key, carried), *_ = value.items()
        if str(key).casefold() in by_name and isinstance(carried, Mapping):
            return ToolCall(name=by_name[str(key).casefold()], arguments=plain_arguments(carried))
    return None
