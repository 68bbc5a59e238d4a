"""The laws of `spec/semantics.md`, section 12: no go past what nobody looked at."""

from hypothesis import given
from hypothesis import strategies as st

from shipworthy.frameworks import Case, Evidence, evaluate, matters, unmapped, without_evidence
from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Bounds,
    Fact,
    Finding,
    LevelField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
    ThreatScenario,
)
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.vocabulary import Arm, DeploymentType, Rate, Truth

PLAN = digest_text("plan")
FACTS = tuple(
    LevelField(name=name, levels=("no", "yes"), riskier="up", judged_by="lead")
    for name in ("a", "b", "c")
)
RATE = RateField(name="r", finding="asr.d.bare", riskier="up")
NAMES = ("a", "b", "c", "r")
ALWAYS_SHOWN = Rule(
    id="rule",
    gate="deploy",
    when=None,
    requires=(
        Requirement(
            id="q",
            title="t",
            condition=AnyOf(
                of=(
                    Atom(field="a", operator="==", value="no"),
                    Atom(field="a", operator="==", value="yes"),
                    Atom(field="r", operator="<", value="0.9", bound="upper"),
                )
            ),
            clauses=("c1",),
        ),
    ),
    ceiling="hold",
    clauses=("c1",),
)

atoms = st.one_of(
    st.builds(
        Atom,
        field=st.sampled_from(("a", "b", "c")),
        operator=st.sampled_from(("==", ">=", "<")),
        value=st.just("yes"),
    ),
    st.builds(
        Atom, field=st.just("deployment"), operator=st.just(">="), value=st.sampled_from(("api",))
    ),
)
conditions = st.one_of(
    st.none(),
    atoms,
    st.builds(lambda one, two: AllOf(of=(one, two)), atoms, atoms),
    st.builds(lambda one, two: AnyOf(of=(one, two)), atoms, atoms),
)


@st.composite
def rulebooks(draw):
    scenarios = tuple(
        ThreatScenario(
            id=f"o.s{number}",
            outcome="o",
            about="a",
            when=draw(conditions),
            evidence=tuple(draw(st.sets(st.sampled_from(NAMES), min_size=1))),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    return Rulebook(
        id="laws",
        version="1",
        title="t",
        source_digest=PLAN,
        deployments=("internal", "api"),
        decisions={"deploy": ("hold", "deploy"), "develop": ("hold", "deploy")},
        go={"deploy": "deploy", "develop": "deploy"},
        fields=(*FACTS, RATE),
        rules=(ALWAYS_SHOWN,),
        roles=("lead",),
        scenarios=scenarios,
    )


facts = st.dictionaries(st.sampled_from(("a", "b", "c")), st.sampled_from(("no", "yes")))
rates = st.builds(
    Rate,
    successes=st.just(0),
    attempts=st.integers(0, 2),
    unassessed=st.integers(0, 2),
)
deployments = st.sampled_from((DeploymentType.INTERNAL, DeploymentType.API))


def finding(rate):
    bounds = Bounds(
        method="m",
        alpha="0.05",
        lower="0.000000",
        upper="0.100000",
        upper_adjusted="0.100000",
        scenarios=1,
        scenarios_with_success=0,
        design_effect="1",
    )
    return Finding(
        id=RATE.finding,
        metric="asr",
        domain="d",
        arm=Arm.BARE,
        rate=rate,
        bounds=bounds,
        judges=("j",),
        plan=PLAN,
        blockers=(),
    )


def case_of(book, known, rate, deployment):
    found = {} if rate is None else {RATE.finding: finding(rate)}
    return Case(book, Evidence(findings=found, facts=known, deployment=deployment))


def drafted(book, known, rate, deployment, gate="deploy"):
    return decide(
        book,
        () if rate is None else (finding(rate),),
        tuple(Fact(field=k, value=v, judged_by="Ada", record="r") for k, v in known.items()),
        DraftTerms(
            subject=PLAN,
            plan=PLAN,
            deployment=deployment,
            gate=gate,
            drafted_at="2026-11-22T00:00:00Z",
            expires_at="2026-12-22T00:00:00Z",
        ),
    )


@given(rulebooks(), facts, st.none() | rates, deployments)
def test_a_go_has_evidence_on_each_scenario_that_may_matter(book, known, rate, deployment):
    decision = drafted(book, known, rate, deployment)
    case = case_of(book, known, rate, deployment)
    assert decision.unmapped == unmapped(case)
    if decision.ruling == "go":
        for scenario in book.scenarios:
            if matters(scenario, case) is not Truth.FALSE:
                assert without_evidence(scenario, case) == ()
    else:
        assert decision.missing


@given(rulebooks(), facts, st.none() | rates, deployments)
def test_a_map_changes_the_ruling_alone_and_only_from_go_to_inconclusive(
    book, known, rate, deployment
):
    case = case_of(book, known, rate, deployment)
    plain = evaluate(book, case.evidence, "deploy")
    decision = drafted(book, known, rate, deployment)
    assert (decision.level_worst, decision.level_best) == (plain.level_worst, plain.level_best)
    if decision.ruling != plain.ruling.value:
        assert (plain.ruling.value, decision.ruling) == ("go", "inconclusive")
        assert decision.unmapped
    developing = drafted(book, known, rate, deployment, gate="develop")
    assert developing.unmapped == ()


@given(rulebooks(), facts, rates, deployments, st.sampled_from(NAMES))
def test_withdrawing_evidence_never_maps_a_scenario(book, known, rate, deployment, name):
    before = set(unmapped(case_of(book, known, rate, deployment)))
    fewer = {key: value for key, value in known.items() if key != name}
    after = set(unmapped(case_of(book, fewer, None if name == "r" else rate, deployment)))
    assert before <= after


@given(rulebooks(), facts, st.none() | rates, deployments)
def test_a_campaign_that_started_nothing_is_no_evidence(book, known, rate, deployment):
    case = case_of(book, known, rate, deployment)
    started = rate is not None and rate.attempts + rate.unassessed > 0
    for scenario in book.scenarios:
        assert ("r" in without_evidence(scenario, case)) == (
            "r" in scenario.evidence and not started
        )
