"""The lint of records over what a report is built from."""

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.stages.reporting.inputs import ReportInput
from shipworthy.stages.reporting.statistics_lint.recorded import (
    Recorded,
    RecordFinding,
    lint_records,
)


def lint_report_input(report: ReportInput) -> tuple[RecordFinding, ...]:
    """Return what the rules find in the records of a report, errors first."""
    return lint_records(recorded_in(report))


def recorded_in(report: ReportInput) -> Recorded:
    """Return the records of a report as the rules read them."""
    plan = report.plan
    return Recorded(
        rulebook=report.rulebook,
        gate=report.decision.gate,
        alpha=plan.alpha,
        levels=tuple(dict.fromkeys((plan.alpha, plan.gate_alpha))),
        items=plan.items,
        sequential=plan.sequential_domains,
        facts=report.facts,
        findings=report.findings,
        paired=report.paired,
        runs=report.runs,
        contrasts=report.contrasts,
    )


def refuse_impossible_statistics(report: ReportInput, place: str) -> None:
    """Refuse records that no campaign gives; `place` is where they lie.

    Raises:
        Problem: `report-statistics` (integrity), one diagnostic for each error of the lint: it
            comes from a defect or from a record that was altered.
    """
    errors = [finding for finding in lint_report_input(report) if finding.severity == "error"]
    if errors:
        refused = [_refusal(finding, place).diagnostics[0] for finding in errors]
        raise Problem(refused, ExitCode.INTEGRITY)


def _refusal(finding: RecordFinding, place: str) -> Problem:
    return Problem.of(
        "report-statistics",
        f"{finding.rule}: {finding.message}",
        location=Location(place),
        help=finding.advice,
        exit_code=ExitCode.INTEGRITY,
    )
