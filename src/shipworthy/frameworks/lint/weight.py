"""How severe a weakness of a clause is: its class, times what the clause is about, less its bounds.

Points are added: the class of the weakness (strong 2, middling 1, mild 0), what the clause is about
(halt, threshold, security 2; disclosure, governance 1; other 0), and one is taken off where the
source states the conditions under which alone it may be used. Four points make an error, two or
three a warning, fewer a note. `docs/lint/severity.md` says the same to people.
"""

from collections.abc import Iterable
from typing import Final, Literal

from shipworthy.frameworks.document import Clause
from shipworthy.frameworks.lint.finding import SEVERITIES, LintSeverity

Weight = Literal["strong", "middling", "mild"]
About = Literal["halt", "threshold", "security", "disclosure", "governance", "other"]

_CLASS_POINTS: Final[dict[Weight, int]] = {"strong": 2, "middling": 1, "mild": 0}
_ABOUT_POINTS: Final[dict[About, int]] = {
    "halt": 2,
    "threshold": 2,
    "security": 2,
    "disclosure": 1,
    "governance": 1,
    "other": 0,
}
_BY_CATEGORY: Final[dict[str, About]] = {
    "EC6": "halt",
    "EC2": "threshold",
    "S": "security",
    "EC5": "disclosure",
    "G": "governance",
}
_BY_TOPIC: Final[dict[str, About]] = {
    "stop-rule": "halt",
    "thresholds": "threshold",
    "acceptance-numbers": "threshold",
    "security": "security",
    "report": "disclosure",
    "authorities": "disclosure",
    "change-log": "disclosure",
}
ABOUT_WORDS: Final[dict[About, str]] = {
    "halt": "what a result leads to",
    "threshold": "a threshold",
    "security": "security",
    "disclosure": "disclosure",
    "governance": "governance",
    "other": "something else",
}
_ORDER: Final = tuple(_ABOUT_POINTS)


def clause_about(clause: Clause) -> About:
    """Return what a clause is about; the gravest, where its category and its topics differ."""
    found = {_BY_CATEGORY.get(clause.category, "other")}
    found.update(_BY_TOPIC[topic] for topic in clause.topics if topic in _BY_TOPIC)
    return min(found, key=_ORDER.index)


def weigh(weight: Weight, clause: Clause, *, bounded: bool = False) -> LintSeverity:
    """Return the severity of a weakness of this class in this clause."""
    points = _CLASS_POINTS[weight] + _ABOUT_POINTS[clause_about(clause)] - bounded
    if points >= 4:
        return "error"
    return "warning" if points >= 2 else "note"


def weigh_all(weight: Weight, clauses: Iterable[Clause]) -> LintSeverity:
    """Return the gravest severity over several clauses; a warning where there are none."""
    found = [weigh(weight, clause) for clause in clauses]
    return min(found, key=SEVERITIES.index, default="warning")
