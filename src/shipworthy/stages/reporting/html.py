"""The report as one self-contained page: no script, no external resource, a strict policy."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Final

import jinja2

from shipworthy.records import Claim, display
from shipworthy.stages.reporting.charts import TOKENS, ForestPlot, draw_forest, draw_heat_map
from shipworthy.stages.reporting.claims import claim_anchor
from shipworthy.stages.reporting.document import (
    Block,
    Document,
    Figure,
    Inline,
    Inlines,
    Quote,
    Text,
)

_PACKAGE: Final = "shipworthy.stages.reporting"

GLYPHS: Final = {
    "kept": "✓",
    "broken": "✗",
    "inconclusive": "?",
    "go": "✓",
    "no-go": "✗",
    "waiting": "○",
    "signed": "✓",
    "dissent": "✗",
    "none": "!",
}
WORDS: Final = {
    "kept": "kept",
    "broken": "broken",
    "inconclusive": "inconclusive",
    "go": "go",
    "no-go": "no-go",
    "waiting": "waiting",
    "signed": "signed",
    "dissent": "dissent",
    "none": "note",
}


def render_html(document: Document) -> bytes:
    """Return the page; the same document gives the same bytes."""
    claims = {entry.claim.id: entry.claim for entry in document.evidence}
    style = stylesheet()
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            claims=claims,
            style=style,
            policy=content_policy(style),
            drawing=lambda figure: _drawing(figure, claims),
            anchor=claim_anchor,
            display=display,
            kind=_kind,
            moment=_moment,
            plain=_plain,
            glyphs=GLYPHS,
            words=WORDS,
        )
    )
    return page.encode()


def stylesheet() -> str:
    """Return the style sheet with the colour tokens as custom properties."""
    tokens = "".join(f"--{name}:{colour};" for name, colour in TOKENS.items())
    sheet = resources.files(_PACKAGE).joinpath("templates", "style.css").read_text("utf-8")
    return f":root{{{tokens}}}\n{sheet}"


def content_policy(style: str) -> str:
    """Return the content security policy: nothing but this one style sheet, by its digest."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _drawing(figure: Figure, claims: Mapping[str, Claim]) -> str:
    if isinstance(figure.chart, ForestPlot):
        return draw_forest(figure.chart, figure.anchor, claims, claim_anchor)
    return draw_heat_map(figure.chart, figure.anchor, claims, claim_anchor)


def _kind(node: Block | Inline) -> str:
    return str(node.__struct_config__.tag)


def _moment(at: str) -> str:
    """Return a time for people, `22 November 2026, 05:04 UTC`; what is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    if moment.tzinfo is None:
        return at
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _plain(words: Inlines) -> str:
    return "".join(node.text for node in words if isinstance(node, Text | Quote))
