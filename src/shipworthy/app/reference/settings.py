"""What a person can set: the fields of a record with type, default and meaning."""

import ast
import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import inspect as shapes

_ENTRY: Final = re.compile(r"^    ([a-z_0-9]+(?:, [a-z_0-9]+)*): (.*)$")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: `default` is empty where the key is required."""

    name: str
    kind: str
    default: str
    meaning: str


def settings(record: type[msgspec.Struct]) -> list[Setting]:
    """Return the settings of a record, in order.

    Raises:
        ValueError: for a field whose meaning no docstring gives.
    """
    meanings = _meanings(record)
    shape = shapes.type_info(record)
    assert isinstance(shape, shapes.StructType)
    found = []
    for field in shape.fields:
        if field.name not in meanings:
            raise ValueError(f"no docstring says what `{record.__name__}.{field.name}` means")
        default = "" if field.required else _default(field)
        kind = _kind(field.type)
        found.append(Setting(field.encode_name, kind, default, meanings[field.name]))
    return found


def nested(record: type[msgspec.Struct]) -> list[tuple[str, type[msgspec.Struct]]]:
    """Return the fields that are tables of their own, with the record of each."""
    shape = shapes.type_info(record)
    assert isinstance(shape, shapes.StructType)
    return [
        (field.encode_name, field.type.cls)
        for field in shape.fields
        if isinstance(field.type, shapes.StructType)
    ]


def _meanings(record: type) -> dict[str, str]:
    """Gather `Attributes:` entries and the strings under fields, bases first."""
    found: dict[str, str] = {}
    for owner in reversed(record.__mro__):
        if owner.__module__.startswith("shipworthy"):
            found |= _attributes(inspect.cleandoc(owner.__doc__ or ""))
            found |= _strings_under_fields(owner)
    return found


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    open_names: list[str] = []
    for line in text.partition("Attributes:\n")[2].splitlines():
        entry = _ENTRY.match(line)
        if entry:
            open_names = entry[1].split(", ")
            found |= dict.fromkeys(open_names, entry[2])
        elif not line.startswith("        "):
            break
        else:
            found |= {name: f"{found[name]} {line.strip()}" for name in open_names}
    return found


def _strings_under_fields(owner: type) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[before.target.id] = " ".join(str(after.value.value).split())
    return found


def _default(field: shapes.Field) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return _toml(field.default_factory())
    return _toml(field.default)


def _toml(value: Any) -> str:
    shown = str(value)
    match value:
        case bool():
            shown = shown.lower()
        case str():
            shown = f'"{value}"'
        case None:
            shown = "none"
        case tuple() | list():
            shown = "[" + ", ".join(_toml(one) for one in value) + "]"
        case msgspec.Struct() | dict():
            shown = "see below" if value else "{}"
        case _:
            pass
    return shown


def _kind(shape: shapes.Type) -> str:
    shown = "table"
    match shape:
        case shapes.StrType():
            shown = "string"
        case shapes.BoolType():
            shown = "boolean"
        case shapes.IntType(ge=least, le=most):
            shown = f"integer, {least} to {most}" if most is not None else "integer"
        case shapes.LiteralType(values=values):
            shown = "one of " + ", ".join(f'`"{value}"`' for value in values)
        case shapes.EnumType(cls=names):
            shown = "one of " + ", ".join(f'`"{member.value}"`' for member in names)
        case shapes.VarTupleType(item_type=inner) | shapes.ListType(item_type=inner):
            shown = f"list of {_kind(inner)}s"
        case shapes.UnionType(types=types):
            named = (_kind(one) for one in types if not isinstance(one, shapes.NoneType))
            shown = " or ".join(named).replace(" or one of ", ", ")
        case _:
            pass
    return shown
