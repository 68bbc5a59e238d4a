"""Laws of a stack taken apart: nothing is lost, nothing is multiplied, nothing unknown is good."""

from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.statistics import clopper_pearson_upper
from shipworthy.vocabulary import Arm, Breached, TrialRole, Unassessed
from stacked import EARLY, LOST, campaigns, drawn, stack_of


def passages(stack):
    return stack.complied, stack.resisted, stack.unknown


@settings(max_examples=80)
@given(campaigns(missing=True))
def test_every_attempt_has_one_fate(trials):
    for passage in passages(stack_of(trials)):
        fates = passage.through + passage.rewritten + passage.declined + passage.open
        assert passage.attempts == fates + passage.held


@settings(max_examples=80)
@given(campaigns())
def test_the_rows_add_up_to_the_findings_of_both_arms(trials):
    found = drawn(trials)
    (stack,) = found.stacks
    by_id = {one.id: one for one in found.findings}
    bare, guarded = by_id["asr.cyber.bare"], by_id["asr.cyber.safeguarded"]
    assert stack.complied.attempts == bare.rate.successes
    assert stack.complied.attempts + stack.resisted.attempts == bare.rate.attempts
    assert stack.unknown.attempts == bare.rate.unassessed
    rows = passages(stack)
    assert sum(row.through for row in rows) == guarded.rate.successes
    assert sum(row.open for row in rows) == guarded.rate.unassessed
    layers = {"input-filter", "output-filter"}
    for layer in layers:
        assert sum(row.held_by.get(layer, 0) for row in rows) == guarded.held_by.get(layer, 0)
    by_model = sum(row.rewritten + row.declined for row in rows)
    assert by_model == guarded.held_by.get("model", 0)


@settings(max_examples=80)
@given(campaigns())
def test_the_rate_behind_safeguards_is_the_sum_of_the_two_ways_to_it(trials):
    """P(a) = P(b) P(a|b) + P(not b) P(a|not b), on the attempts assessed in both arms."""
    stack = stack_of(trials)
    complied, resisted = stack.complied, stack.resisted
    cells = {}
    for trial in trials:
        if trial.role is TrialRole.ADVERSARIAL and not isinstance(trial.outcome, Unassessed):
            key = (trial.scenario, trial.attack, trial.seed)
            cells.setdefault(key, {})[trial.arm] = isinstance(trial.outcome, Breached)
    pairs = [cell for cell in cells.values() if len(cell) == 2]
    assert stack.pairs == len(pairs)
    if not pairs:
        return
    after = Fraction(sum(cell[Arm.SAFEGUARDED] for cell in pairs), len(pairs))

    def part(passage):
        if not passage.assessed:
            return Fraction(0)
        reached = Fraction(passage.assessed, stack.pairs)
        return reached * Fraction(passage.through, passage.assessed)

    assert part(complied) + part(resisted) == after


@settings(max_examples=80)
@given(campaigns(missing=True))
def test_the_limits_hold_what_was_seen_and_rest_on_scenarios(trials):
    stack = stack_of(trials)
    known = stack.missed + stack.caught
    assert stack.scenarios <= known + stack.doubtful
    if not stack.scenarios:
        assert (stack.miss_lower, stack.miss_upper) == (None, None)
        return
    lower, upper = float(stack.miss_lower), float(stack.miss_upper)
    assert lower < upper
    if known:
        assert lower <= stack.missed / known <= upper
    assert upper >= clopper_pearson_upper(0, known + stack.doubtful, 0.05)


@settings(max_examples=60)
@given(campaigns(), st.data())
def test_losing_an_outcome_of_either_arm_widens_the_limits(trials, data):
    """Unless no scenario is left on which the bare model surely complied: then there are none."""
    attacked = [i for i, one in enumerate(trials) if one.role is TrialRole.ADVERSARIAL]
    lost = data.draw(st.sets(st.sampled_from(attacked), max_size=8))
    before = stack_of(trials)
    after = stack_of(
        [
            msgspec.structs.replace(trial, outcome=LOST, judge="") if index in lost else trial
            for index, trial in enumerate(trials)
        ]
    )
    if before.miss_upper is None or after.miss_upper is None:
        return
    assert float(after.miss_upper) >= float(before.miss_upper)
    assert float(after.miss_lower) <= float(before.miss_lower)


@settings(max_examples=40, deadline=None)
@given(campaigns(plan=EARLY))
def test_in_a_domain_that_ends_early_only_what_counts_in_both_arms_is_read(trials):
    found = drawn(trials, EARLY)
    (stack,) = found.stacks
    pairs = next(one for one in found.paired if one.id == "asr.cyber")
    assert stack.complied.through == pairs.both
    assert stack.complied.assessed - stack.complied.through == pairs.before_only
    assert stack.resisted.through == pairs.after_only
    assert stack.resisted.assessed - stack.resisted.through == pairs.neither
    assert stack.method == "anytime-complied/1"
    if stack.scenarios:
        reached = stack.missed + stack.doubtful + stack.caught
        exact = clopper_pearson_upper(stack.missed + stack.doubtful, reached, 0.05)
        assert float(stack.miss_upper) >= exact - 1e-6
