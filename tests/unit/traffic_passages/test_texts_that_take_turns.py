"""A client puts the pieces of one text together; pieces of another between them hide nothing."""

import json

import pytest

from hidden_words import WORD
from passing import Forbids, StreamForbids, carry

A, B = WORD[:3], WORD[3:]
NOISE = " and then "
CITED = {
    "type": "url_citation",
    "url_citation": {"start_index": 0, "end_index": 1, "title": NOISE, "url": "https://x.example"},
}


def chat(*deltas):
    frame = {"id": "c-1", "object": "chat.completion.chunk", "created": 17, "model": "m-1"}
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    events = [json.dumps({**frame, "choices": [choice]}) for choice in choices]
    return "".join(f"data: {one}\n\n" for one in [*events, "[DONE]"]).encode()


def named(*events):
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events).encode()


def messages(kind, *said):
    """Return a message with two blocks of a kind, said in pieces of `(block, text)`."""
    field = "thinking" if kind == "thinking" else "text"
    empty = {"type": kind, field: ""} | ({"signature": ""} if kind == "thinking" else {})
    message = {
        "id": "msg-1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    return named(
        {"type": "message_start", "message": message},
        *({"type": "content_block_start", "index": at, "content_block": empty} for at in (0, 1)),
        *(
            {
                "type": "content_block_delta",
                "index": at,
                "delta": {"type": f"{field}_delta", field: text},
            }
            for at, text in said
        ),
        *({"type": "content_block_stop", "index": at} for at in (0, 1)),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
    )


def responses(family, *said):
    """Return a response of two items, said in pieces of `(item, text)`."""
    kind, part = ("message", "output_text") if family == "output_text" else ("reasoning", "")
    response = {"id": "r-1", "object": "response", "created_at": 17, "model": "m-1"}
    items = [
        {"type": kind, "id": f"i-{at}", "status": "in_progress"}
        | ({"role": "assistant", "content": []} if part else {"summary": []})
        for at in (0, 1)
    ]
    number = "content_index" if part else "summary_index"
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return named(
        {"type": "response.created", "response": {**response, "output": [], "status": "queued"}},
        *(
            {"type": "response.output_item.added", "output_index": at, "item": item}
            for at, item in enumerate(items)
        ),
        *(
            {
                "type": f"response.{family}.delta",
                "item_id": f"i-{at}",
                "output_index": at,
                number: 0,
                "delta": text,
            }
            for at, text in said
        ),
        {
            "type": "response.completed",
            "response": {**response, "status": "completed", "output": [], "usage": usage},
        },
    )


TURNS = ((0, A), (1, NOISE), (0, B))
TAKING_TURNS = {
    "chat content and refusal": ("chat", chat({"content": A}, {"refusal": NOISE}, {"content": B})),
    "chat in one chunk": (
        "chat",
        chat({"content": A, "refusal": NOISE}, {"content": B, "refusal": NOISE}),
    ),
    "chat after a known form": (
        "chat",
        chat({"content": "1"}, {"content": A}, {"refusal": NOISE}, {"content": B}),
    ),
    "chat reasoning under two names": (
        "chat",
        chat(
            {"reasoning_content": A, "reasoning": A},
            {"reasoning_content": NOISE},
            {"reasoning": B},
        ),
    ),
    "chat reasoning and citations": (
        "chat",
        chat({"reasoning_content": A}, {"annotations": [CITED]}, {"reasoning_content": B}),
    ),
    "messages texts": ("messages", messages("text", *TURNS)),
    "messages texts after a known form": ("messages", messages("text", (0, "1"), *TURNS)),
    "messages thoughts": ("messages", messages("thinking", *TURNS)),
    "responses texts": ("responses", responses("output_text", *TURNS)),
    "responses summaries": ("responses", responses("reasoning_summary_text", *TURNS)),
}


@pytest.mark.parametrize("layer", [Forbids, StreamForbids])
@pytest.mark.parametrize("case", TAKING_TURNS)
def test_a_text_that_goes_on_after_another_is_not_let_go(case, layer):
    dialect, upstream = TAKING_TURNS[case]
    outcome = carry(dialect, upstream, [layer(WORD)], stream=True)
    assert B.encode() not in outcome.sent
    assert not any(verdict.is_clear for verdict in outcome.verdicts)


def test_texts_one_after_another_still_leave():
    alike = {"reasoning_content": "so ", "reasoning": "so "}
    upstream = {
        "chat": chat(alike, alike, {"content": "One "}, {"content": "two."}, {"refusal": "No."}),
        "messages": messages("text", (0, "One "), (0, "two."), (1, "No.")),
        "responses": responses("output_text", (0, "One "), (0, "two."), (1, "No.")),
    }
    for dialect, answer in upstream.items():
        outcome = carry(dialect, answer, [StreamForbids(WORD)], stream=True)
        assert outcome.enforced == {"released"}, (dialect, outcome.verdicts)
        assert b"two." in outcome.sent
        assert b"No." in outcome.sent
