"""`shipworthy lint-report`: statistical statements of anybody's report that cannot carry it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from shipworthy.cli.output.streams import Output, format_option, plain
from shipworthy.kernel import (
    Diagnostic,
    ExitCode,
    Location,
    Problem,
    TooLargeError,
    read_bounded,
    read_stream,
    system_reason,
)

if TYPE_CHECKING:
    from shipworthy.stages.reporting.statistics_lint.prose import Prose, ProseFinding


STANDARD_INPUT: Final = "-"
LARGEST_REPORT: Final = 64 * 1024 * 1024
"""Bytes."""


@click.command("lint-report")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--certain", is_flag=True, help="Only rules that need nobody to read the place.")
@format_option
def command(files: tuple[Path, ...], *, certain: bool, output_format: str | None) -> ExitCode:
    """Find statistical statements in reports that cannot carry what they claim.

    `-` reads text or Markdown from standard input.

    Reads text, Markdown, HTML and the report.json of Shipworthy, in English only. A suspicion has
    to be read by a person: how often it is wrong stands in docs/how-to/lint-a-report.md.

    Exit 0: nothing found; 1: findings; 2: a file that cannot be read.
    """
    from shipworthy.stages.reporting.statistics_lint.prose import lint_prose

    output = Output.choose(output_format)
    documents = _read_all(files)
    found = [
        (document.name, finding)
        for document in documents
        for finding in lint_prose(document)
        if finding.sure == "certain" or not certain
    ]
    names = [document.name for document in documents]
    findings = list(map(_record, found))
    output.show({"files": names, "language": "en", "findings": findings}, _told(len(names), found))
    return ExitCode.NO if found else ExitCode.YES


def _read_all(files: tuple[Path, ...]) -> list["Prose"]:
    """Read every file, or say what is wrong with each that cannot be read."""
    from shipworthy.stages.reporting.statistics_lint.prose import read_prose

    documents: list[Prose] = []
    wrong: list[Diagnostic] = []
    for file in files:
        try:
            documents.append(read_prose(_bytes(file), str(file)))
        except OSError as error:
            large = isinstance(error, TooLargeError)
            wrong.append(
                Diagnostic(
                    "lint-report-file",
                    f"the file cannot be {'read' if large else 'opened'}: {system_reason(error)}",
                    Location(str(file)),
                    "lint its parts one by one" if large else "give the path of a report",
                )
            )
        except Problem as problem:
            wrong.extend(problem.diagnostics)
    if wrong:
        raise Problem(wrong)
    return documents


def _bytes(file: Path) -> bytes:
    if str(file) == STANDARD_INPUT:
        return read_stream(sys.stdin.buffer, LARGEST_REPORT, STANDARD_INPUT)
    return read_bounded(file, LARGEST_REPORT)


def _told(files: int, found: Sequence[tuple[str, "ProseFinding"]]) -> Iterator[str]:
    for name, finding in found:
        yield from _lines(name, finding)
    yield _summary(files, [finding for _, finding in found])


def _lines(name: str, finding: "ProseFinding") -> Iterator[str]:
    rule = _cards()[finding.rule]
    where = Location(name, finding.line)
    place = f"{finding.place}: " if finding.place else ""
    phrase = plain(finding.phrase)
    yield f"{where}: {finding.sure}[{finding.rule}]: {place}{rule['title']}: `{phrase}`"
    yield f"  why: {rule['why']}"
    yield f"  help: {rule['advice']}"


def _record(found: tuple[str, "ProseFinding"]) -> dict[str, object]:
    name, finding = found
    return {
        "file": name,
        "line": finding.line,
        "place": finding.place,
        "rule": finding.rule,
        "sure": finding.sure,
        "phrase": finding.phrase,
        **_cards()[finding.rule],
    }


def _cards() -> dict[str, dict[str, str]]:
    from shipworthy.stages.reporting.statistics_lint.prose import PROSE_RULES

    return {
        rule.id: {"title": rule.title, "why": rule.why, "advice": rule.advice}
        for rule in PROSE_RULES
    }


def _summary(files: int, found: list["ProseFinding"]) -> str:
    certain = sum(finding.sure == "certain" for finding in found)
    counted = f"{files} {'file' if files == 1 else 'files'}"
    suspicions = (
        f"{len(found) - certain} {'suspicion' if len(found) - certain == 1 else 'suspicions'}"
    )
    return f"{counted}: {certain} certain, {suspicions}; suspicions have to be read by a person"
