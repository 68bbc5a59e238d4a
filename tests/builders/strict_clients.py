"""Clients that take nothing on trust: each accepts only what its dialect's own client would."""

import json
from dataclasses import dataclass, field


@dataclass
class Received:
    """What a client made of an answer."""

    text: dict = field(default_factory=dict)
    reasoning: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    words: dict = field(default_factory=dict)
    error: str = ""


def receive(dialect, body, *, stream):
    """Read a complete answer; asserts that it is well formed."""
    if not stream:
        return _WHOLE[dialect](json.loads(body))
    return _STREAMS[dialect](_events(body))


def _events(body):
    """Split into events; asserts that each is written in the plainest form."""
    assert body.endswith(b"\n\n"), body[-80:]
    found = []
    for block in body[:-2].split(b"\n\n"):
        if block == b":":
            continue
        lines = block.split(b"\n")
        name = (
            lines.pop(0).removeprefix(b"event: ").decode()
            if lines[0].startswith(b"event: ")
            else ""
        )
        assert len(lines) == 1
        assert lines[0].startswith(b"data: "), block
        found.append((name, lines[0][6:]))
    return found


def _error(value):
    received = Received(error=value["error"]["message"])
    assert value["error"]["type"]
    return received


def _chat(answer):
    if "error" in answer:
        return _error(answer)
    received = Received()
    for choice in answer["choices"]:
        at, message = choice["index"], choice["message"]
        assert message["role"] == "assistant"
        received.text[at] = (message.get("content") or "") + (message.get("refusal") or "")
        received.reasoning[at] = message.get("reasoning_content") or ""
        for call in message.get("tool_calls") or ():
            assert call["id"]
            received.calls.append(
                (call["function"]["name"], json.loads(call["function"]["arguments"]))
            )
        received.words[at] = choice["finish_reason"]
        assert choice["finish_reason"]
    return received


def _chat_stream(events):
    received = Received()
    calls = {}
    assert all(name == "" for name, _ in events)
    *events, (_, last) = events
    if last != b"[DONE]":
        assert "error" in json.loads(last)
        received.error = json.loads(last)["error"]["message"]
    for _, data in events:
        chunk = json.loads(data)
        assert chunk["object"] in {"chat.completion.chunk", "text_completion"}
        assert chunk["id"]
        for choice in chunk["choices"]:
            at, delta = choice["index"], choice.get("delta", choice)
            assert at not in received.words, "said something after its end"
            said = (
                (delta.get("content") or "")
                + (delta.get("refusal") or "")
                + (delta.get("text") or "")
            )
            received.text[at] = received.text.get(at, "") + said
            received.reasoning[at] = received.reasoning.get(at, "") + (
                delta.get("reasoning_content") or ""
            )
            for call in delta.get("tool_calls") or ():
                key = (at, call["index"])
                if key not in calls:
                    assert call["id"]
                    assert call["function"]["name"]
                    calls[key] = [call["function"]["name"], ""]
                calls[key][1] += call["function"].get("arguments") or ""
            if choice["finish_reason"]:
                received.words[at] = choice["finish_reason"]
    if not received.error:
        assert received.words.keys() == received.text.keys(), "an answer has no end"
        received.calls = [(name, json.loads(written)) for name, written in calls.values()]
    return received


def _completion(answer):
    if "error" in answer:
        return _error(answer)
    received = Received()
    for choice in answer["choices"]:
        received.text[choice["index"]] = choice["text"]
        received.reasoning[choice["index"]] = ""
        received.words[choice["index"]] = choice["finish_reason"]
    return received


def _message(answer):
    if answer["type"] == "error":
        return _error(answer)
    assert answer["type"] == "message"
    assert answer["role"] == "assistant"
    received = Received({0: ""}, {0: ""}, words={0: answer["stop_reason"]})
    for block in answer["content"]:
        _take_block(received, block)
    return received


def _take_block(received, block):
    if block["type"] == "text":
        received.text[0] += block["text"]
    elif block["type"] == "thinking":
        assert isinstance(block["signature"], str)
        received.reasoning[0] += block["thinking"]
    else:
        assert block["type"] == "tool_use"
        received.calls.append((block["name"], block["input"]))


def _message_stream(events):  # noqa: PLR0912 - a grammar in one place
    received = Received({0: ""}, {0: ""})
    state, blocks, usage = "new", [], None
    for name, data in events:
        event = json.loads(data)
        assert name == event["type"]
        if name == "ping":
            continue
        if name == "error":
            received.error = event["error"]["message"]
            assert event is json.loads(data) or events[-1] == (name, data)
            return received
        if name == "message_start":
            assert state == "new"
            assert event["message"]["content"] == []
            assert "input_tokens" in event["message"]["usage"]
            state = "between"
        elif name == "content_block_start":
            assert state == "between"
            assert event["index"] == len(blocks)
            blocks.append(dict(event["content_block"]))
            written, state = "", "inside"
        elif name == "content_block_delta":
            assert state == "inside"
            assert event["index"] == len(blocks) - 1
            delta = event["delta"]
            match delta["type"], blocks[-1]["type"]:
                case "text_delta", "text":
                    blocks[-1]["text"] += delta["text"]
                case "thinking_delta", "thinking":
                    blocks[-1]["thinking"] += delta["thinking"]
                case "signature_delta", "thinking":
                    blocks[-1]["signature"] = delta["signature"]
                case "citations_delta", "text":
                    blocks[-1].setdefault("citations", []).append(delta["citation"])
                case "input_json_delta", "tool_use":
                    written += delta["partial_json"]
                    blocks[-1]["written"] = written
                case odd:
                    raise AssertionError(odd)
        elif name == "content_block_stop":
            assert state == "inside"
            assert event["index"] == len(blocks) - 1
            if "written" in blocks[-1]:
                blocks[-1]["input"] = json.loads(blocks[-1].pop("written"))
            state = "between"
        elif name == "message_delta":
            assert state == "between"
            usage, received.words[0] = event["usage"], event["delta"]["stop_reason"]
            assert received.words[0]
            state = "ended"
        else:
            assert name == "message_stop"
            assert state == "ended"
            state = "over"
    assert state == "over"
    assert "output_tokens" in usage
    for block in blocks:
        _take_block(received, block)
    return received


def _response(answer):
    if answer.get("error"):
        return _error(answer)
    assert answer["object"] == "response"
    assert answer["status"] in {"completed", "incomplete"}
    reason = (answer.get("incomplete_details") or {}).get("reason")
    received = Received({0: ""}, {0: ""}, words={0: reason or answer["status"]})
    assert (answer["status"] == "incomplete") == bool(reason)
    for item in answer["output"]:
        _take_item(received, item)
    return received


def _take_item(received, item):
    if item["type"] == "message":
        received.text[0] += "".join(
            part.get("text", part.get("refusal")) for part in item["content"]
        )
    elif item["type"] == "reasoning":
        received.reasoning[0] += "".join(part["text"] for part in item["summary"])
    else:
        assert item["type"] == "function_call"
        assert item["call_id"]
        received.calls.append((item["name"], json.loads(item["arguments"])))


def _response_stream(events):
    items, part, final, begun = [], None, None, False
    for number, (name, data) in enumerate(events):
        event = json.loads(data)
        assert name == event["type"]
        assert event["sequence_number"] == number
        assert final is None, "an event after the end"
        kind = name.removeprefix("response.")
        if name == "error":
            assert number == len(events) - 1
            return Received(error=event["message"])
        if kind in {"created", "in_progress"}:
            assert event["response"]["output"] == []
            begun = True
        elif kind in {"completed", "incomplete"}:
            final = event["response"]
            assert final["status"] == kind
        elif kind == "output_item.added":
            assert event["output_index"] == len(items)
            items.append({"item": event["item"], "texts": [], "open": True, "written": ""})
        elif kind == "output_item.done":
            _close(items, event)
        else:
            assert items
            assert items[-1]["open"]
            assert event["output_index"] == len(items) - 1
            assert event["item_id"] == items[-1]["item"]["id"]
            part = _take_step(items[-1], part, kind, event)
    assert begun
    assert final is not None
    assert [one["item"] for one in items] == final["output"]
    return _response(final)


def _close(items, event):
    open_item, item = items[-1], event["item"]
    assert open_item["open"]
    assert event["output_index"] == len(items) - 1
    assert item["id"] == open_item["item"]["id"]
    texts = [
        part.get("text", part.get("refusal"))
        for part in item.get("summary") or item.get("content") or ()
    ]
    assert texts == open_item["texts"]
    if item["type"] == "function_call":
        assert item["arguments"] == open_item["written"]
    open_item |= {"item": item, "open": False}


def _take_step(item, part, kind, event):
    number = event.get("content_index", event.get("summary_index"))
    if kind.startswith("function_call_arguments"):
        item["written"] = (
            event["arguments"] if kind.endswith("done") else item["written"] + event["delta"]
        )
    elif kind in {"content_part.added", "reasoning_summary_part.added"}:
        assert part is None
        assert number == len(item["texts"])
        item["texts"].append("")
        return number
    elif kind in {"content_part.done", "reasoning_summary_part.done"}:
        assert part == number
        shown = event["part"].get("text", event["part"].get("refusal"))
        assert shown == item["texts"][number]
        return None
    elif kind.endswith(".delta"):
        assert part == number
        item["texts"][number] += event["delta"]
    elif kind.endswith(".done"):
        assert event.get("text", event.get("refusal")) == item["texts"][number]
    else:
        assert kind == "output_text.annotation.added", kind
    return part


_WHOLE = {"chat": _chat, "completions": _completion, "messages": _message, "responses": _response}
_STREAMS = {
    "chat": _chat_stream,
    "completions": _chat_stream,
    "messages": _message_stream,
    "responses": _response_stream,
}
