"""Fields, situations and conditions in words that a person reads without the encoding at hand."""

from collections.abc import Iterable
from typing import Final

from shipworthy.frameworks.common.standpoints import is_own
from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.frameworks.compare import Reading
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.kernel import Record
from shipworthy.records import AllOf, AnyOf, Atom, Condition, RateField

SIGNS: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}


class Line(Record, frozen=True, kw_only=True):
    """One thing that a situation sets: what it is, its value, and the ordinary value.

    `owner` is the framework that alone has the field; empty for a common field or a finding.
    """

    field: str
    about: str
    value: str
    ordinary: str
    owner: str


class PlainWords:
    """Knows what every field of the frameworks at hand is about."""

    def __init__(self, vocabulary: Vocabulary, documents: Iterable[FrameworkDocument]) -> None:
        self._vocabulary = vocabulary
        self._own: dict[str, str] = {}
        self._findings: dict[str, str] = {}
        for document in documents:
            for declared in document.fields:
                about = declared.about or declared.field.name
                self._own[f"{document.id}/{declared.field.name}"] = about
                if isinstance(declared.field, RateField):
                    self._findings.setdefault(declared.field.finding, about)

    def line(self, reading: Reading) -> Line:
        """Return one part of a situation."""
        return Line(
            field=reading.name,
            about=self.about(reading.name),
            value=self._value(reading.name, reading.value),
            ordinary=self._value(reading.name, reading.ordinary),
            owner=_owner(reading.name),
        )

    def bare(self, name: str) -> Line:
        """Return a field without a value."""
        about = self.about(name)
        return Line(field=name, about=about, value="", ordinary="", owner=_owner(name))

    def about(self, name: str) -> str:
        """Return what a field or finding is."""
        common = self._vocabulary.find(name)
        if common:
            return common.about
        finding = name.removesuffix(".point")
        return self._own.get(name) or self._findings.get(finding) or name

    def _value(self, name: str, value: str) -> str:
        common = self._vocabulary.find(name)
        return common.says.get(value, value) if common else value


def _owner(name: str) -> str:
    return name.rpartition("/")[0] if is_own(name) else ""


def condition_words(condition: Condition) -> str:
    """Return a condition as one line, in the names of its fields."""
    match condition:
        case Atom():
            bound = f" ({condition.bound})" if condition.bound else ""
            return f"{condition.field}{bound} {SIGNS[condition.operator]} {condition.value}"
        case AllOf():
            return " and ".join(map(_nested, condition.of)) or "always"
        case AnyOf():
            return " or ".join(map(_nested, condition.of)) or "never"
        case _:
            inner = ", ".join(condition_words(one) for one in condition.of)
            return f"at least {condition.needed} of ({inner})"


def _nested(condition: Condition) -> str:
    text = condition_words(condition)
    single = isinstance(condition, Atom) or len(getattr(condition, "of", ())) == 1
    return text if single else f"({text})"
