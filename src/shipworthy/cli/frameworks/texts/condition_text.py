"""Conditions in words, on one line."""

from shipworthy.records import AllOf, AnyOf, AtLeast, Atom, Condition


def condition_text(condition: Condition) -> str:
    """Return a condition as one line."""
    match condition:
        case Atom():
            bound = f".{condition.bound}" if condition.bound else ""
            return f"{condition.field}{bound} {condition.operator} {condition.value}"
        case AllOf():
            return " and ".join(_nested(one) for one in condition.of)
        case AnyOf():
            return " or ".join(_nested(one) for one in condition.of)
        case AtLeast():
            inner = ", ".join(condition_text(one) for one in condition.of)
            return f"at least {condition.needed} of ({inner})"


def _nested(condition: Condition) -> str:
    text = condition_text(condition)
    return text if isinstance(condition, Atom | AtLeast) else f"({text})"
