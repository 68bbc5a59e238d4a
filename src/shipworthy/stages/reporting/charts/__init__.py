"""Figures: a small SVG kit whose marks are links and whose numbers are claims."""

from shipworthy.stages.reporting.charts.forest import draw_forest
from shipworthy.stages.reporting.charts.heatmap import draw_heat_map
from shipworthy.stages.reporting.charts.model import (
    Chart,
    ForestPlot,
    ForestRow,
    HeatCell,
    HeatMap,
    HeatRow,
    IntervalMark,
    State,
)
from shipworthy.stages.reporting.charts.palette import (
    SHADE_LIMITS,
    SHADES,
    TOKENS,
    contrast,
    luminance,
    state_token,
)
from shipworthy.stages.reporting.charts.scale import SquareRootScale, fitted

__all__ = [
    "SHADES",
    "SHADE_LIMITS",
    "TOKENS",
    "Chart",
    "ForestPlot",
    "ForestRow",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "IntervalMark",
    "SquareRootScale",
    "State",
    "contrast",
    "draw_forest",
    "draw_heat_map",
    "fitted",
    "luminance",
    "state_token",
]
