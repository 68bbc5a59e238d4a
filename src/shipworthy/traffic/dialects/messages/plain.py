"""Plain answers of messages: texts and nothing beside them.

They are decoded and looked at in one go. What this does not take for sure is looked at by the shape
of the dialect, which finds nothing to leave out in any answer that is taken here.
"""

from typing import Annotated, Final

import msgspec

from shipworthy.traffic.dialects.protocol import Tree
from shipworthy.traffic.dialects.shapes import is_word
from shipworthy.traffic.dialects.strict_json import are_safe, names_each_once

_Nothing = Annotated[list[None], msgspec.Meta(max_length=0)]
_Block = dict[str, str | _Nothing | None]
_Counts = dict[str, dict[str, int | None] | str | int | None]
_decode: Final = msgspec.json.Decoder(dict[str, list[_Block] | _Counts | str | int | None]).decode

_WORDS: Final = frozenset({"id", "type", "role", "model", "stop_reason"})
_NULLS: Final = frozenset({"stop_reason", "stop_sequence", "stop_details", "container"})
_TEXT: Final = frozenset({"type", "text"})
_CITED: Final = frozenset({"type", "text", "citations"})
_COUNTED: Final = frozenset(
    {
        *("input_tokens", "output_tokens", "cache_creation_input_tokens"),
        *("cache_read_input_tokens", "cache_creation", "server_tool_use"),
        *("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "web_search_requests"),
    }
)
_SERVED: Final = frozenset({"service_tier", "inference_geo", "speed"})


def plain_message(body: bytes) -> Tree | None:
    """Return a plain answer, decoded, or None.

    It is what `decode_answer` returns, and nothing of it would be left out.
    """
    try:
        tree: Tree = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    blocks, usage = tree.get("content"), tree.get("usage")
    if type(blocks) is not list or type(usage) is not dict or not _is_frame(tree):
        return None
    texts: list[str] = []
    counted = _counted(usage)
    keys = len(tree) + counted
    for block in blocks:
        named = block.keys()
        text = block.get("text")
        if named not in (_TEXT, _CITED) or block["type"] != "text" or type(text) is not str:
            return None
        if block.get("citations"):
            return None
        texts.append(text)
        keys += len(block)
    return tree if counted and names_each_once(body, keys, texts) else None


def _is_frame(tree: Tree) -> bool:
    for key, one in tree.items():
        kind = type(one)
        if kind is str:
            known = key in _WORDS and is_word(one)
        elif kind is list:
            known = key == "content"
        elif kind is dict:
            known = key == "usage"
        else:
            known = one is None and key in _NULLS
        if not known:
            return False
    return True


def _counted(usage: Tree) -> int:
    """Return how many keys counts of tokens have, 0 where one is not known."""
    keys = len(usage)
    for key, one in usage.items():
        kind = type(one)
        if kind is str:
            known = key in _SERVED and is_word(one)
        elif kind is dict:
            keys += len(one)
            known = key in _COUNTED and one.keys() <= _COUNTED and are_safe(one.values())
        else:
            known = key in _COUNTED or (one is None and key in _SERVED)
        if not known:
            return 0
    return keys if are_safe(usage.values()) else 0
