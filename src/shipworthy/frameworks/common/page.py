"""The cross-company view as one self-contained page: no script, no external resource.

Everything that a framework or mapping says is escaped; the policy of the page allows its own style
sheet and nothing else. The same view gives the same bytes.
"""

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import Final

import jinja2

from shipworthy.frameworks.common.survey import Member, Situation, Survey
from shipworthy.frameworks.semantics.evaluation import Gate

_PACKAGE: Final = "shipworthy.frameworks.common"

_WOULD: Final[dict[Gate, tuple[str, str]]] = {
    "deploy": ("would deploy", "would not deploy"),
    "develop": ("would go on developing", "would stop developing"),
}
_VERDICTS: Final = {
    "equivalent": "the same",
    "stricter": "stricter",
    "looser": "looser",
    "incomparable": "stricter in places, looser in others",
    "unknown": "not settled within the search budget",
    "apart": "no model is in the scope of both",
}


def render_page(view: Survey) -> bytes:
    """Return the page as UTF-8."""
    style = resources.files(_PACKAGE).joinpath("templates", "style.css").read_text("utf-8")
    names = {one.id: short_name(one) for one in view.members}
    gates = tuple(dict.fromkeys(pair.gate for pair in view.pairs))
    page = (
        _environment()
        .get_template("compare.html.j2")
        .render(
            view=view,
            names=names,
            gates=gates,
            paired=[one for one in view.members if one.reading],
            ways={
                (way.gate, way.accepts, way.refuses): way
                for pair in view.pairs
                for way in pair.ways
            },
            pairs=_grouped(view),
            clauses={(one.framework, one.clause.id): one.clause for one in view.clauses},
            style=style,
            policy=_policy(style),
            would=_WOULD,
            verdicts=_VERDICTS,
            sentence=_sentence,
        )
    )
    return page.encode()


def short_name(member: Member) -> str:
    """Return the title without the remark that it is an encoding: the page says so once."""
    return member.title.partition(", as encoded by ")[0]


def _grouped(view: Survey) -> dict[tuple[str, str], list[object]]:
    """Return the comparisons of each pair of frameworks, one a gate."""
    found: dict[tuple[str, str], list[object]] = {}
    for pair in view.pairs:
        found.setdefault((pair.first, pair.second), []).append(pair)
    return found


def _sentence(situation: Situation) -> str:
    """Return a situation as one line."""
    parts = [f"{line.about}: {line.value}" for line in situation.lines]
    return "; ".join(parts) or "nothing out of the ordinary"


def _policy(style: str) -> str:
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
