"""The table of a gate gives what the evaluator gives, whatever is known, blocked or malformed."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_rulebooks import FACTS, TYPES, random_rulebook
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.semantics import tables
from shipworthy.frameworks.semantics.tables import decision_table
from shipworthy.kernel import Problem, digest_text
from shipworthy.records import Bounds, Finding, LevelField, QuantityField, RateField
from shipworthy.vocabulary import Arm, DeploymentType, Rate

NUMBERS = ("0", "0.05", "0.1", "0.10", "0.100001", "0.3", "0.30", "0.9", "1", "1.5", "much", "")
SCORES = ("-7", "40", "40.0", "60", "80.5", "1e3", "")
COUNTS = st.integers(min_value=0, max_value=4)

findings = st.builds(
    lambda lower, upper, alpha, blocked, bounded, counts: Finding(
        id="asr.d.bare",
        metric="asr",
        domain="d",
        arm=Arm.BARE,
        rate=Rate(successes=min(counts[0], counts[1]), attempts=counts[1], unassessed=counts[2]),
        bounds=Bounds(
            method="m",
            alpha=alpha,
            lower=lower,
            upper=upper,
            upper_adjusted=upper,
            scenarios=1,
            scenarios_with_success=0,
            design_effect="1",
        )
        if bounded
        else None,
        judges=(),
        plan=digest_text("p"),
        blockers=("control",) if blocked else (),
    ),
    st.sampled_from(NUMBERS),
    st.sampled_from(NUMBERS),
    st.sampled_from(("0.05", "0.01", "0.10", "none")),
    st.booleans(),
    st.booleans(),
    st.tuples(COUNTS, COUNTS, COUNTS),
)


def evidences(book):
    facts, known = {}, {}
    for field in book.fields:
        match field:
            case LevelField() if not field.definitions:
                facts[field.name] = st.sampled_from(field.levels)
            case QuantityField():
                facts[field.name] = st.sampled_from(SCORES)
            case RateField():
                known[field.finding] = findings
    return st.builds(
        Evidence,
        st.fixed_dictionaries({}, optional=known),
        st.fixed_dictionaries({}, optional=facts),
        st.sampled_from([DeploymentType(kind) for kind in TYPES]),
    )


def same(book, table, case):
    wanted = evaluate(book, case, "deploy")
    assert tuple(table.decide(case)) == (wanted.level_worst, wanted.level_best)


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000), data=st.data())
def test_a_table_gives_the_levels_that_the_evaluator_gives(seed, data):
    random = Random(seed)
    book = random_rulebook(random, random.sample(FACTS, 4), 5)
    table = decision_table(book, "deploy")
    # several evidences, so that what the table remembers of one is used for the next
    for _ in range(8):
        same(book, table, data.draw(evidences(book)))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000), data=st.data())
def test_rules_that_are_too_large_for_the_table_are_asked_of_the_evaluator(seed, data):
    random = Random(seed)
    book = random_rulebook(random, random.sample(FACTS, 4), 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "LIMIT", 1)
        table = decision_table(book, "deploy")
    for _ in range(4):
        same(book, table, data.draw(evidences(book)))


def test_a_table_of_a_gate_that_is_not_there_is_refused():
    with pytest.raises(Problem, match="does not define the gate"):
        decision_table(random_rulebook(Random(1), FACTS, 2), "develop")
