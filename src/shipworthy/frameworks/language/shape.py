"""The keys of a framework document, in one table: what the reader accepts and the schema says.

Numbers are those of `spec/language.md`. The reader takes its legal keys from here, so that a key
cannot be read without being listed; the schema is generated from the same values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from shipworthy.frameworks.document import CATEGORIES, CONCERNS, MODALITIES
from shipworthy.frameworks.taxonomy import DOMAINS, GOVERNANCE_ELEMENTS, HEDGE_KINDS, TOPICS
from shipworthy.vocabulary import DeploymentType

LONGEST_PHRASE: Final = 14
"""Words of an anchor or hedge: they find a place, they do not reproduce a text."""

LONGEST_PHRASE_TEXT: Final = 300
"""Characters of the same: a text without spaces is no phrase."""

LONGEST_SUMMARY: Final = 60
"""Characters of a summary: what fits a cell of the matrix."""

GATES: Final = ("deploy", "develop")
PROVENANCE: Final = ("primary", "secondary", "memory", "derived")
CONTROLLERS: Final = ("developer", "regulator", "third-party")
COVERAGE: Final = ("threshold", "tracked", "mentioned", "excluded")
PHASES: Final = ("before", "after", "before-and-after", "deployed", "unstated")
STANDING: Final = ("present", "hedged", "absent")
BOUNDS: Final = ("exact", "point", "upper", "lower")
MODES: Final = ("all", "any")
NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*"
DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not blank; `pattern` must match all of it."""

    pattern: str = ""
    longest: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of texts."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with at least one element."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names, free or of a closed list, to values of one shape."""

    of: "Shape"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with known keys; iterating gives their names.

    `number` is its paragraph in `spec/language.md`. Exactly one key of `one_of` must be there, and
    at least one of `some_of`.
    """

    number: str
    required: Mapping[str, "Shape"] = field(default_factory=dict)
    optional: Mapping[str, "Shape"] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        yield from self.required
        yield from self.optional


@dataclass(frozen=True, slots=True)
class Either:
    """A value of any of several shapes."""

    of: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A condition (4.5)."""


Shape = Text | Choice | Listed | Table | Keys | Either | Statement

_TEXT: Final = Text()
_NAME: Final = Text(pattern=NAME)
_DATE: Final = Text(pattern=DATE)
_PHRASE: Final = Text(words=LONGEST_PHRASE)
_COUNT: Final = Text(pattern="[0-9]{1,6}")
_FLAG: Final = Choice(("no", "yes"))
_TEXTS: Final = Listed(_TEXT)
_NAMES: Final = Listed(_NAME)
_ONE_OR_MORE: Final = Either((_NAME, _NAMES))
_DOMAINS: Final = Listed(Choice(tuple(DOMAINS)))

IN_FORCE: Final = Keys(number="1.2", optional={"from": _DATE, "until": _DATE, "review_by": _DATE})

SOURCE: Final = Keys(
    number="2.1",
    required={
        "id": _NAME,
        "title": _TEXT,
        "digest": Text(pattern="unknown|sha256:[0-9a-f]{64}"),
        "location": _TEXT,
        "retrieved": Text(pattern=f"unknown|{DATE}"),
        "standing": _TEXT,
    },
)

CLAUSE: Final = Keys(
    number="2.2",
    required={
        "id": _NAME,
        "source": _NAME,
        "section": _TEXT,
        "paraphrase": _TEXT,
        "modality": Choice(MODALITIES),
        "actor": _TEXT,
        "category": Choice(CATEGORIES),
    },
    optional={
        "anchor": _PHRASE,
        "hedges": Listed(_PHRASE),
        "rationale": _TEXT,
        "not_executable": _TEXT,
        "provenance": Choice(PROVENANCE),
        "topics": Listed(Choice(tuple(TOPICS))),
        "domains": _DOMAINS,
        "level": _TEXT,
        "standard": _TEXT,
        "deadline": _TEXT,
        "contradicts": _NAMES,
    },
)

HEDGE: Final = Keys(
    number="2.4",
    required={"phrase": _PHRASE, "kind": Choice(tuple(HEDGE_KINDS)), "clause": _NAME},
    optional={"controlled_by": Choice(CONTROLLERS), "about": _TEXT, "bounded_by": _TEXT},
)

TERM: Final = Keys(
    number="2.5", required={"phrase": _TEXT}, optional={"definition": _TEXT, "rests_on": _NAMES}
)

COVERED: Final = Keys(
    number="2.6",
    required={"standing": Choice(COVERAGE)},
    optional={"clauses": _NAMES, "reason": _TEXT},
)

CHANGE: Final = Keys(
    number="2.7",
    required={"since": _TEXT, "about": _TEXT},
    optional={"clauses": Listed(Text(pattern=f"(old:)?{NAME}"))},
)

EVALUATION: Final = Keys(
    number="3.5",
    required={"about": _TEXT},
    optional={
        "phase": Choice(PHASES),
        "elicitation": _TEXT,
        "cadence": _TEXT,
        "clauses": _NAMES,
    },
)

BARRIER: Final = Keys(
    number="3.8", required={"step": _TEXT, "barrier": _TEXT}, optional={"until": _DATE}
)

THREAT: Final = Keys(
    number="3.8",
    required={"actor": _TEXT, "resources": _TEXT, "path": _TEXTS},
    optional={"barriers": Listed(BARRIER)},
)

SCENARIO: Final = Keys(
    number="3.7",
    required={"about": _TEXT, "evidence": _NAMES},
    optional={"when": Statement(), "evaluations": _NAMES, "clauses": _NAMES, "threat": THREAT},
)

OUTCOME: Final = Keys(
    number="3.6",
    required={"about": _TEXT, "scenarios": Table(SCENARIO)},
    optional={"domains": _DOMAINS, "clauses": _NAMES},
)

SCOPE: Final = Keys(number="1.8", required={"when": Statement()}, optional={"clauses": _NAMES})

LADDER: Final = Keys(number="1.7", required={"levels": _NAMES, "go": _NAME})

DEFINITION: Final = Keys(
    number="3.2",
    required={"level": _NAME, "when": Statement()},
    optional={"clauses": _NAMES, "unless_discretion": _ONE_OR_MORE},
)

FIELD: Final = Keys(
    number="3",
    required={"riskier": Choice(("up", "down"))},
    optional={
        "levels": _NAMES,
        "rate": _TEXT,
        "quantity": _TEXT,
        "bound": Choice(BOUNDS),
        "definitions": Listed(DEFINITION),
        "judged_by": _TEXT,
        "about": _TEXT,
        "concerns": Choice(CONCERNS),
        "domains": _DOMAINS,
        "measured_by": _NAMES,
        "baseline": _TEXT,
    },
    one_of=("levels", "rate", "quantity"),
)

REQUIREMENT: Final = Keys(
    number="4.2",
    required={"id": _NAME, "title": _TEXT, "condition": Statement()},
    optional={
        "clauses": _NAMES,
        "illustrative": _FLAG,
        "bound_stated": _FLAG,
        "unless_discretion": _ONE_OR_MORE,
    },
)

RULE: Final = Keys(
    number="4.1",
    required={
        "id": _NAME,
        "title": _TEXT,
        "gate": Choice(GATES),
        "clauses": _NAMES,
        "ceiling": _NAME,
    },
    optional={
        "when": Statement(),
        "requires": Listed(REQUIREMENT),
        "unless_discretion": _ONE_OR_MORE,
    },
    some_of=("when", "requires"),
)

ROLE: Final = Keys(number="5.1", required={"duty": _TEXT}, optional={"named": _FLAG})

RIGHT: Final = Keys(
    number="5.2", required={"clause": _NAME, "roles": _NAMES, "mode": Choice(MODES)}
)

ELEMENT: Final = Keys(
    number="5.3",
    required={"standing": Choice(STANDING)},
    optional={"clauses": _NAMES, "note": _TEXT},
)

AMENDMENT: Final = Keys(
    number="5.4",
    required={"text": _TEXT},
    optional={
        "stricter": _NAMES,
        "looser": _NAMES,
        "notice_days": _COUNT,
        "enumerate_looser": _FLAG,
        "review_months": _COUNT,
        "change_log": Choice(STANDING),
        "justification": Choice(STANDING),
    },
)

GOVERNANCE: Final = Keys(
    number="5",
    required={"roles": Table(ROLE), "quorum": _NAMES},
    optional={
        "amendment": Either((_TEXT, AMENDMENT)),
        "decides": Listed(RIGHT),
        "elements": Table(ELEMENT, tuple(GOVERNANCE_ELEMENTS)),
        "notes": _TEXTS,
    },
)

EXEMPTION: Final = Keys(
    number="6.1", required={"rule": _TEXT, "reason": _TEXT}, optional={"at": _TEXT}
)

DOCUMENT: Final = Keys(
    number="1",
    required={
        "framework": _NAME,
        "title": _TEXT,
        "publisher": _TEXT,
        "version": _TEXT,
        "sources": Listed(SOURCE),
        "clauses": Listed(CLAUSE),
        "deployments": Listed(Choice(tuple(kind.value for kind in DeploymentType))),
        "decisions": Table(LADDER, GATES),
        "fields": Table(FIELD),
        "rules": Listed(RULE),
        "governance": GOVERNANCE,
    },
    optional={
        "in_force": IN_FORCE,
        "supersedes": _NAME,
        "notes": _TEXTS,
        "alpha": Text(pattern=r"[0-9]+(\.[0-9]+)?"),
        "scope": SCOPE,
        "summary": Table(Text(longest=LONGEST_SUMMARY), tuple(TOPICS)),
        "hedges": Table(HEDGE),
        "terms": Table(TERM),
        "coverage": Table(COVERED, tuple(DOMAINS)),
        "change_log": Listed(CHANGE),
        "change_log_complete": _FLAG,
        "evaluations": Table(EVALUATION),
        "outcomes": Table(OUTCOME),
        "lint": Listed(EXEMPTION),
    },
)
"""The whole document, by `spec/language.md`."""
