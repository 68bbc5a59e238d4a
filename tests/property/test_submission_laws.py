"""Laws of submissions: error is never spent twice, and no number is lost or given twice."""

import tempfile
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import a_scenario, compose
from shipworthy.app.project import Project
from shipworthy.app.registration import read_registry, runner_signer
from shipworthy.evidence import Ledger
from shipworthy.kernel import Problem, digest_of
from shipworthy.records import CampaignRegistered, GateQuestion
from shipworthy.stages.evaluating import next_submission, objections, used_scenarios
from shipworthy.stages.evaluating.planning import ItemSampling, plan_items
from shipworthy.statistics.sequential import submission_alpha
from submitted import a_design, a_subject, seeded, submit

LEVELS = st.integers(1, 499_999).map(lambda n: f"0.{n:06d}")
POOL = [a_scenario(number, domain) for domain in ("cyber", "secrets") for number in range(6)]


def question(subject="m"):
    return GateQuestion(framework="f", gate="deploy", deployment="limited", subject=subject)


def an_entry(scenarios=(), number=1):
    return CampaignRegistered(
        plan=digest_of(number),
        question=question().digest,
        number=number,
        spending="series",
        scenarios=tuple(one.tried for one in scenarios),
        at="2026-01-01T00:00:00Z",
    )


@given(alpha=LEVELS, many=st.integers(1, 400))
def test_whatever_is_submitted_in_series_spends_at_most_the_error_of_the_question(alpha, many):
    spent = Fraction(0)
    for number in range(1, many + 1):
        with suppress(ValueError):
            spent += Fraction(submission_alpha(alpha, number))
    assert spent <= Fraction(alpha)


@given(totals=st.lists(LEVELS, min_size=1, max_size=40))
def test_changing_the_total_from_one_submission_to_the_next_spends_at_most_the_largest(totals):
    """So it is enough that a framework accepts each total."""
    spent = Fraction(0)
    for earlier, alpha in enumerate(totals):
        with suppress(Problem):
            made = next_submission(
                question(), [an_entry(number=n) for n in range(earlier)], "series", alpha
            )
            spent += Fraction(made.alpha)
    assert spent <= max(map(Fraction, totals))


@given(alpha=st.sampled_from(["0.05", "0.01", "0.3"]), number=st.integers(1, 3000))
def test_a_later_submission_never_has_more(alpha, number):
    with suppress(ValueError):
        later = Fraction(submission_alpha(alpha, number + 1))
        assert later <= Fraction(submission_alpha(alpha, number))


@given(
    earlier=st.lists(st.sets(st.integers(0, len(POOL) - 1)), max_size=4),
    cap=st.integers(1, 6),
    seed=st.integers(0, 2**32),
)
def test_a_domain_is_opposed_exactly_when_one_of_its_scenarios_was_tried(earlier, cap, seed):
    entries = [an_entry([POOL[i] for i in sorted(one)], n) for n, one in enumerate(earlier)]
    used = used_scenarios(POOL, entries)
    assert used == {POOL[i].id for one in earlier for i in one}
    sampling = ItemSampling(attacks=("plain",), seed=seed, scenarios_per_domain=cap, used=used)
    items = plan_items(POOL, sampling, compose)
    opposed = objections(items, {one.id: one for one in POOL}, entries)
    for domain in ("cyber", "secrets"):
        planned = {i.scenario for i in items if i.domain == domain}
        free = {one.id for one in POOL if one.domain == domain} - used
        assert opposed.reused[domain] == (len(planned & used), len(planned))
        # nothing used is drawn while something fresh is left
        assert not (planned & used) or free <= planned
        assert bool(opposed.against("asr", domain)) is bool(planned & used)
        assert bool(opposed.against("asr-at-k", domain)) is bool(planned & used)
        assert opposed.against("over-refusal", domain) == ()


class Killed(BaseException):
    """Stands for `kill -9`: nothing that the code could catch on purpose."""


def killed_before(name):
    """Die when the registry is about to be appended to, or signed."""

    def die(*_arguments, **_options):
        raise Killed

    return patch.object(Ledger, name, die)


def killed_after(name):
    original = getattr(Ledger, name)

    def die(*arguments, **options):
        original(*arguments, **options)
        raise Killed

    return patch.object(Ledger, name, die)


DEATHS = {
    "before the entry": lambda: killed_before("append"),
    "after the entry": lambda: killed_after("append"),
    "before a signature": lambda: killed_before("checkpoint"),
    "after the first signature": lambda: killed_after("checkpoint"),
}


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    return a_design(tmp_path_factory.mktemp("assessment"))


@settings(max_examples=60)
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["", "torn", *DEATHS])),
        min_size=1,
        max_size=12,
    )
)
def test_no_order_of_deaths_and_resumptions_loses_a_number_or_gives_it_twice(design, steps):
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "runs")
        given_to = {}
        for seed, death in steps:
            wanted = seeded(design, seed)
            if death in DEATHS:
                with suppress(Killed), DEATHS[death]():
                    submit(wanted, project)
            elif death == "torn" and (project.registry / "entries.jsonl").exists():
                with (project.registry / "entries.jsonl").open("ab") as stream:
                    stream.write(b'{"at":"2026-')
            else:
                made = submit(wanted, project)
                number = made.submission.number
                assert given_to.setdefault(seed, number) == number
        registry = read_registry(project, runner_signer(project.runner_key).public)
        numbers = [entry.number for entry in registry.entries]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len({entry.plan for entry in registry.entries}) == len(numbers)
        for seed, number in given_to.items():
            made = submit(seeded(design, seed), project)
            assert made.submission.number == number
            assert registry.entries[number - 1].plan == made.plan(a_subject()).digest
