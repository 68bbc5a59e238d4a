"""Where nobody knows what a scorer misses, no campaign may pass: not early, and not late."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.statistics.sequential import boundaries, certificate, plan_sequential

LEVELS = st.sampled_from(["0.0001", "0.012", "0.024317", "0.04", "0.2", "0.4"])


@settings(max_examples=30, deadline=None)
@given(
    alpha=LEVELS,
    beta=LEVELS,
    limit=st.sampled_from(["0.0002", "0.01", "0.1", "0.5", "0.9"]),
    samples=st.integers(1, 3000) | st.just(10_000),
)
def test_a_design_of_the_lowest_threshold_passes_at_no_count_of_samples(
    alpha, beta, limit, samples
):
    design = replace(
        plan_sequential("0.0001", alpha=alpha, beta=beta, available=samples, fail_theta=limit),
        futility="0",
        pursuit="0",
    )
    table = boundaries(design)
    assert design.cap == samples
    assert not any(at <= design.cap for at in table.pass_at)
    promised = certificate(design, table) if samples <= 300 else None
    assert promised is None or promised.earliest_pass is None
