"""How much of a source runs: which clauses rules carry out, and why the others stay text."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.records import LevelField


@dataclass(frozen=True, slots=True)
class ClausesCarriedOut:
    """Clause ids in document order; together they are all clauses, each once.

    Attributes:
        by_rules: cited by a rule or one of its requirements.
        by_definitions: cited only by a definition or the scope.
        text_only: reason to the clauses that give it, the reason of most clauses first.
    """

    by_rules: tuple[str, ...]
    by_definitions: tuple[str, ...]
    text_only: Mapping[str, tuple[str, ...]]

    @property
    def executed(self) -> int:
        """Number of clauses that run."""
        return len(self.by_rules) + len(self.by_definitions)

    @property
    def clauses(self) -> int:
        """Number of all clauses."""
        return self.executed + sum(len(ids) for ids in self.text_only.values())


def clauses_carried_out(document: FrameworkDocument) -> ClausesCarriedOut:
    """Return what becomes of each clause."""
    ruled = {
        clause
        for rule in (declared.rule for declared in document.rules)
        for cited in (rule.clauses, *(requirement.clauses for requirement in rule.requires))
        for clause in cited
    }
    defined = set(document.scope.clauses if document.scope else ()) | {
        clause
        for entry in document.fields
        if isinstance(entry.field, LevelField)
        for definition in entry.field.definitions
        for clause in definition.clauses
    }
    ids = [clause.id for clause in document.clauses]
    reasons: dict[str, list[str]] = {}
    for clause in document.clauses:
        if not clause.executable:
            reasons.setdefault(clause.not_executable, []).append(clause.id)
    by_count = sorted(reasons.items(), key=lambda reason: -len(reason[1]))
    return ClausesCarriedOut(
        by_rules=tuple(name for name in ids if name in ruled),
        by_definitions=tuple(name for name in ids if name in defined - ruled),
        text_only={reason: tuple(found) for reason, found in by_count},
    )
