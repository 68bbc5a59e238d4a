"""Fields: what conditions may speak of, and which levels follow from what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

import msgspec

from shipworthy.frameworks.document import DeclaredField
from shipworthy.frameworks.language.expressions import Scope, parse_condition
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk
from shipworthy.kernel import did_you_mean
from shipworthy.records import Field, LevelDefinition, LevelField, QuantityField, RateField
from shipworthy.vocabulary import Arm

_KEYS: Final = (
    "about",
    "definitions",
    "judged_by",
    "levels",
    "quantity",
    "rate",
    "riskier",
)
_DEFINITION_KEYS: Final = ("level", "when", "clauses")
_BOUND_WORDS: Final = (".upper", ".lower", ".point")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A field without its definitions, which may speak of fields further down."""

    name: TextNode
    field: Field
    about: str
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


_RISKIER: Final = {"asr": "up", "over-refusal": "up", "usefulness": "down", "control-breach": ""}
"""Metrics and the direction in which each is worse: blockers withhold the other one."""
_CONTROLS: Final = ("positive", "negative")


def read_fields(document: Section, faults: Faults) -> ReadFields:
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
    declared = tuple(
        DeclaredField(field=_finished(draft, scope, cited, faults), about=draft.about)
        for draft in drafts
    )
    places = {draft.name.text: draft.name for draft in drafts}
    judges = tuple(draft.judge for draft in drafts if draft.judge)
    return ReadFields(declared, scope, places, tuple(cited), judges)


def _draft(name: TextNode, node: Node, faults: Faults) -> _Draft:
    what = f"field `{name.text}`"
    section = Section(node, what, _KEYS, faults)
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
    about = section.optional("about")
    named = section.scalar("judged_by") if "judged_by" in section else None
    judge = " ".join(named.text.split()) if named else ""
    definitions = tuple(
        Section(item, f"a definition of {what}", _DEFINITION_KEYS, faults)
        for item in section.items("definitions")
    )
    field: Field
    if kinds == ["rate"]:
        field = RateField(name=name.text, finding=section.text("rate"), riskier=riskier)
        _check_finding(field, section.scalar("rate"), faults)
    elif kinds == ["quantity"]:
        unit = section.text("quantity")
        field = QuantityField(name=name.text, unit=unit, riskier=riskier, judged_by=judge)
    else:
        levels = distinct(section.texts("levels"), f"level of {what}", faults)
        if kinds == ["levels"] and len(levels) < 2:
            message = f"{what} needs at least two levels"
            faults.add("type", message, name.location, "a scale of one level says nothing")
        field = LevelField(name=name.text, levels=levels, riskier=riskier, judged_by=judge)
    _check_judge(field, section, name, faults)
    return _Draft(name, field, about, definitions, named)


def _check_finding(field: RateField, node: TextNode, faults: Faults) -> None:
    """Refuse a finding that no campaign yields, and a direction that would unblock its numbers."""
    metric, _, rest = field.finding.partition(".")
    domain, _, arm = rest.rpartition(".")
    if metric not in _RISKIER:
        message = f"no metric `{metric}`, so no finding `{field.finding}`"
        faults.add("type", message, node.location, did_you_mean(metric, _RISKIER))
        return
    arms = _CONTROLS if metric == "control-breach" else tuple(one.value for one in Arm)
    if not domain or arm not in arms:
        message = f"`{field.finding}` names no finding"
        advice = f"write `{metric}.DOMAIN.ARM`; {did_you_mean(arm, arms)}"
        faults.add("type", message, node.location, advice)
    elif _RISKIER[metric] not in {"", field.riskier}:
        message = f"a higher `{metric}` is not `riskier: {field.riskier}`"
        faults.add("type", message, node.location, f"write `riskier: {_RISKIER[metric]}`")


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


def _finished(draft: _Draft, scope: Scope, cited: list[TextNode], faults: Faults) -> Field:
    if not isinstance(draft.field, LevelField) or not draft.field.levels:
        return draft.field
    found = []
    for section in draft.definitions:
        level = section.scalar("level")
        list(known([level], draft.field.levels, "level", faults))
        if level.text == by_risk(draft.field)[0]:
            message = f"`{level.text}` is the least risky level of `{draft.field.name}`"
            advice = "it holds when no other level does; remove this definition"
            faults.add("impossible-threshold", message, level.location, advice)
        when = section.node("when")
        clauses = section.texts("clauses")
        cited.extend(clauses)
        if when is not None:
            condition = parse_condition(when, scope, faults)
            names = tuple(clause.text for clause in clauses)
            found.append(LevelDefinition(level=level.text, when=condition, clauses=names))
    return msgspec.structs.replace(draft.field, definitions=tuple(found))
