"""The JSON Schema of the files of a pack, made from the types that the reader uses.

It says what one value may look like. What holds between values (goals that are given away, blanks
that nothing fills, tools that are not described) only the reader checks.
"""

from typing import Any, Final

import msgspec

from shipworthy.instruments.conditions import CANARY
from shipworthy.instruments.scenarios.domains import ScenarioText, ToolText
from shipworthy.instruments.scenarios.families import FAMILY_KEYS

_REFERENCE: Final = "#/$defs/{name}"
_TEXT: Final = {"type": "string"}
_NAME: Final = "^[a-z][a-z0-9_-]*$"


def pack_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of `pack.yaml` and of the files that it lists.

    Every scalar is a text, as the reader sees it.
    """
    (scenario, tool), parts = msgspec.json.schema_components(
        [ScenarioText, ToolText], ref_template=_REFERENCE
    )
    written = _all_text(parts)
    body = written.pop("ScenarioText")
    return {
        "title": "Scenario pack",
        "description": "A pack as people write it, or one of its files, with scalars as texts.",
        "type": "object",
        "properties": {
            **dict.fromkeys(("pack", "version", "licence", "summary", "domain"), _TEXT),
            "canary": {"type": "string", "pattern": f"^{CANARY.pattern}$"},
            "files": _listed(_TEXT),
            "tools": {"type": "object", "additionalProperties": tool},
            "scenarios": _listed(scenario),
            "families": _listed({"$ref": _REFERENCE.format(name="Family")}),
        },
        "anyOf": [{"required": ["files"]}, {"required": ["domain"]}],
        "additionalProperties": False,
        "$defs": {**written, "ScenarioText": body, "Family": _family(body)},
    }


def _family(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a family: a scenario with blanks, its slots and how many to take."""
    field = {"anyOf": [_TEXT, _listed(_TEXT)]}
    fields = {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": field,
        "minProperties": 1,
    }
    slots = {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": _listed({"anyOf": [_TEXT, fields]}),
        "minProperties": 1,
    }
    own = dict(
        zip(sorted(FAMILY_KEYS), (slots, {"type": "string", "pattern": "^[0-9]+$"}), strict=True)
    )
    return {
        **scenario,
        "title": "Family",
        "description": "A scenario with blanks, `{slot}` or `{slot.field}`, and what fills them.",
        "properties": {**scenario["properties"], **own},
        "required": [*scenario["required"], "slots"],
    }


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 1}


def _all_text(node: Any) -> Any:
    """Return a schema in which numbers are texts: with a blank in it, a number is none yet."""
    match node:
        case {"type": "integer"}:
            return _TEXT
        case dict():
            return {key: _all_text(value) for key, value in node.items()}
        case list():
            return [_all_text(item) for item in node]
        case _:
            return node
