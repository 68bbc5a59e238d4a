"""Agreement of readers against published and independent figures."""

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from shipworthy.statistics import NoEvidence, clopper_pearson
from shipworthy.statistics.judged import agreement


def pairs_of(table):
    """Pairs of answers from a square table of counts."""
    return [
        (f"category {first}", f"category {second}")
        for first, row in enumerate(table)
        for second, count in enumerate(row)
        for _ in range(count)
    ]


def test_kappa_is_that_of_cohens_example():
    # Cohen (1960), table 1, as counts of 200
    found = agreement(pairs_of([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), 0.95)
    assert (found.items, found.agreed) == (200, 140)
    assert found.kappa == pytest.approx(0.4915, abs=5e-5)


@pytest.mark.parametrize("seed", range(8))
def test_kappa_is_that_of_an_independent_library(seed):
    table = np.random.default_rng(seed).integers(0, 30, size=(3, 3))
    found = agreement(pairs_of(table.tolist()), 0.95)
    assert found.kappa == pytest.approx(cohens_kappa(table).kappa, abs=1e-12)


def test_the_share_agreed_on_has_its_interval():
    found = agreement(pairs_of([[7, 1], [2, 0]]), 0.95)
    assert found.share == clopper_pearson(7, 10, 0.95)


def test_readers_who_always_say_the_same_one_thing_have_no_kappa():
    found = agreement([("no", "no")] * 30, 0.95)
    assert found.kappa is None
    assert found.agreed == 30
    assert found.share.lower < 0.9


def test_readers_who_never_agree_fall_below_chance():
    assert agreement([("yes", "no"), ("no", "yes")], 0.95).kappa == -1.0


def test_unsure_is_an_answer_of_its_own():
    assert agreement([("unsure", "yes"), ("unsure", "unsure")], 0.95).agreed == 1


def test_nothing_read_by_both_is_no_evidence():
    with pytest.raises(NoEvidence):
        agreement([], 0.95)


def test_a_confidence_outside_zero_and_one_is_refused():
    with pytest.raises(ValueError, match="confidence"):
        agreement([("yes", "yes")], 1.0)
