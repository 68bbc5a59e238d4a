"""A word is put into every place of a request in turn: a layer sees it, or the model does not.

The fields that are let through unseen are named here: servers show none of them to the model.
"""

import json
from dataclasses import dataclass

import pytest

from hidden_words import WORD, places, variants
from passing import Forbids, ask
from shipworthy.instruments.safeguards import RequestScreen
from shipworthy.traffic.passages import Answer

UNSEEN = {
    "stop",
    "stop_sequences",
    "user",
    "metadata",
    "safety_identifier",
    "prompt_cache_key",
    "tool_choice",
    "function_call",
    "service_tier",
    "model",
    "stream_options",
    "logit_bias",
    "reasoning_effort",
    "include",
}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "a city"}}}
FUNCTION = {"name": "look", "description": "looks", "parameters": SCHEMA}
CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "look", "arguments": '{"city": "Rome"}'},
}
FORM = {"type": "json_schema", "name": "n", "schema": SCHEMA}
BESIDE = {"user": "u", "metadata": {"k": "v"}, "service_tier": "auto"}
TEXT = {"type": "text", "text": "hi"}
REQUESTS = {
    "chat": {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "user", "name": "n", "content": [TEXT]},
            {"role": "assistant", "content": None, "tool_calls": [CALL], "reasoning_content": "r"},
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        ],
        "tools": [{"type": "function", "function": FUNCTION}],
        "tool_choice": "auto",
        "stop": ["x"],
        "response_format": {"type": "json_schema", "json_schema": FORM},
        **BESIDE,
    },
    "completions": {"model": "m", "prompt": ["p"], "suffix": "s", "stop": "x", "user": "u"},
    "responses": {
        "model": "m",
        "instructions": "i",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "t"}]},
            {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "sunny"},
        ],
        "tools": [{"type": "function", **FUNCTION}],
        "text": {"format": FORM, "verbosity": "low"},
        "reasoning": {"effort": "low"},
        **BESIDE,
    },
    "messages": {
        "model": "m",
        "max_tokens": 9,
        "system": [TEXT],
        "messages": [
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "t", "signature": "c2ln"},
                    TEXT,
                    {"type": "tool_use", "id": "c1", "name": "look", "input": {"city": "Rome"}},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}],
            },
        ],
        "tools": [{"name": "look", "description": "looks", "input_schema": SCHEMA}],
        "thinking": {"type": "enabled", "budget_tokens": 9},
        "stop_sequences": ["x"],
        "metadata": {"user_id": "u"},
    },
}


@dataclass(frozen=True)
class SeesRequests(Forbids):
    """Withholds requests with a word anywhere in them."""

    sides: frozenset = frozenset({"request"})

    def screen_request(self, request):
        found = self.word in str(request)
        return RequestScreen("withheld" if found else "passed", request)


def without_unseen(value):
    """Return a request without the fields that may pass unseen, at its top."""
    return {key: one for key, one in value.items() if key not in UNSEEN}


@pytest.mark.parametrize("dialect", REQUESTS)
def test_no_place_of_a_request_hides_a_word(dialect):
    layer = [SeesRequests(WORD)]
    tried = 0
    for value in variants(REQUESTS[dialect]):
        if not isinstance(value, dict) or WORD not in json.dumps(without_unseen(value)):
            continue
        _, asked = ask(dialect, layer, json.dumps(value).encode())
        assert isinstance(asked, Answer), value
        tried += 1
    assert tried > 20


@pytest.mark.parametrize("dialect", REQUESTS)
def test_the_requests_themselves_pass(dialect):
    _, asked = ask(dialect, [SeesRequests(WORD)], json.dumps(REQUESTS[dialect]).encode())
    assert not isinstance(asked, Answer), asked
    assert len(list(places(REQUESTS[dialect]))) > 5
