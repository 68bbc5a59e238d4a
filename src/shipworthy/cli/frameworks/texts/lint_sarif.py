"""What lint found, in the Static Analysis Results Interchange Format (SARIF) 2.1.0."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

from shipworthy.cli.frameworks.texts.lint_text import shown_place
from shipworthy.frameworks.lint import LintFinding, LintReport, LintSeverity, RuleCard

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def sarif(report: LintReport, least: LintSeverity, cards: Iterable[RuleCard]) -> dict[str, object]:
    """Return the report as one run; exempted findings are suppressed results with the reason."""
    ran = [card for card in cards if card.id in report.rules]
    index = {card.id: number for number, card in enumerate(ran)}
    results = [_result(one, index) for one in report.at_least(least)]
    for exempted in report.exempted:
        suppression = {"kind": "inSource", "justification": exempted.reason}
        results.append({**_result(exempted.finding, index), "suppressions": [suppression]})
    driver = {
        "name": "shipworthy framework lint",
        "version": version("shipworthy"),
        "rules": [_rule(card) for card in ran],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(card: RuleCard) -> dict[str, object]:
    return {
        "id": card.id,
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.why},
        "defaultConfiguration": {"level": card.severity},
    }


def _result(finding: LintFinding, index: dict[str, int]) -> dict[str, object]:
    place = shown_place(finding)
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    advice = f" Help: {finding.advice}." if finding.advice else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity,
        "message": {"text": f"{finding.message}.{advice}"},
        "locations": [{"physicalLocation": physical}],
        "properties": {"clauses": list(finding.clauses), "rules": list(finding.rules)},
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
