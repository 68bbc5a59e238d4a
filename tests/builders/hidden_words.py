"""A word put into every place of a JSON value in turn: as a text, a key, an unknown field."""

WORD = "the vault opens"


def places(value, path=()):
    """Yield the path of everything inside a value, and of the value."""
    yield path
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inside:
        yield from places(one, (*path, key))


def changed(value, path, change):
    """Return a copy with a change at a path."""
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], change)
    return copy


def put(value):
    """Return what a value may become with the word in it."""
    yield lambda _: WORD
    yield lambda _: {"type": WORD}
    yield lambda _: {WORD: 1}
    yield lambda _: [WORD]
    if isinstance(value, dict):
        yield lambda one: {**one, "x_note": WORD}
        yield lambda one: {**one, "x_note": {"deep": [{"er": WORD}]}}
        yield lambda one: {**one, WORD: None}
        for key in (
            "text",
            "content",
            "thinking",
            "delta",
            "logprobs",
            "refusal",
            "output",
            "message",
        ):
            yield lambda one, key=key: {**one, key: WORD} if key not in one else one
    if isinstance(value, list):
        yield lambda one: [*one, WORD]
        yield lambda one: [*one, {"type": "x", "text": WORD}]


def at(value, path):
    for key in path:
        value = value[key]
    return value


def variants(value):
    for path in places(value):
        for change in put(at(value, path)):
            yield changed(value, path, change)
