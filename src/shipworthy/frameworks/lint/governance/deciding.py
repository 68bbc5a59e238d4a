"""Who decides, and how many of them it takes."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject


class DecisionConflict:
    """Finds clauses that give the decision to all of some roles and to any of them."""

    id: ClassVar[str] = "decision-conflict"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "clauses differ on who decides"
    why: ClassVar[str] = "the weaker clause lets one person decide what the other gives to several"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each pair of clauses whose demands differ."""
        rights = document.governance.decides
        for index, first in enumerate(rights):
            for second in rights[index + 1 :]:
                shared = set(first.roles) & set(second.roles)
                if not shared or _demand(first.roles, first.mode) == _demand(
                    second.roles, second.mode
                ):
                    continue
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"{_words(first.roles, first.mode)} by clause `{first.clause}`, "
                    f"{_words(second.roles, second.mode)} by clause `{second.clause}`",
                    subject=Subject("clause", second.clause),
                    clauses=(first.clause, second.clause),
                    advice="say in the source which of the two holds",
                )


def _demand(roles: tuple[str, ...], mode: str) -> tuple[frozenset[str], str]:
    return frozenset(roles), mode if len(set(roles)) > 1 else "all"


def _words(roles: tuple[str, ...], mode: str) -> str:
    if len(set(roles)) == 1:
        return f"`{roles[0]}` decides"
    joined = (" and " if mode == "all" else " or ").join(f"`{role}`" for role in roles)
    return f"{joined} {'decide' if mode == 'all' else 'decides'}"


class SingleSigner:
    """Finds frameworks in which one role alone signs a decision."""

    id: ClassVar[str] = "single-signer"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "one signature is enough"
    why: ClassVar[str] = "whoever answers for the date of release then also answers for the stop"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when fewer than two roles must sign."""
        quorum = document.governance.quorum
        if len(set(quorum)) < 2:
            who = f"only `{quorum[0]}`" if quorum else "nobody"
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"{who} has to sign a decision",
                subject=Subject("governance"),
                clauses=tuple(right.clause for right in document.governance.decides),
                advice="let two roles sign: one for the measurements, one for the exposure",
            )
