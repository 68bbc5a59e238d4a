"""Situations that a proof is about: a condition on profiles, named as people would say it.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.frameworks.document import DeclaredField, FrameworkDocument
from shipworthy.frameworks.language.expressions import Scope, parse_condition
from shipworthy.frameworks.language.reader import Faults
from shipworthy.frameworks.language.yaml_positions import read_yaml
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk
from shipworthy.kernel import Problem
from shipworthy.records import AllOf, Atom, Condition, Field, LevelField

OPTION: Final = "--when"
"""Where the text of a situation comes from, for messages."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Profiles that are asked about. `field` is set where the riskiest level of one is meant."""

    name: str
    when: Condition
    field: str = ""


def critical_situations(document: FrameworkDocument) -> tuple[Situation, ...]:
    """Return, for each field that says how dangerous a model is, that it is at its worst (3.1)."""
    return tuple(_worst(declared.field) for declared in document.fields if _critical(declared))


def read_situation(document: FrameworkDocument, texts: Iterable[str]) -> Situation | None:
    """Return the situation in which all the conditions hold, or nothing without any.

    Raises:
        Problem: `framework-*`, the faults that the conditions would have in the framework.
    """
    fields: dict[str, Field] = {one.field.name: one.field for one in document.fields}
    fields[DEPLOYMENT.name] = DEPLOYMENT
    scope = Scope(fields, {name: tuple(_reachable(field)) for name, field in fields.items()})
    faults = Faults()
    given = list(texts)
    conditions = []
    for text in given:
        if not text.strip():
            raise Problem.of(
                "framework-expression",
                f"`{OPTION}` is empty",
                help="write for example `cyber >= critical`",
            )
        conditions.append(parse_condition(read_yaml(text.encode(), OPTION), scope, faults))
    faults.raise_if_any()
    if not conditions:
        return None
    when = conditions[0] if len(conditions) == 1 else AllOf(of=tuple(conditions))
    return Situation(" and ".join(" ".join(text.split()) for text in given), when)


def _critical(declared: DeclaredField) -> bool:
    if not isinstance(declared.field, LevelField):
        return False
    if declared.concerns in {"capability", "residual"}:
        return True
    return bool(declared.field.definitions) and declared.concerns in {"", "propensity"}


def _worst(field: Field) -> Situation:
    if not isinstance(field, LevelField):
        raise TypeError(field.name)
    level = by_risk(field)[-1]
    when = Atom(field=field.name, operator="==", value=level)
    return Situation(f"{field.name} == {level}", when, field.name)


def _reachable(field: Field) -> Iterator[str]:
    """Yield the levels that a field can have, in order; a derived one needs a definition."""
    if isinstance(field, LevelField):
        named = {by_risk(field)[0], *(one.level for one in field.definitions)}
        yield from (one for one in field.levels if not field.definitions or one in named)
