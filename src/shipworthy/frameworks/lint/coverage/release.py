"""What a framework has to say where it lets weights out, monitors, or tells others."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, EvaluationMethod, FrameworkDocument
from shipworthy.frameworks.lint.encoded import has_topics
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject

_FUTURE: Final = re.compile(
    r"\bfuture\b|\blater\b|\bheadroom\b|\bbetter tools\b|\btools improve\b", re.IGNORECASE
)
_TRAINED: Final = re.compile(r"\bfine-?tun|\btrain(?:s|ed|ing)?\b", re.IGNORECASE)
_MONITOR: Final = re.compile(r"\bmonitor", re.IGNORECASE)
_CONTROL: Final = re.compile(
    r"\bcontrol evaluation|\bagainst (?:the |its |their )?(?:monitor|oversight)", re.IGNORECASE
)
_RED_TEAM: Final = re.compile(r"\bred[- ]team|\badversarial", re.IGNORECASE)
_UNMITIGATED: Final = re.compile(
    r"\bunmitigated\b|\bnot (?:been )?mitigated\b|\bcannot be mitigated\b|\bwithout mitigation",
    re.IGNORECASE,
)


class IrreversibleRelease:
    """Finds frameworks that let weights out and test them only as they are today."""

    id: ClassVar[str] = "irreversible-release"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "weights are released, later tools and training are not considered"
    why: ClassVar[str] = "released weights cannot be taken back, while tools and training go on"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding for training by others, and one for later tools."""
        if "open-weights" not in document.deployments or not has_topics(document):
            return
        about = tuple(one for one in document.clauses if "open-weights" in one.topics)
        trained = any("fine-tuned-elicitation" in one.topics for one in document.clauses)
        trained = trained or any(_TRAINED.search(one.elicitation) for one in document.evaluations)
        if not trained:
            advice = "test the model after training by an adversary, and tag the clause"
            message = "open weights are covered, and no encoded clause tests them after fine-tuning"
            yield self._finding(message, about, f"{advice} `fine-tuned-elicitation`")
        if not any(_FUTURE.search(one.paraphrase) for one in about):
            advice = "say for how much better tools a release still holds, and on what grounds"
            message = "open weights are covered, and no encoded clause considers later tools"
            yield self._finding(message, about, advice)

    def _finding(self, message: str, about: tuple[Clause, ...], advice: str) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity=self.severity,
            message=message,
            subject=Subject("clause", about[0].id) if about else Subject("framework"),
            clauses=tuple(one.id for one in about),
            advice=advice,
        )


class LateRedTeaming:
    """Finds frameworks whose red-teaming begins when the model is already deployed."""

    id: ClassVar[str] = "late-red-teaming"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "red-teaming only after deployment"
    why: ClassVar[str] = "the first attack on the safeguards is then made by an attacker"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when every evaluation that is red-teaming is of the deployed model."""
        topical = {one.id for one in document.clauses if "red-teaming" in one.topics}
        found = [one for one in document.evaluations if _is_red_team(one, topical)]
        if found and all(one.phase == "deployed" for one in found):
            names = ", ".join(f"`{one.id}`" for one in found)
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"red-teaming ({names}) begins after deployment",
                subject=Subject("evaluation", found[0].id),
                clauses=tuple(dict.fromkeys(name for one in found for name in one.clauses)),
                advice="attack the safeguards before they carry a deployment",
            )


class UnvalidatedMonitoring:
    """Finds claims that a model which deceives is monitored, without a test of the monitor."""

    id: ClassVar[str] = "unvalidated-monitoring"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "monitoring that nobody tests against the model"
    why: ClassVar[str] = "a monitor counts only if a model that tries to evade it is caught"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such clause that no control evaluation stands behind."""
        for clause in document.clauses:
            controlled = "loss-of-control" in (*clause.domains, *clause.topics)
            monitored = "monitoring" in clause.topics or _MONITOR.search(clause.paraphrase)
            if not (controlled and monitored) or clause.category in {"EC2", "EC3"}:
                continue
            if any(_validates(one, clause) for one in document.evaluations):
                continue
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"clause `{clause.id}` relies on monitoring, and no evaluation tests the "
                "monitor against a model that evades it",
                subject=Subject("clause", clause.id),
                clauses=(clause.id,),
                advice="add a control evaluation under `evaluations` that cites the clause",
            )


class ConditionalDisclosure:
    """Finds disclosure that only authorities get, or only of risk that stays unmitigated."""

    id: ClassVar[str] = "conditional-disclosure"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "disclosure only to authorities, or only if unmitigated"
    why: ClassVar[str] = "whoever judges the mitigation then decides whether anybody learns of it"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each condition on mitigation, and one for authorities alone."""
        told = [one for one in document.clauses if {"authorities", "report"} & set(one.topics)]
        for clause in told:
            if _UNMITIGATED.search(" ".join((clause.paraphrase, clause.anchor, *clause.hedges))):
                message = f"clause `{clause.id}` discloses only what is not mitigated"
                yield self._finding(clause, message, "disclose the level before mitigation as well")
        if told and not any("report" in one.topics for one in told):
            message = "authorities are told, and no encoded clause publishes a report"
            yield self._finding(told[0], message, "publish a report, or say why none can be")

    def _finding(self, clause: Clause, message: str, advice: str) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity=self.severity,
            message=message,
            subject=Subject("clause", clause.id),
            clauses=(clause.id,),
            advice=advice,
        )


def _is_red_team(one: EvaluationMethod, topical: set[str]) -> bool:
    said = _RED_TEAM.search(f"{one.id} {one.about} {one.elicitation}")
    return said is not None or bool(topical & set(one.clauses))


def _validates(one: EvaluationMethod, clause: Clause) -> bool:
    """Say whether a method tests monitors: it says so, or it is listed for this clause."""
    said = _CONTROL.search(f"{one.id} {one.about} {one.elicitation}".replace("-", " "))
    return said is not None or clause.id in one.clauses
