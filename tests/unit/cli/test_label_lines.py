"""What two readers' agreement is said to be."""

import pytest

from shipworthy.cli.output.label_text import pair_lines
from shipworthy.stages.evaluating.labelling import ReaderPair
from shipworthy.statistics.judged import agreement

NEARLY_ONE = [("no", "no")] * 15 + [("no", "yes")]
"""Agreement on 15 of 16, and a kappa of exactly 0: one reader said the same to everything."""
EVEN = [("no", "no")] * 8 + [("yes", "yes")] * 7 + [("no", "yes")]
SPLIT = [("no", "no"), ("yes", "yes"), ("no", "yes"), ("yes", "no")] * 4


def lines(pairs):
    return list(pair_lines(ReaderPair(first="ada", second="ben", agreement=agreement(pairs, 0.95))))


def test_a_kappa_of_zero_beside_high_agreement_is_explained():
    said = lines(NEARLY_ONE)
    assert "agree on 15/16" in said[0]
    assert "kappa 0.000" in said[0]
    assert "one answer is nearly the only one" in said[1]


@pytest.mark.parametrize("pairs", [EVEN, SPLIT, [("no", "no")] * 5])
def test_a_kappa_that_says_what_it_seems_to_say_is_left_alone(pairs):
    assert len(lines(pairs)) == 1
