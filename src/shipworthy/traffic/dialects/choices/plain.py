"""Plain answers: one choice with one text and nothing beside it, as nearly all of them are.

They are decoded and looked at in one go. What this does not take for sure is looked at by the shape
of the dialect, which finds nothing to leave out in any answer that is taken here.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from shipworthy.traffic.dialects.protocol import Tree
from shipworthy.traffic.dialects.shapes import is_word
from shipworthy.traffic.dialects.strict_json import are_safe, names_each_once

_Nothing = Annotated[list[None], msgspec.Meta(max_length=0)]
_Message = dict[str, str | _Nothing | None]
_Choice = dict[str, _Message | str | int | None]
_Counts = dict[str, dict[str, int | None] | int | None]
_decode: Final = msgspec.json.Decoder(dict[str, list[_Choice] | _Counts | str | int | None]).decode


@dataclass(frozen=True, slots=True)
class _Level:
    """Fields of one object of an answer: ids and words, texts that layers are shown, objects."""

    words: frozenset[str]
    texts: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What a dialect calls the fields of a choice and, where there is one, of its message."""

    choice: _Level
    message: _Level | None = None


CHAT: Final = PlainAnswer(
    _Level(frozenset({"finish_reason"}), inner=frozenset({"message"})),
    _Level(
        frozenset({"role"}), frozenset({"content", "refusal", "reasoning_content", "reasoning"})
    ),
)
COMPLETION: Final = PlainAnswer(_Level(frozenset({"finish_reason"}), frozenset({"text"})))

_ANSWER: Final = _Level(
    frozenset({"id", "object", "model", "system_fingerprint", "service_tier"}),
    inner=frozenset({"choices", "usage"}),
)
_SILENT: Final = frozenset(
    {
        *("created", "index", "logprobs", "finish_reason", "stop_reason", "token_ids"),
        *("content", "refusal", "reasoning_content", "reasoning"),
        *("annotations", "audio", "tool_calls", "function_call"),
        *("service_tier", "system_fingerprint", "usage", "prompt_logprobs", "kv_transfer_params"),
    }
)
_COUNTED: Final = frozenset(
    {
        *("prompt_tokens", "completion_tokens", "total_tokens"),
        *("prompt_tokens_details", "completion_tokens_details", "cached_tokens", "audio_tokens"),
        *("reasoning_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"),
    }
)


def plain_answer(body: bytes, plain: PlainAnswer) -> Tree | None:
    """Return a plain answer, decoded, or None.

    It is what `decode_answer` returns, and nothing of it would be left out.
    """
    try:
        tree: Tree = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    choices, usage = tree.get("choices"), tree.get("usage")
    if type(choices) is not list or len(choices) != 1:
        return None
    choice: Tree = choices[0]
    texts: list[str] = []
    if not (_is_known(tree, _ANSWER, texts) and _is_known(choice, plain.choice, texts)):
        return None
    keys = len(tree) + len(choice)
    if plain.message is not None:
        message = choice.get("message")
        if type(message) is not dict or not _is_known(message, plain.message, texts):
            return None
        keys += len(message)
    if usage is not None:
        counted = _counted(usage)
        if not counted:
            return None
        keys += counted
    return tree if names_each_once(body, keys, texts) else None


def _is_known(holder: Tree, level: _Level, texts: list[str]) -> bool:
    """Say whether all fields are known and may leave; inner objects are looked at apart."""
    for key, one in holder.items():
        kind = type(one)
        if kind is str:
            if key in level.texts:
                texts.append(one)
            elif key not in level.words or not is_word(one):
                return False
        elif kind is dict or (kind is list and one):
            if key not in level.inner:
                return False
        elif key not in _SILENT:
            return False
    return are_safe(holder.values())


def _counted(usage: object) -> int:
    """Return how many keys counts of tokens have, 0 where they are none, or one is not known."""
    if type(usage) is not dict:
        return 0
    keys = 0
    for held in (usage, *(one for one in usage.values() if type(one) is dict)):
        if not held.keys() <= _COUNTED or not are_safe(held.values()):
            return 0
        keys += len(held)
    return keys
