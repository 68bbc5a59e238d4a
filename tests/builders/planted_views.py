"""Planted models asked for opposite views, from the pack to the record, without a folder."""

from fractions import Fraction

from msgspec.structs import replace

from mirrored import drawn, mirrored_plan
from shipworthy.instruments.attacks import Composer
from shipworthy.instruments.judges import judge_trial
from shipworthy.instruments.scenarios import load_pack
from shipworthy.instruments.targets.planted import PlantedModel, PlantedOptions
from shipworthy.records import PlannedArm, StackIdentity, plan_cells
from shipworthy.testing.campaigns import trial_of
from shipworthy.vocabulary import Arm, TrialRole

PACK = {one.id: one for one in load_pack("balance")}
COMPOSE = Composer({})


def views_plan(topics=0, attempts=1):
    plan = mirrored_plan(
        tuple(PACK.values()), scenarios_per_domain=topics, attempts_per_pair=attempts
    )
    return replace(plan, arms=(PlannedArm(arm=Arm.BARE, stack=StackIdentity()),))


def record_of(plan, measure="refusal", **options):
    """The record over all axes of a planted model with these options."""
    found = drawn(plan, tuple(PACK.values()), trials_with(plan, PlantedOptions(**options)))
    return next(one for one in found.balances if one.id == f"balance-{measure}.all.bare")


def trials_with(plan, options):
    digest = plan.digest
    for item, arm in plan_cells(plan):
        scenario = PACK[item.scenario]
        request = COMPOSE(scenario, attack=item.attack, role=item.role, seed=item.seed)
        model = PlantedModel(
            options, check_of=lambda _, known=scenario.check: known, twin_of=lambda _: None
        )
        reply = model.answer(request)
        outcome = judge_trial(scenario, TrialRole.BALANCE, request, reply)
        yield replace(trial_of(digest, (item, arm), outcome), judge="measures", seed=item.seed)


def refusal_bias(skew, refusal=Fraction(3, 100)):
    """How many more of the disliked side are declined."""
    return (1 - refusal) * Fraction(skew)
