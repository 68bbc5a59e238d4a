"""The forest plot: hollow circle before, filled diamond after, dashed tick for the limit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.records import Claim
from shipworthy.stages.reporting.charts.model import ForestPlot, ForestRow, IntervalMark
from shipworthy.stages.reporting.charts.palette import TOKENS, state_token
from shipworthy.stages.reporting.charts.scale import SquareRootScale, fitted
from shipworthy.stages.reporting.charts.svg import (
    Attribute,
    claim_link,
    claim_text,
    document,
    element,
    label,
    line,
    mark_link,
)

WIDTH: Final = 880
_PLOT: Final = (196.0, 548.0)
_BEFORE, _ARROW, _AFTER, _UPPER, _STATE = 622.0, 636.0, 702.0, 770.0, 784.0
_TOP: Final = 62.0
_ROW: Final = 34.0
_WORDS: Final = {
    "kept": "✓ kept",
    "broken": "✗ broken",
    "inconclusive": "? inconclusive",
    "none": "no requirement",
}


@dataclass(frozen=True, slots=True)
class _Drawing:
    claims: Mapping[str, Claim]
    anchor: Callable[[str], str]
    scale: SquareRootScale

    def x(self, claim_id: str) -> float:
        return self.scale.at(float(self.claims[claim_id].value))

    def number(self, claim_id: str, x: float, y: float, weight: str = "normal") -> str:
        claim = self.claims[claim_id]
        style: dict[str, Attribute] = {
            "text-anchor": "end",
            "font-weight": weight,
            "class": "number",
        }
        return claim_link(claim, self.anchor(claim_id), claim_text(claim, x, y, style))


def draw_forest(
    plot: ForestPlot, figure: str, claims: Mapping[str, Claim], anchor: Callable[[str], str]
) -> str:
    """Return the plot as SVG; `anchor` gives the place of a claim's derivation."""
    scale = fitted((float(claims[name].value) for name in _drawn(plot)), *_PLOT)
    drawing = _Drawing(claims, anchor, scale)
    bottom = _TOP + _ROW * len(plot.rows)
    parts = [_heads(), _grid(scale, bottom)]
    parts.extend(
        _row(drawing, row, _TOP + _ROW * (index + 0.5)) for index, row in enumerate(plot.rows)
    )
    parts.append(_legend(bottom + 28))
    return document(figure, plot.title, plot.description, (WIDTH, bottom + 40), "".join(parts))


def _drawn(plot: ForestPlot) -> Iterator[str]:
    for row in plot.rows:
        yield from row.limits
        for mark in (row.before, row.after):
            if mark:
                yield from (mark.point, mark.adjusted)


def _heads() -> str:
    style: dict[str, Attribute] = {"fill": TOKENS["muted"], "font-size": 11}
    end: dict[str, Attribute] = {**style, "text-anchor": "end"}
    middle = sum(_PLOT) / 2
    return "".join(
        [
            label("Domain", 0, 20, style),
            label(
                "Attack success rate, per cent (square-root axis)",
                middle,
                20,
                {**style, "text-anchor": "middle"},
            ),
            label("before", _BEFORE, 20, end),
            label("→", _ARROW, 20, {**style, "text-anchor": "middle"}),
            label("after", _AFTER, 20, end),
            label("at most", _UPPER, 20, end),
            label("requirement", _STATE, 20, style),
        ]
    )


def _grid(scale: SquareRootScale, bottom: float) -> str:
    parts = [
        line(0, _TOP - 8, WIDTH, _TOP - 8, stroke=TOKENS["ink"], stroke_width=1),
        line(0, bottom, WIDTH, bottom, stroke=TOKENS["ink"], stroke_width=1),
    ]
    for place, text in scale.ticks():
        parts.append(line(place, _TOP - 8, place, bottom, stroke="#e6e3db", stroke_width=1))
        style: dict[str, Attribute] = {
            "text-anchor": "middle",
            "font-size": 11,
            "fill": TOKENS["muted"],
            "class": "axis",
        }
        parts.append(label(text, place, _TOP - 16, style))
    return "".join(parts)


def _row(drawing: _Drawing, row: ForestRow, y: float) -> str:
    parts = [
        element(
            "a",
            {"href": row.target},
            label(row.label, 0, y + 4, {"font-weight": 600, "data-source": "plan"}),
        )
    ]
    parts.extend(_limit(drawing, limit, y) for limit in row.limits)
    if row.before:
        parts.append(
            mark_link(
                row.target, f"{row.label}, before safeguards", _before(drawing, row.before, y - 6)
            )
        )
        parts.append(drawing.number(row.before.point, _BEFORE, y + 4))
    else:
        parts.append(_absent(_BEFORE, y))
    parts.append(label("→", _ARROW, y + 4, {"text-anchor": "middle", "fill": TOKENS["muted"]}))
    if row.after:
        parts.append(
            mark_link(
                row.target, f"{row.label}, after safeguards", _after(drawing, row.after, y + 6)
            )
        )
        parts.append(drawing.number(row.after.point, _AFTER, y + 4))
        parts.append(drawing.number(row.after.adjusted, _UPPER, y + 4, "600"))
    else:
        parts.extend((_absent(_AFTER, y), _absent(_UPPER, y)))
    style: dict[str, Attribute] = {"fill": TOKENS[state_token(row.state)], "font-weight": 600}
    if row.state == "none":
        style["font-weight"] = "normal"
    parts.append(label(_WORDS[row.state], _STATE, y + 4, style))
    return "".join(parts)


def _absent(x: float, y: float) -> str:
    return label("—", x, y + 4, {"text-anchor": "end", "fill": TOKENS["muted"]})


def _limit(drawing: _Drawing, limit: str, y: float) -> str:
    x = drawing.x(limit)
    tick = line(
        x, y - 15, x, y + 15, stroke=TOKENS["ink"], stroke_width=1.4, stroke_dasharray="3 2"
    )
    return mark_link(f"#{drawing.anchor(limit)}", "limit of the requirement", tick)


def _before(drawing: _Drawing, mark: IntervalMark, y: float) -> str:
    colour = TOKENS["before"]
    return "".join(
        [
            _reach(drawing, mark, y, colour),
            line(
                drawing.x(mark.lower), y, drawing.x(mark.upper), y, stroke=colour, stroke_width=1.6
            ),
            element(
                "circle",
                {
                    "cx": drawing.x(mark.point),
                    "cy": y,
                    "r": 3.6,
                    "fill": TOKENS["paper"],
                    "stroke": colour,
                    "stroke-width": 1.6,
                },
            ),
        ]
    )


def _after(drawing: _Drawing, mark: IntervalMark, y: float) -> str:
    colour, x = TOKENS["after"], drawing.x(mark.point)
    return "".join(
        [
            _reach(drawing, mark, y, colour),
            line(
                drawing.x(mark.lower), y, drawing.x(mark.upper), y, stroke=colour, stroke_width=2.6
            ),
            element(
                "path",
                {"d": f"M{x:.2f} {y - 5:.2f}l5 5l-5 5l-5 -5z", "fill": colour},
            ),
        ]
    )


def _reach(drawing: _Drawing, mark: IntervalMark, y: float, colour: str) -> str:
    """Return the thin part of the bar, out to the bound that allows for the judge's misses."""
    end = drawing.x(mark.adjusted)
    return line(drawing.x(mark.upper), y, end, y, stroke=colour, stroke_width=1) + line(
        end, y - 3, end, y + 3, stroke=colour, stroke_width=1
    )


def _legend(y: float) -> str:
    style: dict[str, Attribute] = {"fill": TOKENS["muted"], "font-size": 11}
    before, after, ink = TOKENS["before"], TOKENS["after"], TOKENS["ink"]
    circle: dict[str, Attribute] = {
        "cx": 12,
        "cy": y - 4,
        "r": 3.6,
        "fill": "none",
        "stroke": before,
        "stroke-width": 1.6,
    }
    return "".join(
        [
            line(0, y - 4, 24, y - 4, stroke=before, stroke_width=1.6),
            element("circle", {**circle, "fill": TOKENS["paper"]}),
            label("before safeguards", 30, y, style),
            line(150, y - 4, 174, y - 4, stroke=after, stroke_width=2.6),
            element("path", {"d": f"M162 {y - 9:.2f}l5 5l-5 5l-5 -5z", "fill": after}),
            label("after safeguards", 180, y, style),
            line(292, y - 13, 292, y + 4, stroke=ink, stroke_width=1.4, stroke_dasharray="3 2"),
            label("limit of a requirement", 300, y, style),
            line(440, y - 4, 464, y - 4, stroke=after, stroke_width=1),
            line(464, y - 7, 464, y - 1, stroke=after, stroke_width=1),
            label(
                "reach of the bound that the gate reads (judge's misses included)", 472, y, style
            ),
        ]
    )
