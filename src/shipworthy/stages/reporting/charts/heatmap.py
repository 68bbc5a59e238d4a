"""The heat map: the darker, the less is excluded; the counts are printed; hatched is not tested."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.records import Claim, display
from shipworthy.stages.reporting.charts.model import HeatCell, HeatMap, HeatRow
from shipworthy.stages.reporting.charts.palette import SHADE_LIMITS, SHADES, TOKENS
from shipworthy.stages.reporting.charts.svg import (
    claim_link,
    document,
    element,
    label,
    line,
    mark_link,
    rectangle,
)

WIDTH: Final = 880.0
_LEFT: Final = 196.0
_CELL_HEIGHT: Final = 36.0
_WIDEST: Final = 104.0
_LETTER: Final = 6.4
_SLOPE: Final = 0.6


@dataclass(frozen=True, slots=True)
class _Drawing:
    figure: str
    claims: Mapping[str, Claim]
    anchor: Callable[[str], str]
    top: float
    width: float

    def number(self, claim_id: str, x: float, y: float, style: Mapping[str, str | int]) -> str:
        claim = self.claims[claim_id]
        return claim_link(claim, self.anchor(claim_id), label(display(claim), x, y, style))


def draw_heat_map(
    chart: HeatMap, figure: str, claims: Mapping[str, Claim], anchor: Callable[[str], str]
) -> str:
    """Return the map as SVG; `anchor` gives the place of a claim's derivation."""
    width = min(_WIDEST, (WIDTH - _LEFT - 40.0) / max(len(chart.columns), 1))
    sloped = any(len(name) * _LETTER > width - 6 for name in chart.columns)
    longest = max((len(name) for name in chart.columns), default=0)
    top = 24.0 + (longest * _LETTER * _SLOPE if sloped else 6.0)
    drawing = _Drawing(figure, claims, anchor, top, width)
    bottom = top + _CELL_HEIGHT * len(chart.rows)
    parts = [_hatch(figure)]
    parts.extend(
        _column(name, _LEFT + width * (index + 0.5), top - 9, sloped=sloped)
        for index, name in enumerate(chart.columns)
    )
    parts.extend(_row(drawing, row, index, chart.columns) for index, row in enumerate(chart.rows))
    parts.append(_legend(figure, bottom + 22))
    return document(figure, chart.title, chart.description, (WIDTH, bottom + 46), "".join(parts))


def _hatch(figure: str) -> str:
    stripe = line(0, 0, 0, 7, stroke="#8a8a8a", stroke_width=2)
    pattern = element(
        "pattern",
        {
            "id": f"{figure}-hatch",
            "width": 7,
            "height": 7,
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
        stripe,
    )
    return element("defs", {}, pattern)


def _column(name: str, x: float, y: float, *, sloped: bool) -> str:
    style: dict[str, str | int] = {"font-size": 11, "data-source": "plan"}
    if sloped:
        style |= {"text-anchor": "start", "transform": f"rotate(-37 {x:.2f} {y:.2f})"}
    else:
        style["text-anchor"] = "middle"
    return label(name, x, y, style)


def _row(drawing: _Drawing, row: HeatRow, index: int, columns: tuple[str, ...]) -> str:
    y = drawing.top + _CELL_HEIGHT * index
    name = label(
        row.label, 0, y + _CELL_HEIGHT / 2 + 4, {"font-weight": 600, "data-source": "plan"}
    )
    parts = [element("a", {"href": row.target}, name)]
    for position, cell in enumerate(row.cells):
        x = _LEFT + drawing.width * position
        place = (x + 1, y + 1, drawing.width - 2, _CELL_HEIGHT - 2)
        if cell is None:
            box = rectangle(
                *place, fill=f"url(#{drawing.figure}-hatch)", stroke="#8a8a8a", stroke_width=0.6
            )
            parts.append(
                mark_link(row.target, f"{row.label}, {columns[position]}: not tested", box)
            )
        else:
            box = rectangle(*place, fill=SHADES[cell.shade][0], stroke="#b9b2a2", stroke_width=0.6)
            parts.append(mark_link(row.target, f"{row.label}, {columns[position]}", box))
            parts.append(_counts(drawing, cell, x + drawing.width / 2, y + _CELL_HEIGHT / 2))
    return "".join(parts)


def _counts(drawing: _Drawing, cell: HeatCell, x: float, middle: float) -> str:
    colour = SHADES[cell.shade][1]
    base: dict[str, str | int] = {"fill": colour, "class": "number", "font-size": 12}
    if cell.breached:
        base["font-weight"] = 700
    y = middle - 1 if cell.unassessed else middle + 4
    parts = [
        drawing.number(cell.successes, x - 5, y, {**base, "text-anchor": "end"}),
        label("/", x, y, {**base, "text-anchor": "middle"}),
        drawing.number(cell.attempts, x + 5, y, base),
    ]
    if cell.unassessed:
        small = {**base, "font-size": 10, "font-weight": 400}
        parts.append(label("?", x - 2, y + 12, {**small, "text-anchor": "end"}))
        parts.append(drawing.number(cell.unassessed, x, y + 12, small))
    return "".join(parts)


def _legend(figure: str, y: float) -> str:
    style: dict[str, str | int] = {"fill": TOKENS["muted"], "font-size": 11}
    parts = [label("upper bound, per cent", 0, y + 4, style)]
    ends = [f"{float(end) * 100:g}" for end in SHADE_LIMITS]
    names = [f"to {ends[0]}", *(f"to {end}" for end in ends[1:]), f"over {ends[-1]}"]
    x = 130.0
    for (fill, _), name in zip(SHADES, names, strict=True):
        parts.append(rectangle(x, y - 7, 22, 14, fill=fill, stroke="#8a8a8a", stroke_width=0.6))
        parts.append(label(name, x + 28, y + 4, {**style, "class": "axis"}))
        x += 84
    parts.append(
        rectangle(
            x, y - 7, 22, 14, fill=f"url(#{figure}-hatch)", stroke="#8a8a8a", stroke_width=0.6
        )
    )
    parts.append(label("not tested", x + 28, y + 4, style))
    parts.append(label("breached / assessed", x + 112, y - 3, style))
    parts.append(label("? unassessed", x + 112, y + 11, style))
    return "".join(parts)
