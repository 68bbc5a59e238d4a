"""Strict readers of whole answers."""

from typing import Any

from shipworthy.traffic.conformance.clients.read import Malformed, Read, need

Tree = dict[str, Any]


def read_chat(answer: Tree) -> Read:
    """Read a chat completion."""
    if answer.get("error"):
        return Read(error=True)
    read = Read()
    need(bool(answer["choices"]), "no choice")
    for choice in answer["choices"]:
        message = choice["message"]
        need(message["role"] == "assistant", "a message of somebody else")
        need(bool(choice["finish_reason"]), "a choice without a finish_reason")
        read.texts[choice["index"]] = message.get("content") or ""
        read.refusal += message.get("refusal") or ""
        read.reasoning += message.get("reasoning_content") or ""
        for call in message.get("tool_calls") or ():
            need(bool(call["id"]), "a call without an id")
            read.call(call["function"]["name"], call["function"]["arguments"])
    return read


def read_completion(answer: Tree) -> Read:
    """Read a completion."""
    if answer.get("error"):
        return Read(error=True)
    read = Read()
    need(bool(answer["choices"]), "no choice")
    for choice in answer["choices"]:
        need(isinstance(choice["text"], str), "a choice without text")
        need(bool(choice["finish_reason"]), "a choice without a finish_reason")
        read.texts[choice["index"]] = choice["text"]
    return read


def read_message(answer: Tree) -> Read:
    """Read a message."""
    if answer.get("type") == "error":
        return Read(error=True)
    need(answer["type"] == "message" and answer["role"] == "assistant", "no message")
    need(bool(answer["stop_reason"]), "a message without a stop_reason")
    need("input_tokens" in answer["usage"], "no usage")
    read = Read({0: ""})
    for block in answer["content"]:
        take_block(read, block)
    return read


def take_block(read: Read, block: Tree) -> None:
    """Add a block of a message."""
    match block["type"]:
        case "text":
            read.texts[0] += block["text"]
        case "thinking":
            need(isinstance(block["signature"], str), "a thought without a signature")
            read.reasoning += block["thinking"]
        case "tool_use":
            need(bool(block["id"]), "a call without an id")
            read.calls.append((block["name"], block["input"]))
        case odd:
            raise Malformed(f"a block `{odd!s:.20}` that nobody asked for")


def read_response(answer: Tree) -> Read:
    """Read a response."""
    if answer.get("error"):
        return Read(error=True)
    need(answer["object"] == "response", "no response")
    need(answer["status"] in {"completed", "incomplete"}, f"status {answer['status']!s:.20}")
    read, place = Read(), 0
    for item in answer["output"]:
        match item["type"]:
            case "message":
                read.texts[place] = ""
                for part in item["content"]:
                    read.texts[place] += part.get("text") or ""
                    read.refusal += part.get("refusal") or ""
                place += 1
            case "reasoning":
                read.reasoning += "".join(part["text"] for part in item["summary"])
            case "function_call":
                need(bool(item["call_id"]), "a call without an id")
                read.call(item["name"], item["arguments"])
            case odd:
                raise Malformed(f"an item `{odd!s:.20}` that nobody asked for")
    return read
