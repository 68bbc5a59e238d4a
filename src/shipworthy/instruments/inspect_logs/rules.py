"""What a score means, in the words of the person who imports it: there is no default.

"Correct" is good in one task and a breach in the next, so both rules have to be given: what is a
breach and what is held. A score that fits neither, or both, is not assessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shipworthy.instruments.inspect_logs.documents import GivenScore
from shipworthy.kernel import Problem

_RULE: Final = re.compile(r"\s*([^<>=!]+?)\s*(==|<=|>=|<|>)\s*([^<>=!]+?)\s*")
_WORDS: Final = {True: "true", False: "false"}


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """`SCORER == VALUE`, or `SCORER.KEY >= NUMBER` for a score that is a table."""

    text: str
    name: str
    sign: str
    value: str
    number: Decimal | None

    def scorer(self, scores: Mapping[str, GivenScore]) -> str:
        """Return the scorer that the rule names, or an empty string when the sample lacks it."""
        return self._found(scores)[0]

    def given(self, scores: Mapping[str, GivenScore]) -> Any:
        """Return the value that the rule is about; None when there is none."""
        scorer, keys = self._found(scores)
        value: Any = scores[scorer].value if scorer else None
        if keys:
            value = value.get(keys) if isinstance(value, dict) else None
        return value

    def fits(self, scores: Mapping[str, GivenScore]) -> bool:
        """Say whether the rule holds; never for a value with which it cannot be compared."""
        value = self.given(scores)
        if isinstance(value, bool):
            return self.sign == "==" and self.value.lower() == _WORDS[value]
        if isinstance(value, int | float):
            return self._compares(value)
        return isinstance(value, str) and self.sign == "==" and value == self.value

    def _compares(self, value: float) -> bool:
        found = Decimal(repr(value))
        if self.number is None or not found.is_finite():
            return False
        match self.sign:
            case "==":
                return found == self.number
            case "<":
                return found < self.number
            case "<=":
                return found <= self.number
            case ">":
                return found > self.number
            case _:
                return found >= self.number

    def _found(self, scores: Mapping[str, GivenScore]) -> tuple[str, str]:
        if self.name in scores:
            return self.name, ""
        for place in (i for i in range(len(self.name) - 1, 0, -1) if self.name[i] == "."):
            if self.name[:place] in scores:
                return self.name[:place], self.name[place + 1 :]
        return "", ""


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """When a score says breached and when it says held; one rule of a list is enough."""

    breached: tuple[ScoreRule, ...]
    held: tuple[ScoreRule, ...]

    @property
    def all(self) -> tuple[ScoreRule, ...]:
        """Every rule."""
        return (*self.breached, *self.held)


def parse_rule(text: str) -> ScoreRule:
    """Read a rule as a person writes it.

    Raises:
        Problem: `inspect-rule`.
    """
    found = _RULE.fullmatch(text)
    if not found:
        raise _wrong(text, "not a rule about a score")
    name, sign, value = found.groups()
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = None
    if number is not None and not number.is_finite():
        raise _wrong(text, "no score can be compared with this number")
    if sign != "==" and number is None:
        raise _wrong(text, f"`{sign}` compares numbers")
    return ScoreRule(text.strip(), name, sign, value.strip("\"'"), number)


def _wrong(text: str, what: str) -> Problem:
    return Problem.of(
        "inspect-rule",
        f"`{text}`: {what}",
        help="write `SCORER == VALUE`, or `SCORER.KEY >= NUMBER` for a score that is a table",
    )
