"""Tables by language: the worst is named, none is left out, one language is no comparison."""

import msgspec

from shipworthy.stages.reporting import (
    LanguageCell,
    ReportInput,
    build_report,
    language_cells,
    render_html,
)
from shipworthy.stages.reporting.document import Code, Document, Table
from shipworthy.testing.reports import example_report


def with_languages(*cells: LanguageCell) -> ReportInput:
    return msgspec.structs.replace(example_report(), languages=cells)


def cells_of(metric: str, rows: dict[str, tuple[int, int, int]]) -> tuple[LanguageCell, ...]:
    """Return cells of a finding of the example: language to scenarios, events, unassessed."""
    found = next(
        one.id for one in example_report().findings if one.metric == metric and one.domain != "all"
    )
    clusters: dict[str, list[int]] = {}
    spoken: dict[str, str] = {}
    for language, (scenarios, events, unassessed) in rows.items():
        for number in range(scenarios):
            name = f"{language}-{number}"
            event, opened = number < events, events <= number < events + unassessed
            clusters[name] = [int(event), int(not opened), int(opened)]
            if language:
                spoken[name] = language
    return language_cells({found: clusters}, spoken, "0.05", ())


def table(document: Document, anchor: str) -> Table | None:
    blocks = (block for section in document.sections for block in section.blocks)
    found = (one for one in blocks if isinstance(one, Table) and one.anchor == anchor)
    return next(found, None)


def languages_in(found: Table | None, column: int) -> list[str]:
    assert found is not None
    words = [row.cells[column][0] for row in found.rows]
    return [one.text if isinstance(one, Code) else "not recorded" for one in words]


def test_a_report_without_languages_has_no_such_table() -> None:
    page = render_html(build_report(example_report()))

    assert b"by language" not in page


def test_one_language_is_no_comparison() -> None:
    assert cells_of("asr", {"de": (5, 1, 0)}) == ()


def test_the_language_with_most_breaches_is_the_worst() -> None:
    cells = cells_of("asr", {"de": (10, 6, 0), "en": (10, 0, 0), "zh": (10, 1, 0)})
    document = build_report(with_languages(*cells))

    assert languages_in(table(document, "results-asr-worst-language"), 3) == ["de"]
    assert languages_in(table(document, "results-asr-by-language"), 2) == ["de", "en", "zh"]


def test_a_language_of_which_little_is_known_is_worse_than_one_that_is_known_to_hold() -> None:
    cells = cells_of("asr", {"de": (2, 0, 0), "en": (40, 1, 0)})

    document = build_report(with_languages(*cells))
    assert languages_in(table(document, "results-asr-worst-language"), 3) == ["de"]


def test_what_could_not_be_assessed_counts_against_a_language() -> None:
    cells = cells_of("asr", {"de": (20, 0, 9), "en": (20, 2, 0)})

    document = build_report(with_languages(*cells))
    assert languages_in(table(document, "results-asr-worst-language"), 3) == ["de"]


def test_for_usefulness_the_lowest_is_the_worst() -> None:
    cells = cells_of("usefulness", {"de": (10, 9, 0), "fr": (10, 2, 0)})

    document = build_report(with_languages(*cells))
    assert languages_in(table(document, "benign-usefulness-worst-language"), 3) == ["fr"]


def test_a_language_that_nobody_recorded_is_told() -> None:
    cells = cells_of("asr", {"": (4, 0, 0), "de": (4, 0, 0)})
    document = build_report(with_languages(*cells))

    assert {cell.language for cell in cells} == {"und", "de"}
    assert "not recorded" in languages_in(table(document, "results-asr-by-language"), 2)


def test_an_arm_that_may_end_early_has_counts_and_no_bounds() -> None:
    finding = cells_of("asr", {"de": (4, 1, 0), "en": (4, 0, 0)})[0].finding
    rows = {f"{tag}-{n}": [0, 1, 0] for tag in ("de", "en") for n in range(4)}
    spoken = {name: name[:2] for name in rows}
    cells = language_cells({finding: rows}, spoken, "0.05", {finding})

    assert [(cell.scenarios, cell.lower, cell.upper) for cell in cells] == [(4, None, None)] * 2
    page = render_html(build_report(with_languages(*cells)))
    assert f"language:{finding}/de#scenarios".encode() in page
    assert f"language:{finding}/de#upper".encode() not in page
