"""Fields: what conditions may speak of, and which levels follow from what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

import msgspec

from shipworthy.frameworks.document import CONCERNS, Concern, DeclaredField
from shipworthy.frameworks.language.expressions import Scope, parse_condition
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.sections.names import Names, released_by
from shipworthy.frameworks.language.shape import BOUNDS, DEFINITION, FIELD
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk
from shipworthy.frameworks.taxonomy import DOMAINS
from shipworthy.kernel import did_you_mean
from shipworthy.records import (
    NAMED_FURTHER,
    Field,
    LevelDefinition,
    LevelField,
    Metric,
    QuantityField,
    RateField,
    metric_of,
)
from shipworthy.vocabulary import Arm

_BOUND_WORDS: Final = (".upper", ".lower", ".point")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A field without its definitions, which may speak of fields further down."""

    name: TextNode
    field: Field
    section: Section
    definitions: tuple[Section, ...]
    judge: TextNode | None


@dataclass(frozen=True, slots=True)
class ReadFields:
    """The fields in file order, the scope for conditions, and where each field was declared."""

    declared: tuple[DeclaredField, ...]
    scope: Scope
    places: Mapping[str, TextNode]
    cited: tuple[TextNode, ...]
    """Clause ids that definitions cite."""
    judges: tuple[TextNode, ...]
    """Roles that answer for facts."""


_RISKIER: Final[dict[Metric, str]] = {
    "asr": "up",
    "asr-at-k": "up",
    "over-refusal": "up",
    "usefulness": "down",
    "control-breach": "",
    "capability": "up",
    "capability-at-k": "up",
    "awareness": "up",
    "sandbagging": "up",
    "hiding": "",
    "contamination": "up",
    "unsanctioned": "up",
    "completion": "",
    "monitoring": "up",
    "balance": "up",
    "control-miss": "up",
    "control-unseen": "up",
    "control-alarm": "up",
    "control-done": "down",
}
"""Metrics and the direction in which each is worse: blockers withhold the other one."""
_CONTROLS: Final = ("positive", "negative")


def read_fields(document: Section, names: Names, faults: Faults) -> ReadFields:
    """Read `fields`: first all names and scales, then the definitions that connect them."""
    node = document.node("fields")
    entries = mapping_entries(node, "`fields`", faults) if node is not None else ()
    distinct([name for name, _ in entries], "field", faults)
    drafts = [_draft(name, value, faults) for name, value in entries]
    fields: dict[str, Field] = {draft.name.text: draft.field for draft in drafts}
    fields[DEPLOYMENT.name] = DEPLOYMENT
    reachable = {draft.name.text: _reachable(draft) for draft in drafts}
    reachable[DEPLOYMENT.name] = DEPLOYMENT.levels
    scope = Scope(fields, reachable)
    cited: list[TextNode] = []
    finisher = _Finisher(scope, names, cited, faults)
    declared = tuple(finisher.declared(draft) for draft in drafts)
    places = {draft.name.text: draft.name for draft in drafts}
    judges = tuple(draft.judge for draft in drafts if draft.judge)
    return ReadFields(declared, scope, places, tuple(cited), judges)


def _draft(name: TextNode, node: Node, faults: Faults) -> _Draft:
    what = f"field `{name.text}`"
    section = Section(node, what, FIELD, faults)
    if name.text == DEPLOYMENT.name:
        advice = "it is built in; compare it with " + ", ".join(DEPLOYMENT.levels)
        faults.add("duplicate-id", "field `deployment` is declared", name.location, advice)
    if name.text.endswith(_BOUND_WORDS):
        advice = "`.upper`, `.lower` and `.point` read the number of a rate; use `-` instead"
        faults.add("type", f"name of {what} ends like a bound", name.location, advice)
    kinds = [key for key in ("levels", "rate", "quantity") if key in section]
    if len(kinds) != 1:
        found = " and ".join(f"`{kind}`" for kind in kinds) or "none"
        message = f"{what} needs one of `levels`, `rate`, `quantity`; it has {found}"
        faults.add("missing-key", message, name.location)
    riskier = cast("Literal['up', 'down']", section.choice("riskier", ("up", "down")))
    named = section.scalar("judged_by") if "judged_by" in section else None
    judge = " ".join(named.text.split()) if named else ""
    definitions = tuple(
        Section(item, f"a definition of {what}", DEFINITION, faults)
        for item in section.items("definitions")
    )
    field: Field
    if kinds == ["rate"]:
        field = RateField(name=name.text, finding=section.text("rate"), riskier=riskier)
        _check_finding(field, section.scalar("rate"), faults)
    elif kinds == ["quantity"]:
        unit = section.text("quantity")
        bound = section.choice_or("exact", "bound", BOUNDS)
        field = QuantityField(
            name=name.text,
            unit=unit,
            riskier=riskier,
            judged_by=judge,
            bound=cast("Literal['exact', 'point', 'upper', 'lower']", bound),
        )
    else:
        levels = distinct(section.texts("levels"), f"level of {what}", faults)
        if kinds == ["levels"] and len(levels) < 2:
            message = f"{what} needs at least two levels"
            faults.add("type", message, name.location, "a scale of one level says nothing")
        field = LevelField(name=name.text, levels=levels, riskier=riskier, judged_by=judge)
    _check_judge(field, section, name, faults)
    if "bound" in section and not isinstance(field, QuantityField):
        message = f"only a quantity has `bound`, {what} is none"
        advice = "a rate says in each condition which bound is read"
        faults.add("type", message, section.scalar("bound").location, advice)
    return _Draft(name, field, section, definitions, named)


def _check_finding(field: RateField, node: TextNode, faults: Faults) -> None:
    """Refuse a finding that no campaign yields, and a direction that would unblock its numbers."""
    metric, _, rest = field.finding.partition(".")
    domain, _, arm = rest.rpartition(".")
    known_metric = metric_of(field.finding)
    if known_metric is None:
        message = f"no metric `{metric}`, so no finding `{field.finding}`"
        advice = did_you_mean(metric, (one for one in _RISKIER if one not in NAMED_FURTHER))
        if metric.startswith(("asr-at", "capability-at")):
            advice = f"write the number of attempts, two or more: `{metric.partition('-')[0]}-at-3`"
        elif metric.startswith("balance"):
            advice = "write the measure: `balance-refusal`"
        faults.add("type", message, node.location, advice)
        return
    arms = _CONTROLS if metric == "control-breach" else tuple(one.value for one in Arm)
    if not domain or arm not in arms:
        message = f"`{field.finding}` names no finding"
        advice = f"write `{metric}.DOMAIN.ARM`; {did_you_mean(arm, arms)}"
        faults.add("type", message, node.location, advice)
    elif _RISKIER[known_metric] not in {"", field.riskier}:
        message = f"a higher `{metric}` is not `riskier: {field.riskier}`"
        faults.add("type", message, node.location, f"write `riskier: {_RISKIER[known_metric]}`")


def _check_judge(field: Field, section: Section, name: TextNode, faults: Faults) -> None:
    derived = "definitions" in section or isinstance(field, RateField)
    if derived and "judged_by" in section:
        message = f"field `{name.text}` is computed, so nobody judges it"
        faults.add("type", message, name.location, "remove `judged_by`")
    if not derived and "judged_by" not in section:
        message = f"field `{name.text}` is a fact without `judged_by`"
        faults.add("missing-key", message, name.location, "name the role that answers for it")
    if "definitions" in section and not isinstance(field, LevelField):
        message = f"only a field with levels has definitions, `{name.text}` has none"
        faults.add("type", message, name.location)


def _reachable(draft: _Draft) -> tuple[str, ...]:
    if not isinstance(draft.field, LevelField):
        return ()
    if not draft.definitions or not draft.field.levels:
        return draft.field.levels
    named = {section.optional("level") for section in draft.definitions}
    named.add(by_risk(draft.field)[0])
    return tuple(level for level in draft.field.levels if level in named)


class _Finisher:
    """Adds to drafts what refers to other parts of the document."""

    def __init__(self, scope: Scope, names: Names, cited: list[TextNode], faults: Faults) -> None:
        self.scope = scope
        self.names = names
        self.cited = cited
        self.faults = faults

    def declared(self, draft: _Draft) -> DeclaredField:
        section = draft.section
        domains, methods = section.texts("domains"), section.texts("measured_by")
        distinct(domains, "domain", self.faults)
        distinct(methods, "evaluation", self.faults)
        return DeclaredField(
            field=self._field(draft),
            about=section.optional("about"),
            concerns=cast("Concern | Literal['']", section.choice_or("", "concerns", CONCERNS)),
            domains=tuple(known(domains, DOMAINS, "domain", self.faults)),
            measured_by=tuple(known(methods, self.names.evaluations, "evaluation", self.faults)),
            baseline=section.optional("baseline"),
        )

    def _field(self, draft: _Draft) -> Field:
        if not isinstance(draft.field, LevelField) or not draft.field.levels:
            return draft.field
        found = [
            definition
            for section in draft.definitions
            if (definition := self._definition(section, draft.field)) is not None
        ]
        return msgspec.structs.replace(draft.field, definitions=tuple(found))

    def _definition(self, section: Section, field: LevelField) -> LevelDefinition | None:
        level = section.scalar("level")
        list(known([level], field.levels, "level", self.faults))
        if level.text == by_risk(field)[0]:
            message = f"`{level.text}` is the least risky level of `{field.name}`"
            advice = "it holds when no other level does; remove this definition"
            self.faults.add("impossible-threshold", message, level.location, advice)
        when = section.node("when")
        clauses = section.texts("clauses")
        self.cited.extend(clauses)
        discretion = released_by(section, self.names.hedges, self.faults)
        if when is None:
            return None
        return LevelDefinition(
            level=level.text,
            when=parse_condition(when, self.scope, self.faults),
            clauses=tuple(clause.text for clause in clauses),
            discretion=discretion,
        )
