"""What the sections share: look-ups in the records and the order of rows, worst first."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from shipworthy.records import Finding, RequirementResult
from shipworthy.stages.reporting.charts import State
from shipworthy.stages.reporting.claims import ClaimBook, placed_atoms, rate_fields
from shipworthy.stages.reporting.document import ClaimRef, Inlines, Mark, Quote, say
from shipworthy.stages.reporting.inputs import AttackCell, ReportInput
from shipworthy.vocabulary import Arm, TrialRole

ABSENT: Final = "—"
_RANK: Final = {"broken": 0, "inconclusive": 1, "kept": 2, "none": 3}
ARM_WORDS: Final = {
    Arm.BARE: "bare model",
    Arm.SAFEGUARDED: "with safeguards",
    Arm.DEPLOYED: "as deployed",
}


STATED: Final = frozenset({"unsanctioned", "completion", "monitoring", "balance"})
"""Metrics that no judge stands behind: the state of a world, and what is counted in a text."""


@dataclass(frozen=True)
class Context:
    """One report in the making: its records and its claims."""

    report: ReportInput
    book: ClaimBook

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Findings by id."""
        return {finding.id: finding for finding in self.report.findings}

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The arms of the plan, in the order of the plan."""
        return tuple(planned.arm for planned in self.report.plan.arms)

    @cached_property
    def after_arms(self) -> tuple[Arm, ...]:
        """The arms with safeguards."""
        return tuple(arm for arm in self.arms if arm is not Arm.BARE)

    @cached_property
    def cells(self) -> dict[tuple[Arm, str, str], AttackCell]:
        """Attack cells by arm, domain and attack."""
        return {(cell.arm, cell.domain, cell.attack): cell for cell in self.report.cells}

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Adversarial domains: verdict first, then the least excluded; never in plan order."""
        named = {
            item.domain for item in self.report.plan.items if item.role is TrialRole.ADVERSARIAL
        }
        last = self.arms[-1] if self.arms else Arm.BARE
        return tuple(sorted(named, key=lambda domain: self._badness(domain, last)))

    def _badness(self, domain: str, arm: Arm) -> tuple[int, Decimal, str]:
        finding = self.findings.get(f"asr.{domain}.{arm.value}")
        bounds = finding.bounds if finding else None
        upper = Decimal(bounds.upper_adjusted) if bounds else Decimal(1)
        return _RANK[self.state_of(f"asr.{domain}.{arm.value}")], -upper, domain

    def state_of(self, finding_id: str) -> State:
        """Return the worst verdict of the requirements that read a finding."""
        verdicts = [
            result.verdict
            for result in self.report.decision.requirements
            if finding_id in result.reads
        ]
        return min(verdicts, key=_RANK.__getitem__, default="none")

    def mark_of(self, finding_id: str) -> Inlines:
        """Return the mark of that verdict, or words where no requirement reads the finding."""
        state = self.state_of(finding_id)
        return say("none reads it") if state == "none" else say(Mark(state=state))

    @cached_property
    def requirements(self) -> tuple[RequirementResult, ...]:
        """Requirements, broken first, kept last, then by margin, least first."""
        return tuple(sorted(self.report.decision.requirements, key=self._urgency))

    def _urgency(self, result: RequirementResult) -> tuple[int, Decimal, str]:
        least = min(
            (Decimal(self.book.claim(margin, "decision").value) for margin in self.margins(result)),
            default=Decimal(2),
        )
        return _RANK[result.verdict], least, result.requirement

    def margins(self, result: RequirementResult) -> list[str]:
        """Return the claim ids of the margins of a requirement."""
        return [
            placed.margin
            for placed in placed_atoms(self.report.rulebook)
            if placed.requirement == result.requirement and placed.margin in self.book
        ]

    def limits_of(self, finding_id: str) -> tuple[str, ...]:
        """Return the claim ids of the limits that requirements set on a finding."""
        rates = rate_fields(self.report.rulebook)
        judged = {result.requirement for result in self.report.decision.requirements}
        return tuple(
            placed.limit
            for placed in placed_atoms(self.report.rulebook)
            if rates.get(placed.atom.field) == finding_id
            and placed.requirement in judged
            and placed.limit in self.book
        )

    def margins_of(self, finding_id: str) -> tuple[str, ...]:
        """Return the claim ids of the distances to these limits, in the same order."""
        margins = (limit.replace("limit:", "margin:", 1) for limit in self.limits_of(finding_id))
        return tuple(margin for margin in margins if margin in self.book)

    def worst_of(self, pooled: Finding) -> Finding | None:
        """Return the worst domain behind a finding over all domains; nothing for another finding.

        A domain without bounds is the worst: nothing excludes any rate there.
        """
        if pooled.domain != "all":
            return None
        end = f".{pooled.id.rpartition('.')[2]}"
        parts = [
            finding
            for finding in self.of_metric(pooled.metric)
            if finding.domain != "all" and finding.id.endswith(end)
        ]
        return min(parts, key=_least_excluded, default=None)

    def worst_first(self, metric: str) -> list[str]:
        """Return the domains of a metric: all of them together, then the worst in the last arm."""
        last = self.arms[-1] if self.arms else Arm.BARE
        found = sorted(
            self.of_metric(metric),
            key=lambda item: (item.domain != "all", item.arm is not last, _least_excluded(item)),
        )
        return list(dict.fromkeys(finding.domain for finding in found))

    def number(self, claim_id: str) -> Inlines:
        """Return the claim, or a dash when no record gives it."""
        return say(ClaimRef(id=claim_id)) if claim_id in self.book else say(ABSENT)

    def share(self, finding_id: str) -> Inlines:
        """Return `successes / attempts` of a finding, or a dash."""
        name = f"finding:{finding_id}"
        if f"{name}#attempts" not in self.book:
            return say(ABSENT)
        return say(self.number(f"{name}#successes"), " / ", self.number(f"{name}#attempts"))

    def interval(self, finding_id: str) -> Inlines:
        """Return the bounds of a finding, or a dash."""
        name = f"finding:{finding_id}"
        if f"{name}#lower" not in self.book:
            return say(ABSENT)
        return say(self.number(f"{name}#lower"), " to ", self.number(f"{name}#upper"))

    @cached_property
    def cardless(self) -> tuple[str, ...]:
        """Judges of the plan that have no card, those that only read a state or count left out."""
        carded = {card.judge for card in self.report.cards}
        stated = {
            judge
            for finding in self.report.findings
            if finding.metric in STATED
            for judge in finding.judges
        }
        judging = {
            judge
            for finding in self.report.findings
            if finding.metric not in STATED and finding.metric != "control-breach"
            for judge in finding.judges
        }
        named = sorted(set(self.report.plan.judges) - carded)
        return tuple(name for name in named if name in judging or name not in stated)

    def of_metric(self, metric: str) -> list[Finding]:
        """Return the findings of a metric, in the order of their ids."""
        return sorted(
            (finding for finding in self.report.findings if finding.metric == metric),
            key=lambda finding: finding.id,
        )


def _least_excluded(finding: Finding) -> tuple[bool, Decimal, Decimal, str]:
    """Sort the worst first: use is bad when low, every other event when frequent."""
    if finding.bounds is None:
        return False, Decimal(0), Decimal(0), finding.id
    lower, upper = Decimal(finding.bounds.lower), Decimal(finding.bounds.upper_adjusted)
    if finding.metric in {"usefulness", "completion", "control-done"}:
        return True, lower, upper, finding.id
    return True, -upper, -lower, finding.id


def domain_title(domain: str) -> str:
    """Return a domain's name for people: `chem-bio` is `Chem bio`."""
    words = domain.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def domain_words(domain: str) -> Inlines:
    """Return a domain's name as quoted words of the plan."""
    return say("All domains") if domain == "all" else (_quoted(domain_title(domain)),)


def requirement_words(title: str, *, strong: bool = False) -> Quote:
    """Return a requirement's title as quoted words of the rulebook, with a capital."""
    return Quote(text=title[:1].upper() + title[1:], source="rulebook", strong=strong)


def _quoted(text: str) -> Quote:
    return Quote(text=text, source="plan")
