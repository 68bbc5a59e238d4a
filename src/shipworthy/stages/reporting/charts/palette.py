"""Colours, as tokens: every text colour keeps WCAG AA contrast on paper and on wash.

The same values enter the style sheet as custom properties, so page and figures cannot drift.
"""

from typing import Final

TOKENS: Final = {
    "ink": "#1a1a1a",
    "muted": "#555555",
    "rule": "#d9d6ce",
    "paper": "#ffffff",
    "wash": "#f6f5f1",
    "before": "#9a5b00",
    "after": "#1f5fa8",
    "kept": "#146c2e",
    "broken": "#b3261e",
    "inconclusive": "#6a4c93",
    "waiting": "#5b5b5b",
}
"""Name to colour. `rule` and `wash` never carry text."""

SHADES: Final = (
    ("#fbf8f0", "#1a1a1a"),
    ("#f1e2c4", "#1a1a1a"),
    ("#dfbd85", "#1a1a1a"),
    ("#a05f16", "#ffffff"),
    ("#5c2f00", "#ffffff"),
)
"""Fill and text colour of the heat map, light to dark: monotone in luminance for grey print."""

SHADE_LIMITS: Final = ("0.05", "0.10", "0.25", "0.50")
"""Upper ends of all shades but the last, as rates."""


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2, definition of relative luminance)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def state_token(state: str) -> str:
    """Return the token that colours a state: a ruling is coloured as its verdict."""
    alias = {"go": "kept", "no-go": "broken", "signed": "kept", "dissent": "broken"}
    name = alias.get(state, state)
    return name if name in TOKENS else "muted"
