"""From the bytes of a report to its passages, by the kind of file."""

from pathlib import PurePath
from typing import Final

from shipworthy.kernel import Location, Problem
from shipworthy.stages.reporting.statistics_lint.prose.markdown import markdown_passages
from shipworthy.stages.reporting.statistics_lint.prose.own_report import own_report_passages
from shipworthy.stages.reporting.statistics_lint.prose.page import page_passages
from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose

_TEXT: Final = frozenset({"", ".txt", ".text", ".md", ".markdown", ".rst"})
_PAGES: Final = frozenset({".html", ".htm", ".xhtml"})


def read_prose(data: bytes, name: str) -> Prose:
    """Return a document to lint; `name` is its path for messages, its ending tells the kind.

    Raises:
        Problem: `lint-report-kind` for an ending that is not known, `lint-report-text` for bytes
            that are no UTF-8 text or hold no word, `lint-report-json` for JSON that is no report
            of ours.
    """
    ending = PurePath(name).suffix.lower()
    if ending == ".json":
        passages = own_report_passages(data, name)
    elif ending in _PAGES:
        passages = page_passages(_decoded(data, name))
    elif ending in _TEXT:
        passages = markdown_passages(_decoded(data, name))
    else:
        raise Problem.of(
            "lint-report-kind",
            f"a file that ends in `{ending}` cannot be read",
            location=Location(name),
            help="convert it to text (.txt), Markdown (.md) or HTML (.html)",
        )
    if not any(letter.isalpha() for passage in passages for letter in passage.text):
        raise Problem.of(
            "lint-report-text",
            "there is no word to read in this file",
            location=Location(name),
            help="convert the report to text first; pages that are pictures have to be read out",
        )
    return Prose(name, passages)


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Problem.of(
            "lint-report-text",
            f"byte {error.start} is not UTF-8",
            location=Location(name, line),
            help="save the file as UTF-8 text; PDF and word processor files need converting",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
