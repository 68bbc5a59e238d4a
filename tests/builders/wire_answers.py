"""Answers of a model's server in every dialect, written from one description."""

import json
from dataclasses import dataclass, field

DIALECTS = ("chat", "completions", "responses", "messages")


@dataclass(frozen=True)
class Spoken:
    """What a model says; texts and arguments in the pieces in which a stream brings them."""

    text: tuple[str, ...] = ("Hello", " there.")
    reasoning: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()
    calls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    beside: str = ""
    unknown: str = ""
    choices: int = 1
    usage: dict = field(default_factory=lambda: {"asked": 5, "said": 7})


def request(dialect, *, stream, turns=("hi",), system="", **more):
    """Return a request body."""
    body = {"model": "m-1", "stream": stream}
    if dialect == "completions":
        body["prompt"] = turns[0]
    elif dialect == "responses":
        body |= {"input": [{"role": "user", "content": one} for one in turns]}
        body |= {"instructions": system} if system else {}
    elif dialect == "messages":
        body |= {"max_tokens": 99, "messages": [{"role": "user", "content": one} for one in turns]}
        body |= {"system": system} if system else {}
    else:
        before = [{"role": "system", "content": system}] if system else []
        body["messages"] = [*before, *({"role": "user", "content": one} for one in turns)]
    return json.dumps(body | more).encode()


def whole(dialect, spoken):
    """Return an answer in one piece."""
    return json.dumps(_WHOLE[dialect](spoken)).encode()


def stream(dialect, spoken, *, done=True):
    """Return an answer as server-sent events."""
    return b"".join(_EVENTS[dialect](spoken, done=done))


def _unknown(spoken):
    return {"x_extra": {"note": spoken.unknown}} if spoken.unknown else {}


def _word(spoken, plain, called):
    return called if spoken.calls else plain


def _data(value):
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _named(value):
    return b"event: " + value["type"].encode() + b"\n" + _data(value)


def _chat_frame(kind):
    return {"id": "chatcmpl-1", "object": kind, "created": 17, "model": "m-1"}


def _chat_usage(spoken):
    asked, said = spoken.usage["asked"], spoken.usage["said"]
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _citation(text):
    inner = {"start_index": 0, "end_index": 1, "title": text, "url": "https://x.example"}
    return {"type": "url_citation", "url_citation": inner}


def _chat_whole(spoken):
    message = {"role": "assistant", "content": "".join(spoken.text) or None, "refusal": None}
    if spoken.reasoning:
        message["reasoning_content"] = "".join(spoken.reasoning)
    if spoken.refusal:
        message["refusal"] = "".join(spoken.refusal)
    if spoken.beside:
        message["annotations"] = [_citation(spoken.beside)]
    if spoken.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{at}",
                "type": "function",
                "function": {"name": name, "arguments": "".join(parts)},
            }
            for at, (name, parts) in enumerate(spoken.calls)
        ]
    word = _word(spoken, "stop", "tool_calls")
    choices = [
        {
            "index": at,
            "message": message | _unknown(spoken),
            "logprobs": None,
            "finish_reason": word,
        }
        for at in range(spoken.choices)
    ]
    return _chat_frame("chat.completion") | {"choices": choices, "usage": _chat_usage(spoken)}


def _chat_deltas(spoken):
    yield {"role": "assistant", "content": ""}
    yield from ({"reasoning_content": piece} for piece in spoken.reasoning)
    yield from ({"content": piece} for piece in spoken.text)
    yield from ({"refusal": piece} for piece in spoken.refusal)
    if spoken.beside:
        yield {"annotations": [_citation(spoken.beside)]}
    for at, (name, parts) in enumerate(spoken.calls):
        begun = {"index": at, "id": f"call_{at}", "type": "function"}
        yield {"tool_calls": [begun | {"function": {"name": name, "arguments": ""}}]}
        for piece in parts:
            yield {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}
    if spoken.unknown:
        yield {"content": "", **_unknown(spoken)}


def _chat_events(spoken, *, done):
    frame = _chat_frame("chat.completion.chunk")
    for delta in _chat_deltas(spoken):
        for at in range(spoken.choices):
            choice = {"index": at, "delta": delta, "logprobs": None, "finish_reason": None}
            yield _data(frame | {"choices": [choice]})
    word = _word(spoken, "stop", "tool_calls")
    for at in range(spoken.choices):
        choice = {"index": at, "delta": {}, "logprobs": None, "finish_reason": word}
        yield _data(frame | {"choices": [choice]})
    yield _data(frame | {"choices": [], "usage": _chat_usage(spoken)})
    if done:
        yield b"data: [DONE]\n\n"


def _completion_whole(spoken):
    text = "".join((*spoken.reasoning, *spoken.text, *spoken.refusal))
    choices = [
        {"index": at, "text": text, "logprobs": None, "finish_reason": "stop", **_unknown(spoken)}
        for at in range(spoken.choices)
    ]
    frame = _chat_frame("text_completion")
    return frame | {"choices": choices, "usage": _chat_usage(spoken)}


def _completion_events(spoken, *, done):
    frame = _chat_frame("text_completion")
    for piece in (*spoken.reasoning, *spoken.text, *spoken.refusal):
        for at in range(spoken.choices):
            choice = {"index": at, "text": piece, "logprobs": None, "finish_reason": None}
            yield _data(frame | {"choices": [choice]})
    for at in range(spoken.choices):
        choice = {"index": at, "text": "", "logprobs": None, "finish_reason": "stop"}
        yield _data(frame | {"choices": [choice | _unknown(spoken)]})
    yield _data(frame | {"choices": [], "usage": _chat_usage(spoken)})
    if done:
        yield b"data: [DONE]\n\n"


def _message_blocks(spoken):
    """Yield each block with its empty beginning and its deltas."""
    if spoken.reasoning:
        full = {"type": "thinking", "thinking": "".join(spoken.reasoning), "signature": "c2ln"}
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in spoken.reasoning]
        deltas.append({"type": "signature_delta", "signature": "c2ln"})
        yield full, full | {"thinking": "", "signature": ""}, deltas
    said = (*spoken.text, *spoken.refusal)
    if said:
        full = {"type": "text", "text": "".join(said)}
        deltas = [{"type": "text_delta", "text": piece} for piece in said]
        if spoken.beside:
            place = {"document_index": 0, "start_char_index": 0, "end_char_index": 1}
            cited = {"type": "char_location", "cited_text": spoken.beside, **place}
            full["citations"] = [cited]
            deltas.append({"type": "citations_delta", "citation": cited})
        yield full, {"type": "text", "text": ""}, deltas
    for at, (name, parts) in enumerate(spoken.calls):
        begun = {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in parts]
        yield begun | {"input": json.loads("".join(parts))}, begun, deltas


def _message_frame(spoken, content, word):
    usage = {"input_tokens": spoken.usage["asked"], "output_tokens": spoken.usage["said"]}
    frame = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1"}
    return frame | {"content": content, "stop_reason": word, "stop_sequence": None, "usage": usage}


def _message_whole(spoken):
    content = [full for full, _, _ in _message_blocks(spoken)]
    if spoken.unknown:
        content.append({"type": "x_block", "note": spoken.unknown})
    return _message_frame(spoken, content, _word(spoken, "end_turn", "tool_use")) | _unknown(spoken)


def _message_events(spoken, *, done):
    yield _named({"type": "message_start", "message": _message_frame(spoken, [], None)})
    yield _named({"type": "ping"})
    blocks = list(_message_blocks(spoken))
    if spoken.unknown:
        odd = {"type": "x_block", "note": spoken.unknown}
        blocks.insert(0, (odd, odd, [{"type": "x_delta", "note": spoken.unknown}]))
    for at, (_, begun, deltas) in enumerate(blocks):
        yield _named({"type": "content_block_start", "index": at, "content_block": begun})
        for delta in deltas:
            yield _named({"type": "content_block_delta", "index": at, "delta": delta})
        yield _named({"type": "content_block_stop", "index": at})
    if spoken.unknown:
        yield _named({"type": "x_event", "note": spoken.unknown})
    ended = {"stop_reason": _word(spoken, "end_turn", "tool_use"), "stop_sequence": None}
    usage = {"output_tokens": spoken.usage["said"]}
    yield _named({"type": "message_delta", "delta": ended, "usage": usage})
    if done:
        yield _named({"type": "message_stop"})


def _response_frame(status, output, usage):
    frame = {"id": "resp_1", "object": "response", "created_at": 17, "status": status}
    settings = {
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "text": {"format": {"type": "text"}},
    }
    return frame | {
        "model": "m-1",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        **settings,
        "output": output,
        "usage": usage,
    }


def _response_usage(spoken):
    asked, said = spoken.usage["asked"], spoken.usage["said"]
    details = {"output_tokens_details": {"reasoning_tokens": 0}}
    return {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said, **details}


def _text_steps(place, family, kind, name, pieces, beside):
    """Yield the events of one part, and return the part."""
    made = {"type": kind, name: ""} | ({"annotations": []} if kind == "output_text" else {})
    part_event = "reasoning_summary_part" if kind == "summary_text" else "content_part"
    more = {"logprobs": []} if kind == "output_text" else {}
    yield {"type": f"response.{part_event}.added", **place, "part": made}
    for piece in pieces:
        yield {"type": f"response.{family}.delta", **place, "delta": piece, **more}
    full = made | {name: "".join(pieces)}
    if beside and kind == "output_text":
        cited = {
            "type": "url_citation",
            "start_index": 0,
            "end_index": 1,
            "title": beside,
            "url": "https://x.example",
        }
        full["annotations"] = [cited]
        added = {"type": "response.output_text.annotation.added", **place, "annotation_index": 0}
        yield added | {"annotation": cited}
    yield {"type": f"response.{family}.done", **place, name: "".join(pieces), **more}
    yield {"type": f"response.{part_event}.done", **place, "part": full}
    return full


def _response_items(spoken):
    """Yield the steps of each item, then the item."""
    at = 0
    if spoken.reasoning:
        item = {"id": "rs_1", "type": "reasoning", "summary": []}
        place = {"item_id": "rs_1", "output_index": at, "summary_index": 0}
        steps = [{"type": "response.output_item.added", "output_index": at, "item": item}]
        part = yield from _collect(
            steps,
            _text_steps(
                place, "reasoning_summary_text", "summary_text", "text", spoken.reasoning, ""
            ),
        )
        item = item | {"summary": [part]}
        yield (
            [*steps, {"type": "response.output_item.done", "output_index": at, "item": item}],
            item,
        )
        at += 1
    if spoken.text or spoken.refusal:
        item = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        steps = [{"type": "response.output_item.added", "output_index": at, "item": item}]
        parts = []
        for family, kind, name, pieces in (
            ("output_text", "output_text", "text", spoken.text),
            ("refusal", "refusal", "refusal", spoken.refusal),
        ):
            if pieces:
                place = {"item_id": "msg_1", "output_index": at, "content_index": len(parts)}
                parts.append(
                    (
                        yield from _collect(
                            steps, _text_steps(place, family, kind, name, pieces, spoken.beside)
                        )
                    )
                )
        item = item | {"status": "completed", "content": parts}
        yield (
            [*steps, {"type": "response.output_item.done", "output_index": at, "item": item}],
            item,
        )
        at += 1
    for number, (name, pieces) in enumerate(spoken.calls):
        item = {
            "id": f"fc_{number}",
            "type": "function_call",
            "call_id": f"call_{number}",
            "name": name,
            "arguments": "",
            "status": "in_progress",
        }
        place = {"item_id": f"fc_{number}", "output_index": at}
        written = "".join(pieces)
        full = item | {"arguments": written, "status": "completed"}
        family = "response.function_call_arguments"
        yield (
            [
                {"type": "response.output_item.added", "output_index": at, "item": item},
                *({"type": f"{family}.delta", **place, "delta": piece} for piece in pieces),
                {"type": f"{family}.done", **place, "arguments": written},
                {"type": "response.output_item.done", "output_index": at, "item": full},
            ],
            full,
        )
        at += 1


def _collect(steps, made):
    while True:
        try:
            steps.append(next(made))
        except StopIteration as end:
            return end.value
    yield  # makes this a generator, for `yield from`


def _response_whole(spoken):
    output = [item for _, item in _response_items(spoken)]
    if spoken.unknown:
        output.append({"type": "x_item", "id": "x_1", "note": spoken.unknown})
    return _response_frame("completed", output, _response_usage(spoken)) | _unknown(spoken)


def _response_events(spoken, *, done):
    begun = _response_frame("in_progress", [], None)
    steps = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    output = []
    for made, item in _response_items(spoken):
        steps += made
        output.append(item)
    if spoken.unknown:
        odd = {"type": "x_item", "id": "x_1", "note": spoken.unknown}
        steps.append(
            {"type": "response.output_item.added", "output_index": len(output), "item": odd}
        )
        steps.append(
            {"type": "response.x_thing.delta", "output_index": len(output), "delta": spoken.unknown}
        )
    if done:
        ended = _response_frame("completed", output, _response_usage(spoken)) | _unknown(spoken)
        steps.append({"type": "response.completed", "response": ended})
    for number, step in enumerate(steps):
        yield _named(step | {"sequence_number": number})


_WHOLE = {
    "chat": _chat_whole,
    "completions": _completion_whole,
    "responses": _response_whole,
    "messages": _message_whole,
}
_EVENTS = {
    "chat": _chat_events,
    "completions": _completion_events,
    "responses": _response_events,
    "messages": _message_events,
}
