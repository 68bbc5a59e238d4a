"""Elements of risk governance: the minimum, protected reporting, the decision and its rise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from shipworthy.frameworks.document import FrameworkDocument, GovernanceElement
from shipworthy.frameworks.lint.encoded import has_elements
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.taxonomy import GOVERNANCE_ELEMENTS

MINIMUM: Final = tuple(GOVERNANCE_ELEMENTS)[:7]
"""What the Centre for Long-Term Resilience asks for at the least."""

_PROTOCOL: Final = ("go-no-go", "escalation")


@dataclass(frozen=True, slots=True)
class _Wording:
    """How the standing of an element is reported, and how severe each standing is."""

    rule: str
    absent: LintSeverity
    hedged: LintSeverity


class GovernanceMinimum:
    """Finds elements of the minimum set that a source lacks or hedges."""

    id: ClassVar[str] = "governance-minimum"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "an element of minimal risk governance is missing"
    why: ClassVar[str] = "without owners, challenge and audit nobody notices that rules are bent"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each element that is not present, a note where none has looked."""
        yield from _standings(document, MINIMUM, _Wording(self.id, "warning", "note"))


class NoDecisionProtocol:
    """Finds frameworks without a protocol for go or no-go, or without a way to escalate."""

    id: ClassVar[str] = "no-decision-protocol"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "no protocol for the decision, or no way for concerns to rise"
    why: ClassVar[str] = "a result that nobody has to act on stops nothing"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each of the two that is not present."""
        yield from _standings(document, _PROTOCOL, _Wording(self.id, "error", "warning"))


class NoWhistleblowing:
    """Finds frameworks without protected reporting of breaches."""

    id: ClassVar[str] = "no-whistleblowing"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "no protected reporting of breaches"
    why: ClassVar[str] = "those who see a breach first are those whom a report can cost their post"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when the element is not present."""
        yield from _standings(document, ("whistleblowing",), _Wording(self.id, "warning", "note"))


def _standings(
    document: FrameworkDocument, names: tuple[str, ...], wording: _Wording
) -> Iterator[LintFinding]:
    known = {one.element: one for one in document.governance.elements}
    for name in names if has_elements(document) else ():
        found = known.get(name)
        if found is None or found.standing == "unstated":
            yield _finding(wording.rule, "note", name, found, "nobody has looked")
        elif found.standing == "absent":
            yield _finding(wording.rule, wording.absent, name, found, "absent")
        elif found.standing == "hedged":
            yield _finding(wording.rule, wording.hedged, name, found, "hedged")


def _finding(
    rule: str, severity: LintSeverity, name: str, found: GovernanceElement | None, words: str
) -> LintFinding:
    note = f"; {found.note}" if found and found.note else ""
    looked = found is not None and found.standing != "unstated"
    return LintFinding(
        rule=rule,
        severity=severity,
        message=f"`{name}` ({GOVERNANCE_ELEMENTS[name]}): {words}{note}",
        subject=Subject("element", name) if found else Subject("governance"),
        clauses=found.clauses if found else (),
        advice="write the element into the framework"
        if looked
        else f"look, and say under `governance.elements.{name}` what the source has",
    )
