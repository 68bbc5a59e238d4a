"""From the document that people read to the rulebook that programs evaluate."""

import msgspec

from shipworthy.frameworks.document import FrameworkDocument, ModelScope
from shipworthy.records import AllOf, Condition, Rulebook


def compile_rulebook(document: FrameworkDocument) -> Rulebook:
    """Return the executable layer of a framework; its digest is what an assessment pins.

    The scope is part of the `when` of every rule and threat scenario (language 1.8).
    """
    return Rulebook(
        id=document.id,
        version=document.version,
        title=document.title,
        source_digest=document.digest,
        deployments=document.deployments,
        decisions={ladder.gate: ladder.levels for ladder in document.ladders},
        go={ladder.gate: ladder.go for ladder in document.ladders},
        fields=tuple(declared.field for declared in document.fields),
        rules=tuple(
            msgspec.structs.replace(rule, when=within(document.scope, rule.when))
            for rule in (declared.rule for declared in document.rules)
        ),
        roles=document.governance.quorum,
        alpha=document.alpha,
        hedges=tuple(declared.hedge for declared in document.hedges),
        in_force_from=document.in_force_from,
        in_force_until=document.in_force_until,
        review_by=document.review_by,
        own_definitions=document.own_definitions or msgspec.UNSET,
        scenarios=tuple(
            msgspec.structs.replace(scenario, when=within(document.scope, scenario.when))
            for outcome in document.outcomes
            for scenario in (declared.scenario for declared in outcome.scenarios)
        ),
    )


def within(scope: ModelScope | None, when: Condition | None) -> Condition | None:
    """Return the condition of a rule inside the scope of its framework."""
    if scope is None:
        return when
    members = [scope.when] if when is None else [scope.when, when]
    flat = [part for one in members for part in (one.of if isinstance(one, AllOf) else (one,))]
    return flat[0] if len(flat) == 1 else AllOf(of=tuple(flat))
