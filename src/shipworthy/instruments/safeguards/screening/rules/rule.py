"""A named rule over an exchange, and the files that rules are kept in."""

import re
import tomllib
from pathlib import Path
from typing import Final, Literal

import yaml

from shipworthy.instruments.safeguards.options import OnError
from shipworthy.instruments.safeguards.screening.rules.expressions import check_for_view, study
from shipworthy.instruments.safeguards.screening.rules.views import View
from shipworthy.kernel import (
    Location,
    Problem,
    Record,
    convert_record,
    read_bounded,
    system_reason,
    utf8_text,
)

LARGEST_FILE: Final = 4_000_000
"""Bytes of a file with rules."""

_AT: Final = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


class Rule(Record, frozen=True, kw_only=True):
    """What is looked for in an exchange. With both expressions, both have to be found.

    Attributes:
        id: names the rule in verdicts; it must not quote what the rule looks for.
        request: expression for the conversation so far, as far as the layer's `places` go.
        reply: expression for the answer: its text, its reasoning, or one tool call.
        action: `withhold` the exchange, or `flag` it and change nothing.
        on_error: what a failure of the matcher means for this rule; the layer's own where nothing
            is said. Of several rules the strictest counts.
        ignore_case: for the view `raw`; the other views have no case.
        views: how the text is looked at. `raw` as it is; `folded` without case, compatibility
            forms, accents and characters that show nothing; `compact` letters and digits only.
        examples: texts that an expression of this rule must match, tried when the rule is read.
    """

    id: str
    request: str = ""
    reply: str = ""
    action: Literal["withhold", "flag"] = "withhold"
    on_error: OnError | None = None
    ignore_case: bool = False
    views: tuple[View, ...] = ("folded",)
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id.strip():
            raise ValueError("a rule needs an `id`")
        if not (self.request or self.reply):
            raise ValueError(f"rule `{self.id}` needs `request`, `reply` or both")
        if not self.views or len(set(self.views)) < len(self.views):
            raise ValueError(f"rule `{self.id}` needs `views`, each once")
        for expression in filter(None, (self.request, self.reply)):
            try:
                study(expression)
                for view in self.views:
                    check_for_view(expression, view)
            except ValueError as error:
                raise ValueError(f"rule `{self.id}`: {error}") from None

    @property
    def where(self) -> Literal["request", "reply", "exchange"]:
        """What the rule looks at."""
        if self.request and self.reply:
            return "exchange"
        return "request" if self.request else "reply"


class _RuleFile(Record, frozen=True, kw_only=True):
    rules: tuple[Rule, ...]


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read a TOML or YAML file whose `rules` are a list of rules.

    Raises:
        Problem: `rules-unreadable`, `rules-syntax` with the line, or `record-invalid` with the
            rule and the field.
    """
    source = str(path)
    try:
        data = read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "rules-unreadable", system_reason(error), location=Location(source)
        ) from None
    text = utf8_text(data, source, "rules-syntax")
    try:
        content = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError) as error:
        detail = " ".join(str(error).split())
        raise Problem.of("rules-syntax", detail, location=_place(error, source)) from None
    return convert_record(content, _RuleFile, source).rules


def _place(error: Exception, source: str) -> Location:
    """Return where a syntax error stands, as far as its parser says."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return Location(source, mark.line + 1, mark.column + 1)
    said = _AT.search(str(error))
    return Location(source, int(said[1]), int(said[2])) if said else Location(source)
