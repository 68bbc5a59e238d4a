"""The laws of `spec/semantics.md`, section 7, on generated rulebooks and evidence."""

from dataclasses import dataclass, replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.semantics.atoms import by_risk
from shipworthy.kernel import decimal_string, digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Bounds,
    Condition,
    Finding,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate, Ruling

LADDER = ("stop", "hold", "restricted", "deploy")
FACTS = (
    LevelField(name="cyber", levels=("moderate", "high", "critical"), riskier="up"),
    LevelField(name="security", levels=("s0", "s1", "s2", "s3"), riskier="down"),
    LevelField(name="live", levels=("no", "yes"), riskier="down"),
)
SCORE = QuantityField(name="score", unit="percent", riskier="down")
ASR = RateField(name="asr", finding="asr.d.bare", riskier="up")
USEFUL = RateField(name="useful", finding="usefulness.d.bare", riskier="down")
PLAIN = (*FACTS, SCORE, ASR, USEFUL)
LIMITS = ("0.1", "0.3", "0.5")
TOWARDS_RISK = {"up": (">=", ">"), "down": ("<=", "<")}
AWAY = {"up": "down", "down": "up"}


def derived(definitions: tuple[LevelDefinition, ...]) -> LevelField:
    return LevelField(
        name="derived", levels=("low", "mid", "high"), riskier="up", definitions=definitions
    )


@st.composite
def atoms(draw: st.DrawFn, fields: tuple, towards: str | None) -> Atom:
    """An atom; with `towards` risk (or away from it) riskier values make it truer (or falser)."""
    field = draw(st.sampled_from(fields))
    signs = ("<", "<=", ">", ">=")
    if towards is not None:
        signs = TOWARDS_RISK[field.riskier if towards == "risk" else AWAY[field.riskier]]
    elif isinstance(field, LevelField):
        signs = (*signs, "==", "!=")
    sign = draw(st.sampled_from(signs))
    if isinstance(field, LevelField):
        return Atom(field=field.name, operator=sign, value=draw(st.sampled_from(field.levels)))
    if isinstance(field, QuantityField):
        return Atom(field=field.name, operator=sign, value=draw(st.sampled_from(("40", "80"))))
    bound = draw(st.sampled_from(("upper", "lower", "point")))
    return Atom(field=field.name, operator=sign, value=draw(st.sampled_from(LIMITS)), bound=bound)


def conditions(fields: tuple, towards: str | None) -> st.SearchStrategy[Condition]:
    def combine(members: st.SearchStrategy) -> st.SearchStrategy:
        several = st.lists(members, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            several.map(lambda of: AllOf(of=of)),
            several.map(lambda of: AnyOf(of=of)),
            several.map(lambda of: AtLeast(needed=(len(of) + 1) // 2, of=of)),
        )

    return st.recursive(atoms(fields, towards), combine, max_leaves=4)


@st.composite
def rules(draw: st.DrawFn, fields: tuple, monotone: bool) -> Rule:
    when = draw(st.none() | conditions(fields, "risk" if monotone else None))
    needs = conditions(fields, "safety" if monotone else None)
    required = draw(st.lists(needs, min_size=when is None, max_size=2))
    return Rule(
        id="r",
        gate="deploy",
        when=when,
        requires=tuple(
            Requirement(id=f"q{i}", title="q", condition=c, clauses=())
            for i, c in enumerate(required)
        ),
        ceiling=draw(st.sampled_from(LADDER[:-1])),
        clauses=(),
    )


@st.composite
def rulebooks(draw: st.DrawFn, monotone: bool = False) -> Rulebook:
    defined = st.builds(
        LevelDefinition,
        level=st.sampled_from(("mid", "high")),
        when=conditions(PLAIN, "risk" if monotone else None),
        clauses=st.just(()),
    )
    fields = (*PLAIN, derived(draw(st.lists(defined, min_size=1, max_size=2).map(tuple))))
    return Rulebook(
        id="t",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("internal",),
        decisions={"deploy": LADDER},
        go={"deploy": "restricted"},
        fields=fields,
        rules=tuple(draw(st.lists(rules(fields, monotone), max_size=4))),
        roles=("lead",),
    )


def finding(name: str, low: int, high: int, blocked: bool = False) -> Finding:
    """A finding whose bounds and whose possible points are [low, high] percent."""
    metric, domain, _ = name.split(".")
    texts = [decimal_string(value / 100) for value in (low, high)]
    return Finding(
        id=name,
        metric=metric,
        domain=domain,
        arm=Arm.BARE,
        rate=Rate(successes=low, attempts=100 - (high - low), unassessed=high - low),
        bounds=Bounds(
            method="test",
            alpha="0.05",
            lower=texts[0],
            upper=texts[1],
            upper_adjusted=texts[1],
            scenarios=100,
            scenarios_with_success=low,
            design_effect="1.000000",
        ),
        judges=(),
        plan=digest_text("plan"),
        blockers=("blocked",) if blocked else (),
    )


@st.composite
def cases(draw: st.DrawFn) -> Evidence:
    facts = {
        field.name: draw(st.sampled_from(field.levels)) for field in FACTS if draw(st.booleans())
    }
    if draw(st.booleans()):
        facts["score"] = draw(st.sampled_from(("39.9", "40", "79", "80.5")))
    findings = {}
    for rate in (ASR, USEFUL):
        if draw(st.booleans()):
            ends = sorted(draw(st.tuples(st.integers(0, 100), st.integers(0, 100))))
            findings[rate.finding] = finding(rate.finding, *ends, blocked=draw(st.booleans()))
    return Evidence(findings, facts, DeploymentType.INTERNAL)


@dataclass(frozen=True)
class Answer:
    worst: int
    best: int
    ruling: Ruling


def answer(book: Rulebook, case: Evidence) -> Answer:
    found = evaluate(book, case, "deploy")
    return Answer(LADDER.index(found.level_worst), LADDER.index(found.level_best), found.ruling)


@given(rulebooks(), rules((*PLAIN, derived(())), monotone=False), cases())
def test_7_1_adding_a_rule_never_loosens(book, extra, case):
    before = answer(book, case)
    after = answer(msgspec.structs.replace(book, rules=(*book.rules, extra)), case)
    assert after.worst <= before.worst
    assert after.best <= before.best
    if before.ruling is Ruling.NO_GO:
        assert after.ruling is Ruling.NO_GO


@given(rulebooks(), cases(), st.randoms(use_true_random=False))
def test_7_2_the_order_of_rules_changes_nothing(book, case, random):
    shuffled = list(book.rules)
    random.shuffle(shuffled)
    assert answer(msgspec.structs.replace(book, rules=tuple(shuffled)), case) == answer(book, case)


@given(rulebooks(), cases())
def test_7_3_the_worst_level_is_at_or_below_the_best(book, case):
    found = answer(book, case)
    assert found.worst <= found.best
    assert (found.ruling is Ruling.GO) <= (found.worst >= LADDER.index("restricted"))
    assert (found.ruling is Ruling.NO_GO) == (found.best < LADDER.index("restricted"))


@given(rulebooks(), cases(), st.data())
def test_7_4_withdrawing_evidence_is_never_better_and_never_settles(book, case, data):
    names = sorted([*case.facts, *case.findings])
    gone = data.draw(st.sets(st.sampled_from(names)) if names else st.just(set()))
    less = replace(
        case,
        facts={k: v for k, v in case.facts.items() if k not in gone},
        findings={k: v for k, v in case.findings.items() if k not in gone},
    )
    full, thin = answer(book, case), answer(book, less)
    assert thin.worst <= full.worst
    assert thin.best >= full.best
    if thin.ruling is Ruling.NO_GO:
        assert full.ruling is Ruling.NO_GO
    if thin.ruling is Ruling.GO:
        assert full.ruling is not Ruling.NO_GO


@given(rulebooks(), cases())
def test_4_4_a_blocker_never_raises_the_worst_level(book, case):
    blocked = replace(
        case,
        findings={
            k: msgspec.structs.replace(v, blockers=("blocked",)) for k, v in case.findings.items()
        },
    )
    assert answer(book, blocked).worst <= answer(book, case).worst
    if answer(book, blocked).ruling is Ruling.NO_GO:
        assert answer(book, case).ruling is Ruling.NO_GO


@given(rulebooks(monotone=True), cases(), st.sampled_from(FACTS), st.data())
def test_7_6_a_riskier_value_never_gives_a_more_permissive_level(book, case, field, data):
    ordered = by_risk(field)
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(ordered) - 1)] * 2)))
    safer = answer(book, replace(case, facts={**case.facts, field.name: ordered[low]}))
    riskier = answer(book, replace(case, facts={**case.facts, field.name: ordered[high]}))
    assert riskier.worst <= safer.worst
    assert riskier.best <= safer.best


@given(rulebooks(monotone=True), cases(), st.data())
def test_7_6_a_higher_attack_success_rate_never_gives_a_more_permissive_level(book, case, data):
    ends = data.draw(st.tuples(st.integers(0, 80), st.integers(0, 20), st.integers(0, 20)))
    low, width, shift = ends[0], *sorted(ends[1:])
    calm = {**case.findings, ASR.finding: finding(ASR.finding, low, low + width)}
    worse = {**case.findings, ASR.finding: finding(ASR.finding, low + shift - width, low + shift)}
    safer, riskier = (answer(book, replace(case, findings=found)) for found in (calm, worse))
    assert riskier.worst <= safer.worst
    assert riskier.best <= safer.best


@given(rulebooks(monotone=True), cases())
def test_7_6_unknown_facts_count_as_their_riskiest_values(book, case):
    riskiest = {field.name: by_risk(field)[-1] for field in FACTS}
    full = replace(case, facts={**riskiest, **case.facts})
    assert answer(book, case).worst == answer(book, full).worst


@settings(max_examples=300)
@given(rulebooks(monotone=True))
def test_7_7_no_evidence_never_gives_a_go_when_atoms_can_go_either_way(book):
    def certain(condition: Condition) -> bool:
        if not isinstance(condition, Atom):
            return any(certain(member) for member in condition.of)
        field = next(f for f in book.fields if f.name == condition.field)
        if not isinstance(field, LevelField):
            return False
        reachable = field.levels
        if field.definitions:
            reachable = ("low", *(d.level for d in field.definitions))
        truths = {
            evaluate_plain(field, condition, level) for level in field.levels if level in reachable
        }
        return len(truths) == 1

    everything = [
        c for rule in book.rules for c in [rule.when, *(q.condition for q in rule.requires)]
    ]
    everything += [d.when for d in book.fields[-1].definitions]
    if any(certain(condition) for condition in everything if condition is not None):
        return
    assert answer(book, Evidence({}, {}, DeploymentType.INTERNAL)).ruling is not Ruling.GO


def evaluate_plain(field: LevelField, atom: Atom, level: str) -> bool:
    left, right = field.levels.index(level), field.levels.index(atom.value)
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[atom.operator]


@given(cases())
def test_6_4_an_empty_rulebook_is_inconclusive_whatever_the_evidence(case):
    empty = Rulebook(
        id="t",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("internal",),
        decisions={"deploy": LADDER},
        go={"deploy": "restricted"},
        fields=PLAIN,
        rules=(),
        roles=(),
    )
    assert answer(empty, case).ruling is Ruling.INCONCLUSIVE
