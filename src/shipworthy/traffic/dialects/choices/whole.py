"""Whole answers that are a list of choices."""

from collections.abc import Callable, Sequence
from typing import Any

from shipworthy.traffic.dialects.answers import made_id
from shipworthy.traffic.dialects.protocol import Answered, Asked, Ruled, Tree
from shipworthy.traffic.dialects.reading import broken
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.vocabulary import Reply


def read_choices(tree: Tree, asked: Asked) -> list[Tree]:
    """Return the choices of an answer; raises `Unreadable` unless they are those asked for."""
    choices = tree.get("choices")
    if not isinstance(choices, list) or not choices or len(choices) > asked.choices:
        raise broken("the model's server sent no answer, or another number than was asked for")
    if len(choices) == 1 and type(choices[0]) is dict and choices[0].get("index") == 0:
        return choices
    if not all(isinstance(choice, dict) for choice in choices):
        raise broken("an answer of the model's server is not an object")
    indices = [choice.get("index", 0) for choice in choices]
    if len(set(indices)) != len(indices) or not all(
        type(index) is int and 0 <= index < asked.choices for index in indices
    ):
        raise broken("the answers of the model's server are not numbered as they should be")
    return choices


def refusal_frame(asked: Asked, object_name: str, prefix: str) -> dict[str, Any]:
    """Return an answer without its choices that is made here."""
    return {
        "id": made_id(prefix, asked),
        "object": object_name,
        "created": asked.created,
        "model": asked.model,
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def write_choices(
    answered: Answered, ruled: Sequence[Ruled], rewritten: Callable[[Tree, Reply], Tree]
) -> bytes:
    """Write an answer: the bytes as they came where all of them may leave."""
    changed = {one.choice: one.reply for one in ruled if one.changed}
    if answered.whole and not changed:
        return answered.body
    choices = [
        rewritten(choice, changed[choice.get("index", 0)])
        if choice.get("index", 0) in changed
        else choice
        for choice in answered.tree["choices"]
    ]
    return encode({**answered.tree, "choices": choices})
