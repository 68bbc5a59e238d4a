"""The few SVG pieces that the figures are drawn from; escaped, with deterministic bytes."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape

from shipworthy.records import Claim, display

Attribute = str | int | float
"""An attribute's value; numbers are written with at most two digits after the point."""


def element(name: str, attributes: Mapping[str, Attribute], *children: str) -> str:
    """Return one element; children are markup already."""
    written = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


def label(text: str, x: float, y: float, attributes: Mapping[str, Attribute] | None = None) -> str:
    """Return text at a place, escaped."""
    return element("text", {"x": x, "y": y, **(attributes or {})}, escape(text))


def claim_link(claim: Claim, anchor: str, text: str) -> str:
    """Return a claim as a link around its `<text>` markup, as spec/claims.md asks."""
    return element(
        "a",
        {
            "class": "claim",
            "data-claim": claim.id,
            "data-value": claim.value,
            "data-format": claim.format,
            "href": f"#{anchor}",
        },
        text,
    )


def claim_text(claim: Claim, x: float, y: float, attributes: Mapping[str, Attribute]) -> str:
    """Return the `<text>` that shows a claim."""
    return label(display(claim), x, y, attributes)


def mark_link(target: str, title: str, *children: str) -> str:
    """Return a mark that leads to the place where its numbers stand, with a spoken title."""
    name = element("title", {"data-source": "plan"}, escape(title))
    return element("a", {"href": target, "aria-label": title}, name, *children)


def line(x1: float, y1: float, x2: float, y2: float, **style: Attribute) -> str:
    """Return a straight line; underscores in style names become hyphens."""
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, **_hyphens(style)})


def rectangle(x: float, y: float, width: float, height: float, **style: Attribute) -> str:
    """Return a rectangle; underscores in style names become hyphens."""
    place = {"x": x, "y": y, "width": width, "height": height}
    return element("rect", {**place, **_hyphens(style)})


def document(
    figure: str, title: str, description: str, size: tuple[float, float], body: str
) -> str:
    """Return the whole drawing, named and described for people who cannot see it.

    The role is a document and not an image: an image hides its descendants from assistive
    technology, and here every mark is a link.
    """
    width, height = size
    return element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_value(width)} {_value(height)}",
            "width": width,
            "height": height,
            "role": "graphics-document document",
            "aria-labelledby": f"{figure}-title {figure}-description",
            "font-family": "Inter, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
            "font-size": 12,
            "fill": "#1a1a1a",
        },
        element("title", {"id": f"{figure}-title"}, escape(title)),
        element("desc", {"id": f"{figure}-description"}, escape(description)),
        body,
    )


def _hyphens(style: Mapping[str, Attribute]) -> dict[str, Attribute]:
    return {key.replace("_", "-"): value for key, value in style.items()}


def _value(value: Attribute) -> str:
    if isinstance(value, str):
        return escape(value)
    rounded = Decimal(str(round(float(value), 2))).normalize()
    return format(abs(rounded) if rounded.is_zero() else rounded, "f")
