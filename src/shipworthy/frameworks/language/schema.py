"""The JSON Schema of a framework document, made from the table of keys that the reader uses.

It says what one value may look like. What holds between values (ids that exist, levels that can be
reached, clauses that are carried out) only the reader checks.
"""

from typing import Any, Final

from shipworthy.frameworks.language.shape import (
    DOCUMENT,
    NAME,
    Choice,
    Either,
    Keys,
    Listed,
    Shape,
    Statement,
    Table,
    Text,
)

_NOT_BLANK: Final = r"\S"
_CONDITION: Final = "condition"
_REFERENCE: Final = {"$ref": f"#/$defs/{_CONDITION}"}


def framework_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a document whose scalars are all texts."""
    return {
        "title": "Framework document",
        "description": "A framework as people write it, with every scalar as a text.",
        **_schema(DOCUMENT),
        "$defs": {_CONDITION: _condition()},
    }


def _schema(shape: Shape) -> dict[str, Any]:
    match shape:
        case Text():
            return _text(shape)
        case Choice():
            return {"enum": list(shape.options)}
        case Listed():
            return {"type": "array", "items": _schema(shape.of), "minItems": 1}
        case Either():
            return {"anyOf": [_schema(one) for one in shape.of]}
        case Statement():
            return dict(_REFERENCE)
        case Table() | Keys():
            return _table(shape) if isinstance(shape, Table) else _keys(shape)


def _text(shape: Text) -> dict[str, Any]:
    if shape.pattern:
        pattern = f"^({shape.pattern})$"
    elif shape.words:
        pattern = rf"^\s*\S+(\s+\S+){{0,{shape.words - 1}}}\s*$"
    elif shape.longest:
        # Runs of white space count as one character, as they are read.
        pattern = rf"^\s*(\S|\s+(?=\S)){{1,{shape.longest}}}\s*$"
    else:
        pattern = _NOT_BLANK
    return {"type": "string", "pattern": pattern}


def _table(shape: Table) -> dict[str, Any]:
    names = {"enum": list(shape.names)} if shape.names else {"pattern": f"^({NAME})$"}
    return {
        "type": "object",
        "propertyNames": names,
        "additionalProperties": _schema(shape.of),
    }


def _keys(shape: Keys) -> dict[str, Any]:
    properties = {**shape.required, **shape.optional}
    schema: dict[str, Any] = {
        "description": f"spec/language.md, {shape.number}",
        "type": "object",
        "properties": {key: _schema(value) for key, value in properties.items()},
        "required": list(shape.required),
        "additionalProperties": False,
    }
    if shape.one_of:
        schema["oneOf"] = [{"required": [key]} for key in shape.one_of]
    if shape.some_of:
        schema["anyOf"] = [{"required": [key]} for key in shape.some_of]
    return schema


def _condition() -> dict[str, Any]:
    members = {"type": "array", "items": dict(_REFERENCE), "minItems": 1}
    number = {"type": "string", "pattern": "^[0-9]+$"}
    return {
        "description": "spec/language.md, 4.5",
        "anyOf": [
            {"type": "string", "pattern": _NOT_BLANK},
            *(_exactly({word: members}) for word in ("all", "any")),
            _exactly({"at_least": number, "of": members}),
        ],
    }


def _exactly(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
