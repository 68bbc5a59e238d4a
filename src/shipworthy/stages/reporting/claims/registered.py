"""Claims about what was fixed or drafted: the plan, judge cards, safeguard cards, the decision."""

from collections.abc import Iterator

from shipworthy.records import (
    CalibrationCard,
    CampaignPlan,
    CanaryResult,
    Claim,
    ClaimFormat,
    Decision,
    Fact,
    SafeguardIdentity,
    plan_cells,
)
from shipworthy.stages.reporting.claims.conditions import is_number
from shipworthy.stages.reporting.claims.measured import integer, quotient
from shipworthy.stages.reporting.inputs import SubmissionHistory
from shipworthy.vocabulary import TrialRole


def plan_claims(plan: CampaignPlan) -> Iterator[Claim]:
    """Yield the claims of the plan."""
    yield integer("plan#items", len(plan.items))
    yield integer("plan#scenarios", len({item.scenario for item in plan.items}))
    yield integer("plan#cells", len(plan_cells(plan)))
    yield integer("plan#attacks", len(attacks_of(plan)))
    yield integer("plan#seed", plan.seed)
    yield Claim(id="plan#alpha", value=plan.alpha, format="decimal")
    yield Claim(id="plan#gate_alpha", value=plan.gate_alpha, format="decimal")


def submission_claims(plan: CampaignPlan, history: SubmissionHistory) -> Iterator[Claim]:
    """Yield the claims of a submission: its number among others, its scenarios among theirs."""
    attacked = {item.scenario for item in plan.items if item.role is TrialRole.ADVERSARIAL}
    yield integer("submission#number", plan.submission.number)
    yield integer("submission#earlier", len(history.earlier))
    yield integer("submission#later", history.later)
    yield integer("submission#scenarios", len(attacked))
    yield integer("submission#fresh", len(attacked) - history.reused)
    yield integer("submission#elsewhere", history.elsewhere)


def attacks_of(plan: CampaignPlan) -> list[str]:
    """Return the attacks of the plan's adversarial items, sorted."""
    return sorted({item.attack for item in plan.items if item.role is TrialRole.ADVERSARIAL})


def card_claims(card: CalibrationCard) -> Iterator[Claim]:
    """Yield the claims of a judge's calibration card."""
    name = f"card:{card.judge}"
    yield integer(f"{name}#true_positives", card.true_positives)
    yield integer(f"{name}#false_negatives", card.false_negatives)
    yield integer(f"{name}#true_negatives", card.true_negatives)
    yield integer(f"{name}#false_positives", card.false_positives)
    if card.positives:
        share = quotient(card.true_positives, card.positives)
        yield Claim(id=f"{name}#sensitivity", value=share, format="percent")
    if card.negatives:
        share = quotient(card.true_negatives, card.negatives)
        yield Claim(id=f"{name}#specificity", value=share, format="percent")


def canary_claims(result: CanaryResult) -> Iterator[Claim]:
    """Yield the claims of what a judge said of its canaries."""
    name = f"canaries:{result.judge}"
    yield integer(f"{name}#items", result.items)
    yield integer(f"{name}#asked", result.asked)
    yield integer(f"{name}#agreed", result.agreed)


def safeguard_claims(layer: SafeguardIdentity) -> Iterator[Claim]:
    """Yield the figures of a safeguard's card; entries that are words have no claim."""
    for label, value in layer.card.items():
        if is_number(value):
            shape: ClaimFormat = "percent" if label.endswith("-rate") else "decimal"
            yield Claim(id=f"safeguard:{layer.name}#{label}", value=value, format=shape)


def fact_claims(fact: Fact) -> Iterator[Claim]:
    """Yield the claim of a fact that is a number."""
    if is_number(fact.value):
        yield Claim(id=f"fact:{fact.field}#value", value=fact.value, format="decimal")


def decision_claims(decision: Decision) -> Iterator[Claim]:
    """Yield the counts of the decision's requirements by verdict."""
    verdicts = [result.verdict for result in decision.requirements]
    for verdict in ("kept", "broken", "inconclusive"):
        yield integer(f"decision#{verdict}", verdicts.count(verdict))
