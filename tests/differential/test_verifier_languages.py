"""Figures by language: report and verifier, written apart, say the same to the last digit."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.stages.reporting import language_cells
from shipworthy.stages.reporting.claims.languages import language_claims as told_claims
from shipworthy.statistics import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.exact import MILLION, lower_millionths, upper_millionths
from shipworthy_verify.recount import language_claims

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
ALPHAS = st.sampled_from(
    [Fraction(1, 20), Fraction(303963, 10**7), Fraction(1, 100), Fraction(1, 35)]
)


@given(COUNTS, ALPHAS)
def test_the_limits_are_those_of_clopper_and_pearson_rounded_away(counts, alpha):
    successes, attempts = counts
    upper, lower = (
        limit(successes, attempts, alpha) / MILLION
        for limit in (upper_millionths, lower_millionths)
    )

    assert -1e-9 <= upper - clopper_pearson_upper(successes, attempts, float(alpha)) <= 1.001e-6
    assert -1e-9 <= clopper_pearson_lower(successes, attempts, float(alpha)) - lower <= 1.001e-6


@pytest.mark.parametrize(("successes", "attempts", "percent"), [(0, 10, 258866), (10, 10, MILLION)])
def test_known_limits(successes, attempts, percent):
    assert upper_millionths(successes, attempts, Fraction(1, 20)) == percent


@given(COUNTS, ALPHAS)
def test_more_events_never_lower_a_limit(counts, alpha):
    successes, attempts = counts
    if successes < attempts:
        more = successes + 1
        assert upper_millionths(more, attempts, alpha) >= upper_millionths(
            successes, attempts, alpha
        )
        assert lower_millionths(more, attempts, alpha) >= lower_millionths(
            successes, attempts, alpha
        )


@pytest.mark.parametrize("counts", [(-1, 3), (4, 3), (0, 0)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="no count"):
        upper_millionths(*counts, Fraction(1, 20))


@pytest.mark.parametrize("alpha", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_impossible_levels_are_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        upper_millionths(1, 3, alpha)


ROW = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
LANGUAGE = st.sampled_from(["", "de", "en", "zh"])


@given(
    rows=st.lists(st.tuples(ROW, LANGUAGE), max_size=25),
    metric=st.sampled_from(["asr", "over-refusal", "usefulness"]),
    early=st.booleans(),
)
@settings(max_examples=150)
def test_both_programs_derive_the_same_claims(rows, metric, early):
    clusters = {f"s{number}": list(row) for number, (row, _) in enumerate(rows)}
    spoken = {f"s{number}": tag for number, (_, tag) in enumerate(rows) if tag}
    finding = f"{metric}.fraud.bare"
    cells = language_cells(
        {finding: clusters}, spoken, "0.0303963", {finding} if early and metric == "asr" else ()
    )
    ours = SimpleNamespace(
        tallies={(metric, "fraud", "bare"): SimpleNamespace(rows=clusters)},
        streams=SimpleNamespace(arms={"fraud": {}} if early else {}),
        plan={"submission": {"alpha": "0.0303963"}},
    )
    scenarios = {
        name: {"scenario": {"language": spoken[name]} if name in spoken else {}}
        for name in clusters
    }

    told = {claim.id: claim.value for cell in cells for claim in told_claims(cell)}
    assert told == dict(language_claims(ours, scenarios))
    assert len({cell.language for cell in cells}) != 1


def test_the_limits_of_all_languages_share_the_error():
    rows = {f"s{number}": [0, 1, 0] for number in range(20)}
    two = language_cells({"asr.a.bare": rows}, {f"s{n}": "de" for n in range(10)}, "0.05", ())
    four = language_cells(
        {"asr.a.bare": rows},
        {
            f"s{n}": ("de" if n < 10 else "en" if n < 15 else "fr" if n < 19 else "zh")
            for n in range(20)
        },
        "0.05",
        (),
    )
    (few,) = [cell for cell in two if cell.language == "de"]
    (many,) = [cell for cell in four if cell.language == "de"]

    assert few.scenarios == many.scenarios == 10
    assert float(many.upper) > float(few.upper)
