"""Figures: well-formed, readable in grey, every mark a link, worst first."""

import itertools
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records import Claim
from shipworthy.stages.reporting import build_report
from shipworthy.stages.reporting.charts import (
    SHADES,
    TOKENS,
    ForestPlot,
    ForestRow,
    HeatMap,
    IntervalMark,
    contrast,
    draw_forest,
    draw_heat_map,
    fitted,
    luminance,
)
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.claims import claim_anchor
from shipworthy.testing.reports import example_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def document():
    return build_report(example_report())


@pytest.fixture(scope="module")
def claims(document):
    return {entry.claim.id: entry.claim for entry in document.evidence}


@pytest.fixture(scope="module")
def forest(document):
    return next(node for node in walk(document) if isinstance(node, ForestPlot))


@pytest.fixture(scope="module")
def heat_map(document):
    return [node for node in walk(document) if isinstance(node, HeatMap)][-1]


@pytest.fixture(scope="module")
def drawn(forest, claims):
    return ET.fromstring(draw_forest(forest, "figure", claims, claim_anchor))


def _texts(element):
    return ["".join(node.itertext()) for node in element.iter(f"{SVG}text")]


def test_the_forest_plot_is_well_formed_and_named(drawn):
    assert drawn.tag == f"{SVG}svg"
    assert drawn.find(f"{SVG}title").text
    assert drawn.find(f"{SVG}desc").text
    assert drawn.get("aria-labelledby") == "figure-title figure-description"


def test_before_is_a_hollow_circle_and_after_a_filled_diamond(drawn, forest):
    circles = [c for c in drawn.iter(f"{SVG}circle") if c.get("fill") == TOKENS["paper"]]
    diamonds = [p for p in drawn.iter(f"{SVG}path") if p.get("fill") == TOKENS["after"]]

    assert len(circles) == len(diamonds) == len(forest.rows) + 1  # and one each in the legend


def test_every_mark_of_the_forest_plot_lies_in_a_link(drawn):
    linked = {id(node) for link in drawn.iter(f"{SVG}a") for node in link.iter()}
    marks = [*drawn.iter(f"{SVG}circle"), *drawn.iter(f"{SVG}path")]

    assert sum(id(mark) not in linked for mark in marks) == 2  # those of the legend


def test_every_number_of_the_forest_plot_is_a_claim(drawn, claims):
    shown = [link for link in drawn.iter(f"{SVG}a") if link.get("class") == "claim"]

    assert len(shown) == 7 * 3
    assert all(claims[link.get("data-claim")].value == link.get("data-value") for link in shown)


def test_rows_come_worst_first(forest, claims):
    rank = {"broken": 0, "inconclusive": 1, "kept": 2, "none": 3}
    order = [(rank[r.state], -float(claims[r.after.adjusted].value)) for r in forest.rows]

    assert order == sorted(order)


def _row(**changes):
    row = {
        "label": "Cyber",
        "target": "#row",
        "before": None,
        "after": None,
        "limits": (),
        "state": "inconclusive",
    }
    return ForestRow(**{**row, **changes})


def test_a_domain_without_evidence_is_drawn_as_a_dash_and_never_as_zero():
    plot = ForestPlot(title="Rates", description="Rows", rows=(_row(),))

    drawn = ET.fromstring(draw_forest(plot, "figure", {}, claim_anchor))

    assert _texts(drawn).count("—") == 3
    assert "? inconclusive" in _texts(drawn)


def test_a_limit_is_a_dashed_tick_at_its_place():
    claim = Claim(id="limit:r#0", value="0.05", format="percent")
    plot = ForestPlot(title="Rates", description="Rows", rows=(_row(limits=("limit:r#0",)),))

    drawn = ET.fromstring(draw_forest(plot, "figure", {claim.id: claim}, claim_anchor))

    ticks = [line for line in drawn.iter(f"{SVG}line") if line.get("stroke-dasharray")]
    assert ticks[0].get("x1") == "548"  # the right end of an axis that ends at 5 %


def test_labels_of_a_figure_are_escaped():
    plot = ForestPlot(title="a<b", description="&", rows=(_row(label="<script>"),))

    drawn = ET.fromstring(draw_forest(plot, "figure", {}, claim_anchor))

    assert "<script>" in _texts(drawn)


def test_a_cell_that_was_not_tested_is_hatched_and_says_so(heat_map, claims):
    drawn = ET.fromstring(draw_heat_map(heat_map, "figure", claims, claim_anchor))
    hatched = [r for r in drawn.iter(f"{SVG}rect") if r.get("fill") == "url(#figure-hatch)"]
    spoken = [link.get("aria-label") for link in drawn.iter(f"{SVG}a")]

    assert len(hatched) == 2  # one cell and the legend
    assert "Tool misuse, translation: not tested" in spoken


def test_every_tested_cell_prints_its_counts(heat_map, claims):
    drawn = ET.fromstring(draw_heat_map(heat_map, "figure", claims, claim_anchor))
    shown = {link.get("data-claim") for link in drawn.iter(f"{SVG}a") if link.get("data-claim")}
    cells = [cell for row in heat_map.rows for cell in row.cells if cell]

    assert {c.successes for c in cells} | {c.attempts for c in cells} <= shown
    assert {c.unassessed for c in cells if c.unassessed} <= shown


def test_few_trials_are_dark_even_without_a_breach(heat_map, claims):
    thin = [
        cell
        for row in heat_map.rows
        for cell in row.cells
        if cell and int(claims[cell.attempts].value) <= 3
    ]

    assert thin
    assert all(cell.shade == 4 for cell in thin)


@pytest.mark.parametrize("name", sorted(set(TOKENS) - {"rule", "paper", "wash"}))
def test_every_text_colour_has_aa_contrast_on_paper_and_wash(name):
    assert contrast(TOKENS[name], TOKENS["paper"]) >= 4.5
    assert contrast(TOKENS[name], TOKENS["wash"]) >= 4.5


def test_numbers_in_the_heat_map_have_aa_contrast_on_every_shade():
    assert all(contrast(fill, text) >= 4.5 for fill, text in SHADES)


def test_shades_stay_in_order_in_grey_print():
    light = [luminance(fill) for fill, _ in SHADES]

    assert all(earlier - later > 0.04 for earlier, later in itertools.pairwise(light))


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1), st.floats(0, 1))
def test_the_axis_keeps_the_order_of_rates_and_holds_them_all(rates, one, other):
    scale = fitted(rates, 0, 100)

    assert (scale.at(min(one, other))) <= scale.at(max(one, other))
    assert max(rates) <= scale.ceiling
    assert 0 <= scale.at(one) <= 100


@given(st.floats(0, 1))
def test_tick_labels_start_at_zero_and_never_crowd(largest):
    places = [place for place, _ in fitted([largest], 196, 548).ticks()]

    assert places[0] == 196
    assert all(b - a >= 20 for a, b in itertools.pairwise(places[1:]))


def test_an_interval_reaches_out_to_the_bound_that_the_gate_reads():
    names = {"p": "0.1", "l": "0.05", "u": "0.2", "a": "0.5"}
    claims = {k: Claim(id=k, value=v, format="percent") for k, v in names.items()}
    mark = IntervalMark(point="p", lower="l", upper="u", adjusted="a")
    plot = ForestPlot(title="Rates", description="Rows", rows=(_row(after=mark),))

    drawn = ET.fromstring(draw_forest(plot, "figure", claims, claim_anchor))

    ends = {line.get("x2") for line in drawn.iter(f"{SVG}line") if line.get("stroke-width") == "1"}
    assert "548" in ends
