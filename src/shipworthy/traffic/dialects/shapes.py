"""What is known of an answer, and what becomes of the rest.

A shape names every field of an answer that is understood. What it does not name and could hold text
is left out of what the client gets, unless the policy lets it pass: a field that no layer is shown
must not carry a text around the layers. Numbers, booleans and nulls say nothing and stay.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Rule = Literal["text", "word", "seal", "number", "any"]
"""`text`: the dialect shows it to the layers. `word`: an id or a word of the format, that the
server makes and the model does not. `seal`: a signature of the server in base64. `number`: counts.
`any`: the dialect looks at it by itself.
"""

TEXT: Final[Rule] = "text"
WORD: Final[Rule] = "word"
SEAL: Final[Rule] = "seal"
NUMBER: Final[Rule] = "number"
ANY: Final[Rule] = "any"

Shape = Any
"""A `Rule`, a mapping of fields to shapes, `Listed` or `ByType`; or a tuple to choose from."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of values of one shape."""

    of: Shape


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` says which shape it has; one of another type is not known.

    `default` is the type of an object that names none.
    """

    shapes: Mapping[str, Shape]
    default: str = ""


_WORD: Final = re.compile(r"[A-Za-z0-9_.:/@+\-]{0,160}")
_SEAL: Final = re.compile(r"[A-Za-z0-9+/=_\-]*")
_FIELD: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
_LOST: Final = object()
_NUMBERS: Final = {int, float, bool, type(None)}


def is_word(value: str) -> bool:
    """Say whether a string is an id or a word of a format: short, ASCII, without spaces."""
    return _WORD.fullmatch(value) is not None


def is_field(key: str) -> bool:
    """Say whether a key looks like the name of a field, and tells nothing."""
    return _FIELD.fullmatch(key) is not None


def is_seal(value: object) -> bool:
    """Say whether a value is base64, of any length."""
    return isinstance(value, str) and _SEAL.fullmatch(value) is not None


def is_silent(value: object) -> bool:
    """Say whether a value holds no text: no string, no long list of numbers, no telling key."""
    kind = type(value)
    if kind is dict:
        fields: Mapping[str, object] = value  # type: ignore[assignment] # told by its type
        for key, one in fields.items():
            if type(one) not in _NUMBERS and not is_silent(one):
                return False
            if _FIELD.fullmatch(key) is None:
                return False
        return True
    return value in ("", []) if kind is str or kind is list else True


def vetted(value: Any, shape: Shape) -> tuple[Any, int]:
    """Return a value without what its shape does not name, and how many parts were left out.

    The value itself is returned where nothing was; it is never changed.
    """
    lost: list[None] = []
    kept = _vet(value, shape, lost)
    return (None if kept is _LOST else kept), len(lost)


def _vet(value: Any, shape: Shape, lost: list[None]) -> Any:
    kind = type(value)
    form = type(shape)
    if form is tuple:
        form, shape = _chosen(kind, shape)
    if form is dict and kind is dict:
        return _vet_object(value, shape, lost)
    if form is ByType and kind is dict:
        own = value.get("type", shape.default)
        known = shape.shapes.get(own) if isinstance(own, str) else None
        if known is None or known is ANY:
            return value if known else _lose(lost)
        return _vet_object(value, known, lost)
    if form is Listed and kind is list:
        return _vet_list(value, shape.of, lost)
    if form is str and (shape is ANY or (kind is str and _fits(value, shape))):
        return value
    return value if is_silent(value) else _lose(lost)


def _lose(lost: list[None]) -> Any:
    lost.append(None)
    return _LOST


def _fits(value: str, rule: Rule) -> bool:
    if rule is TEXT:
        return True
    if rule is WORD:
        return _WORD.fullmatch(value) is not None
    return rule is SEAL and is_seal(value)


def _chosen(kind: type, shapes: tuple[Shape, ...]) -> tuple[type, Shape]:
    wanted: dict[type, set[type]] = {dict: {dict, ByType}, list: {Listed}}
    for shape in shapes:
        if type(shape) in wanted.get(kind, {str}):
            return type(shape), shape
    return type(None), None


def _vet_object(value: dict[str, Any], shape: Mapping[str, Shape], lost: list[None]) -> Any:
    changed: dict[str, Any] = {}
    for key, one in value.items():
        kind = type(one)
        rule = shape.get(key)
        if rule is None:
            if kind in _NUMBERS and _FIELD.fullmatch(key):
                continue
            silent = is_silent(one) and _FIELD.fullmatch(key)
            kept = one if silent else _LOST
            if not silent:
                lost.append(None)
        elif kind in _NUMBERS or rule is ANY or (kind is str and _fits(one, rule)):
            continue
        else:
            kept = _vet(one, rule, lost)
        if kept is not one:
            changed[key] = kept
    if not changed:
        return value
    merged = {**value, **changed}
    return {key: one for key, one in merged.items() if one is not _LOST}


def _vet_list(value: list[Any], shape: Shape, lost: list[None]) -> Any:
    kept = [_vet(one, shape, lost) for one in value]
    if all(one is other for one, other in zip(kept, value, strict=True)):
        return value
    return [one for one in kept if one is not _LOST]
