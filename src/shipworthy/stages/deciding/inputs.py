"""What may enter a decision: facts and findings that fit the rulebook and the plan (spec, 8)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shipworthy.frameworks import DEPLOYMENT, Evidence, decimal
from shipworthy.kernel import Diagnostic, Digest, Problem, did_you_mean
from shipworthy.records import (
    Fact,
    Field,
    Finding,
    LevelField,
    QuantityField,
    RateField,
    Rulebook,
)
from shipworthy.vocabulary import DeploymentType


def admit(
    rulebook: Rulebook,
    findings: Iterable[Finding],
    facts: Iterable[Fact],
    plan: Digest,
    deployment: DeploymentType,
) -> Evidence:
    """Return the evidence, or refuse it as a whole.

    Raises:
        Problem: `fact-*` and `finding-*`, every fault at once (exit 2).
    """
    found, stated = tuple(findings), tuple(facts)
    faults = [*_finding_faults(found, plan), *_fact_faults(rulebook, stated)]
    if faults:
        raise Problem(faults)
    return Evidence(
        findings={finding.id: finding for finding in found},
        facts={fact.field: fact.value for fact in stated},
        deployment=deployment,
    )


def _finding_faults(findings: tuple[Finding, ...], plan: Digest) -> Iterator[Diagnostic]:
    for name, count in Counter(finding.id for finding in findings).items():
        if count > 1:
            yield Diagnostic("finding-duplicate", f"finding `{name}` occurs {count} times")
    for finding in findings:
        if finding.plan != plan:
            yield Diagnostic(
                "finding-other-plan",
                f"finding `{finding.id}` belongs to plan `{finding.plan}`, not to `{plan}`",
                help="decide on the findings of one registered plan",
            )


def _fact_faults(rulebook: Rulebook, facts: tuple[Fact, ...]) -> Iterator[Diagnostic]:
    fields: dict[str, Field] = {field.name: field for field in rulebook.fields}
    open_to_facts = [
        name
        for name, field in fields.items()
        if isinstance(field, QuantityField)
        or (isinstance(field, LevelField) and not field.definitions)
    ]
    for name, count in Counter(fact.field for fact in facts).items():
        if count > 1:
            yield Diagnostic("fact-duplicate", f"{count} facts are given for field `{name}`")
    for fact in facts:
        if not fact.judged_by.strip():
            yield Diagnostic(
                "fact-anonymous",
                f"the fact for `{fact.field}` names nobody who judged it",
                help="give the name of the person in `judged_by`",
            )
        if fact.field == DEPLOYMENT.name:
            yield Diagnostic("fact-computed-field", "`deployment` is not given as a fact")
        elif fact.field not in fields:
            yield Diagnostic(
                "fact-unknown-field",
                f"framework `{rulebook.id}` has no field `{fact.field}`",
                help=did_you_mean(fact.field, open_to_facts),
            )
        else:
            yield from _value_faults(fact, fields[fact.field])


def _value_faults(fact: Fact, field: Field) -> Iterator[Diagnostic]:
    match field:
        case RateField():
            yield Diagnostic(
                "fact-computed-field",
                f"`{fact.field}` is measured, so no fact can be given for it",
                help=f"it comes from finding `{field.finding}`",
            )
        case LevelField() if field.definitions:
            yield Diagnostic(
                "fact-computed-field",
                f"`{fact.field}` follows from its definitions, so no fact can be given for it",
            )
        case LevelField():
            if fact.value not in field.levels:
                yield Diagnostic(
                    "fact-illegal-value",
                    f"`{fact.value}` is not a level of `{fact.field}`",
                    help=did_you_mean(fact.value, field.levels),
                )
        case QuantityField():
            if decimal(fact.value) is None:
                yield Diagnostic(
                    "fact-illegal-value",
                    f"`{fact.value}` is not a decimal number for `{fact.field}`",
                    help=f"write it in {field.unit}, for example `12.5`",
                )
