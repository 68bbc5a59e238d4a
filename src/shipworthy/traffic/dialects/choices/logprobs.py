"""Log probabilities: they repeat the answer, token by token, so they leave only where they do.

Words that the model might have said instead are shown to no layer and are left out.
"""

from typing import Any

from shipworthy.traffic.dialects.protocol import Tree
from shipworthy.traffic.dialects.shapes import is_silent


def repeated(logprobs: Any, text: str) -> Any:
    """Return what of log probabilities may leave beside `text`; the same object if all of it."""
    if logprobs is None or not isinstance(logprobs, dict):
        return logprobs if is_silent(logprobs) else None
    if "tokens" in logprobs:
        return _repeated_tokens(logprobs, text)
    kept: dict[str, Any] = {}
    tokens: list[str] = []
    for name in ("content", "refusal"):
        entries = logprobs.get(name)
        if entries is None:
            kept[name] = None
            continue
        listed = [_entry(one) for one in entries] if isinstance(entries, list) else [None]
        if None in listed:
            return None
        tokens += [one["token"] for one in listed if one]
        kept[name] = listed
    kept = {name: one for name, one in kept.items() if name in logprobs}
    if "".join(tokens) != text:
        return None
    return logprobs if kept == logprobs else kept


def quiet(choice: Tree) -> Tree:
    """Return a choice that says nothing without log probabilities that say something."""
    logprobs = choice.get("logprobs")
    kept = repeated(logprobs, "")
    return choice if kept is logprobs else {**choice, "logprobs": kept}


def _entry(entry: Any) -> dict[str, Any] | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
        return None
    token = entry["token"]
    kept: dict[str, Any] = {"token": token, "logprob": _number(entry.get("logprob"))}
    if "bytes" in entry:
        same = entry["bytes"] == list(token.encode())
        kept["bytes"] = entry["bytes"] if same else None
    if "top_logprobs" in entry:
        kept["top_logprobs"] = []
    return kept


def _repeated_tokens(logprobs: dict[str, Any], text: str) -> Any:
    tokens = logprobs["tokens"]
    if not isinstance(tokens, list) or not all(isinstance(one, str) for one in tokens):
        return None
    if "".join(tokens) != text:
        return None
    kept: dict[str, Any] = {"tokens": tokens}
    for name in ("token_logprobs", "text_offset"):
        if isinstance(logprobs.get(name), list):
            kept[name] = [_number(one) for one in logprobs[name]]
    if "top_logprobs" in logprobs:
        kept["top_logprobs"] = None
    return logprobs if kept == logprobs else kept


def _number(value: Any) -> Any:
    return value if type(value) in {int, float} else None
