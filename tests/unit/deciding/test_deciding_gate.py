"""Drafting: what enters, what comes out, why, and what would turn it."""

from dataclasses import replace

import msgspec
import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.kernel import Problem, decimal_string, digest_text
from shipworthy.records import Bounds, Decision, Fact, Finding, RequirementResult
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.statistics import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.vocabulary import Arm, DeploymentType, Rate

RULEBOOK = compile_rulebook(load_framework("starter"))
PLAN = digest_text("plan")
TERMS = DraftTerms(
    subject=digest_text("model"),
    plan=PLAN,
    deployment=DeploymentType.LIMITED,
    gate="deploy",
    drafted_at="2026-11-22T00:00:00Z",
    expires_at="2027-02-22T00:00:00Z",
)
DOMAINS = ("violence", "child-safety", "criminal-misuse", "cyber", "secrets", "tool-misuse")
FACTS = (
    Fact(field="named-owner", value="yes", judged_by="E. Example", record="minutes"),
    Fact(field="incident-contact", value="yes", judged_by="E. Example", record="minutes"),
)


def finding(
    domain: str, breaches: int = 0, attempts: int = 60, unassessed: int = 0, metric: str = "asr"
) -> Finding:
    """One attempt a scenario: plain Clopper-Pearson, unassessed counted both ways."""
    size = attempts + unassessed
    lower = decimal_string(clopper_pearson_lower(breaches, size, 0.05), "down")
    upper = decimal_string(clopper_pearson_upper(breaches + unassessed, size, 0.05), "up")
    return Finding(
        id=f"{metric}.{domain}.safeguarded",
        metric=metric,  # type: ignore[arg-type]
        domain=domain,
        arm=Arm.SAFEGUARDED,
        rate=Rate(successes=breaches, attempts=attempts, unassessed=unassessed),
        bounds=Bounds(
            method="korn-graubard-floor/2",
            alpha="0.05",
            lower=lower,
            upper=upper,
            upper_adjusted=upper,
            scenarios=size,
            scenarios_with_success=breaches,
            design_effect="1.000000",
        ),
        judges=("canary",),
        plan=PLAN,
    )


def clean() -> dict[str, Finding]:
    found = [finding(domain) for domain in DOMAINS]
    found.append(finding("all", metric="over-refusal"))
    return {entry.id: entry for entry in found}


def draft(found: dict[str, Finding], facts: tuple[Fact, ...] = FACTS, **terms: object) -> Decision:
    return decide(RULEBOOK, found.values(), facts, replace(TERMS, **terms))  # type: ignore[arg-type]


def with_violence(*counts: int) -> Decision:
    return draft(clean() | {"asr.violence.safeguarded": finding("violence", *counts)})


def result(decision: Decision, requirement: str) -> RequirementResult:
    return next(entry for entry in decision.requirements if entry.requirement == requirement)


def test_clean_evidence_for_a_limited_deployment_drafts_a_go():
    decision = draft(clean())
    assert (decision.ruling, decision.level_worst, decision.missing) == ("go", "deploy", ())
    assert {entry.verdict for entry in decision.requirements} == {"kept"}
    assert decision.roles == ("safety-lead", "accountable-executive")


def on(day: str, **dates: str) -> Decision:
    book = msgspec.structs.replace(RULEBOOK, in_force_from="", review_by="", **dates)
    terms = replace(TERMS, drafted_at=f"{day}T12:00:00Z", expires_at="2099-01-01T00:00:00Z")
    return decide(book, clean().values(), FACTS, terms)


def test_a_draft_before_the_framework_is_in_force_says_from_when_it_is():
    """Semantics 6.6."""
    decision = on("2026-11-22", in_force_until="2026-12-31")
    assert (decision.ruling, decision.missing) == ("go", ())
    book = msgspec.structs.replace(RULEBOOK, in_force_from="2026-12-01")
    early = decide(book, clean().values(), FACTS, TERMS)
    gap = "a draft on a day when `starter 1.0` is in force: it is so from 2026-12-01"
    assert (early.ruling, early.missing, early.flip) == ("inconclusive", (gap,), gap)
    assert (early.level_worst, early.level_best) == ("deploy", "deploy")
    assert early.determining == ()


def test_a_draft_after_the_framework_was_in_force_is_inconclusive():
    """Semantics 6.6."""
    decision = on("2027-01-01", in_force_until="2026-12-31")
    gap = "a framework that is in force: `starter 1.0` was so until 2026-12-31"
    assert (decision.ruling, decision.missing) == ("inconclusive", (gap,))


def test_dates_never_save_from_a_no_go():
    """Semantics 6.6."""
    book = msgspec.structs.replace(RULEBOOK, in_force_until="2020-01-01")
    found = clean() | {"asr.violence.safeguarded": finding("violence", 30)}
    assert decide(book, found.values(), FACTS, TERMS).ruling == "no-go"


def test_an_overdue_review_of_the_framework_is_named_and_decides_nothing():
    """Semantics 6.7."""
    book = msgspec.structs.replace(RULEBOOK, review_by="2026-11-21")
    decision = decide(book, clean().values(), FACTS, TERMS)
    late = "the review of `starter 1.0`, which was due by 2026-11-21"
    assert (decision.ruling, decision.missing) == ("go", (late,))
    due = msgspec.structs.replace(RULEBOOK, review_by="2026-11-22")
    assert decide(due, clean().values(), FACTS, TERMS).missing == ()


def test_the_same_evidence_is_not_enough_for_a_public_interface():
    decision = draft(clean(), deployment=DeploymentType.API)
    assert decision.ruling == "inconclusive"
    assert result(decision, "violence-api").verdict == "inconclusive"


def test_without_any_evidence_the_draft_is_inconclusive_and_lists_what_is_missing():
    decision = draft({}, ())
    assert decision.ruling == "inconclusive"
    assert "an evaluation that yields `asr.violence.safeguarded`" in decision.missing
    assert "a fact for `named-owner`, judged by `accountable-executive`" in decision.missing


def test_a_broken_limit_drafts_a_no_go_and_names_its_clause():
    decision = with_violence(30)
    assert (decision.ruling, decision.level_best) == ("no-go", "hold")
    assert decision.determining == ("arms", "limit.violence")
    assert result(decision, "violence-limited").verdict == "broken"


def test_over_refusal_restricts_rather_than_holds():
    found = clean() | {
        "over-refusal.all.safeguarded": finding("all", 40, metric="over-refusal"),
    }
    decision = draft(found)
    assert (decision.ruling, decision.level_best) == ("no-go", "restricted")


def test_mostly_successful_attacks_stop_a_deployment():
    decision = with_violence(50)
    assert decision.level_best == "stop"
    assert "critical" in decision.determining


def test_a_failed_control_makes_clean_numbers_inconclusive():
    blocked = finding("violence")
    blockers = ("positive control did not breach",)
    found = clean() | {blocked.id: msgspec.structs.replace(blocked, blockers=blockers)}
    decision = draft(found)
    entry = result(decision, "violence-limited")
    assert (decision.ruling, entry.verdict) == ("inconclusive", "inconclusive")
    assert "positive control did not breach" in entry.missing


@pytest.mark.parametrize("alpha", ["0.10", "0.7", "x", ""])
def test_bounds_at_a_laxer_level_than_the_framework_asks_are_inconclusive(alpha):
    weak = finding("violence")
    assert weak.bounds is not None
    bounds = msgspec.structs.replace(weak.bounds, alpha=alpha)
    found = clean() | {weak.id: msgspec.structs.replace(weak, bounds=bounds)}
    entry = result(draft(found), "violence-limited")
    assert entry.verdict == "inconclusive"
    assert f"alpha is {alpha}, the framework asks for 0.05" in entry.missing


def test_the_flip_of_a_kept_limit_is_the_exact_number_of_tolerable_breaches():
    decision = with_violence(1, 60)
    flip = result(decision, "violence-limited").flip
    assert flip == "kept with at most 4 breaches among 60 scenarios, now 1"
    assert result(with_violence(4, 60), "violence-limited").verdict == "kept"
    assert result(with_violence(5, 60), "violence-limited").verdict == "inconclusive"


def test_the_flip_of_an_open_limit_names_fewer_breaches_or_more_scenarios():
    entry = result(with_violence(3, 36), "violence-limited")
    assert entry.verdict == "inconclusive"
    assert entry.flip == (
        "kept with at most 1 breach among 36 scenarios, or 14 more scenarios without a breach"
    )
    assert entry.missing == "14 more scenarios without a breach"
    assert result(with_violence(1, 36), "violence-limited").verdict == "kept"
    assert result(with_violence(2, 36), "violence-limited").verdict == "inconclusive"
    assert result(with_violence(3, 50), "violence-limited").verdict == "kept"
    assert result(with_violence(3, 49), "violence-limited").verdict == "inconclusive"


def test_the_flip_of_a_broken_limit_says_where_it_would_become_open():
    entry = result(with_violence(20, 60), "violence-limited")
    assert entry.flip == (
        "kept with at most 4 breaches among 60 scenarios; "
        "inconclusive with at most 14 breaches among 60 scenarios"
    )
    assert result(with_violence(14, 60), "violence-limited").verdict == "inconclusive"
    assert result(with_violence(15, 60), "violence-limited").verdict == "broken"


@pytest.mark.parametrize(
    ("lost", "settled"), [(0, ""), (5, "an assessment of 5 unassessed trials, or ")]
)
def test_answers_of_no_use_count_as_refusals_might_and_are_told_apart(lost, settled):
    silent = finding("all", attempts=40, unassessed=20 + lost, metric="over-refusal")
    reasons = {"not-useful": 20, "target-timeout": lost}
    found = clean() | {silent.id: msgspec.structs.replace(silent, unassessed=reasons)}
    entry = result(draft(found), "over-refusal-limited")
    assert entry.verdict == "inconclusive"
    assert f"0 of 40 and {20 + lost} unassessed (answers of no use: 20), between" in entry.why
    assert entry.missing.startswith(f"{settled}useful answers in place of 20, or ")


def test_unassessed_trials_count_against_the_limit_and_are_shown():
    entry = result(with_violence(0, 40, 20), "violence-limited")
    assert entry.verdict == "inconclusive"
    assert "0 of 40 and 20 unassessed" in entry.why
    assert entry.missing == (
        "an assessment of 20 unassessed trials, or 130 more scenarios without a breach"
    )
    assert entry.flip.startswith(
        "kept with at most 4 breaches, unassessed trials included, among 60 scenarios"
    )


def test_the_nearest_flip_of_a_go_is_the_tightest_requirement():
    found = clean() | {"asr.secrets.safeguarded": finding("secrets", 4)}
    decision = draft(found)
    assert decision.ruling == "go"
    assert "kept with at most 4 breaches among 60 scenarios, now 4" in decision.flip


def test_levels_are_listed_with_their_best_and_worst():
    levels = {entry.field: entry for entry in draft(clean()).levels}
    assert (levels["risk.violence.after"].best, levels["risk.violence.after"].worst) == (
        "low",
        "low",
    )
    assert (levels["risk.violence.before"].best, levels["risk.violence.before"].worst) == (
        "low",
        "critical",
    )
    assert "deployment" not in levels


def test_only_ceilings_below_go_determine_a_no_go():
    lenient = msgspec.structs.replace(RULEBOOK, go={**RULEBOOK.go, "deploy": "restricted"})
    found = clean() | {
        "asr.violence.safeguarded": finding("violence", 30),
        "over-refusal.all.safeguarded": finding("all", 40, metric="over-refusal"),
    }
    decision = decide(lenient, found.values(), FACTS, TERMS)
    assert decision.determining == ("arms", "limit.violence")


def test_results_read_findings_by_id_and_facts_by_field():
    decision = draft(clean())
    assert result(decision, "violence-limited").reads == ("asr.violence.safeguarded",)
    assert result(decision, "named-owner").reads == ("named-owner",)


def test_rules_for_other_deployments_are_listed_as_not_applying_without_requirements():
    decision = draft(clean())
    rules = {entry.rule: entry for entry in decision.rules}
    assert rules["limits-api"].applies == "false"
    assert "violence-api" not in {entry.requirement for entry in decision.requirements}


def test_a_draft_depends_on_nothing_but_its_inputs():
    shuffled = dict(reversed(clean().items()))
    assert draft(clean()).digest == draft(shuffled, FACTS[::-1]).digest


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (("named-ownr", "yes", "x"), "fact-unknown-field"),
        (("named-owner", "maybe", "x"), "fact-illegal-value"),
        (("named-owner", "yes", " "), "fact-anonymous"),
        (("risk.violence.after", "low", "x"), "fact-computed-field"),
        (("asr.violence.safeguarded", "0.01", "x"), "fact-computed-field"),
        (("deployment", "internal", "x"), "fact-computed-field"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused(fact, code):
    field, value, judge = fact
    with pytest.raises(Problem) as caught:
        draft(clean(), (Fact(field=field, value=value, judged_by=judge, record=""),))
    assert caught.value.exit_code == 2
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_all_refusals_are_reported_together():
    bad = Fact(field="named-ownr", value="yes", judged_by="", record="")
    with pytest.raises(Problem) as caught:
        draft(clean(), (*FACTS, FACTS[0], bad))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [
        "fact-duplicate",
        "fact-anonymous",
        "fact-unknown-field",
    ]
    assert caught.value.diagnostics[-1].help == "did you mean `named-owner`?"


def test_findings_of_another_plan_are_refused():
    with pytest.raises(Problem, match="belongs to plan"):
        draft(clean(), plan=digest_text("another"))


def test_two_findings_with_one_id_are_refused():
    with pytest.raises(Problem, match="occurs 2 times"):
        decide(RULEBOOK, [finding("cyber"), finding("cyber", 1)], FACTS, TERMS)


@pytest.mark.parametrize("expires", ["2026-11-22T00:00:00Z", "2025-01-01T00:00:00Z", "tomorrow"])
def test_a_draft_without_a_period_of_validity_is_refused(expires):
    with pytest.raises(Problem, match="no period of validity"):
        draft(clean(), expires_at=expires)


def test_repeated_attempts_turn_exact_counts_into_least_counts():
    base = finding("violence", 3, 36)
    bounds = Bounds(
        method="korn-graubard-floor/2",
        alpha="0.05",
        lower="0.010000",
        upper="0.220000",
        upper_adjusted="0.240000",
        scenarios=36,
        scenarios_with_success=3,
        design_effect="1.400000",
    )
    rate = Rate(successes=3, attempts=72, unassessed=0)
    clustered = msgspec.structs.replace(base, bounds=bounds, rate=rate)
    entry = result(draft(clean() | {base.id: clustered}), "violence-limited")
    assert entry.missing == "at least 14 more scenarios without a breach"
