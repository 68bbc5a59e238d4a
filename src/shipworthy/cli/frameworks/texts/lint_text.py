"""What lint found, in words for a terminal and as a plain record."""

from collections.abc import Iterator
from pathlib import Path

from shipworthy.frameworks.lint import SEVERITIES, LintFinding, LintReport, LintSeverity
from shipworthy.kernel import Location


def lint_lines(report: LintReport, least: LintSeverity) -> Iterator[str]:
    """Yield each finding of at least this severity, then the counts of all of them."""
    for finding in report.at_least(least):
        yield f"{shown_place(finding)}: {finding.severity}[{finding.rule}]: {finding.message}"
        if finding.advice:
            yield f"  help: {finding.advice}"
    counts = ", ".join(_counted(report.count(word), word) for word in SEVERITIES)
    hidden = len(report.findings) - len(report.at_least(least))
    below = f" ({hidden} below {least} not shown)" if hidden else ""
    yield f"{report.framework}: {counts}{below}; {_counted(len(report.rules), 'rule')} ran"
    if report.exempted:
        reasons = dict.fromkeys(one.reason for one in report.exempted)
        yield f"{_counted(len(report.exempted), 'finding')} exempted: {'; '.join(reasons)}"


def lint_record(report: LintReport, least: LintSeverity) -> dict[str, object]:
    """Return the report as JSON values, with the findings of at least this severity."""
    return {
        "framework": report.framework,
        "minimum_severity": least,
        "counts": {word: report.count(word) for word in SEVERITIES},
        "findings": [_finding(one) for one in report.at_least(least)],
        "exempted": [{**_finding(one.finding), "reason": one.reason} for one in report.exempted],
        "rules": list(report.rules),
    }


def shown_place(finding: LintFinding) -> Location:
    """Return the place of a finding, its file relative to the working folder where it is inside."""
    place = finding.location or Location("")
    file = Path(place.file)
    here = Path.cwd()
    if file.is_absolute() and file.is_relative_to(here):
        return Location(file.relative_to(here).as_posix(), place.line, place.column)
    return place


def _finding(one: LintFinding) -> dict[str, object]:
    place = shown_place(one)
    return {
        "rule": one.rule,
        "severity": one.severity,
        "message": one.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "about": {"kind": one.subject.kind, "id": one.subject.id},
        "clauses": list(one.clauses),
        "rules": list(one.rules),
        "advice": one.advice,
    }


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
