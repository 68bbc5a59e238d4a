"""The Frontier Safety Framework of Google DeepMind, four versions: known answers.

Known changes with their direction, and where the encodings show them:

| change | direction | shown by |
|---|---|---|
| 1.0 to 2.0: 6x compute, 3 months removed | looser | cadence rules dropped |
| 1.0 to 2.0: would hold became may hold | looser | hold rules dropped; modality |
| 1.0 to 2.0: security mapped to levels | stricter | every security rule is new |
| 2.0 to 3.0: 2x became historical rates | looser | rule dropped at a factor of 2 |
| 2.0 to 3.0: hold clause absent | looser | clauses: 2.0 only permits a hold |
| 2.0 to 3.0: councils lose their names | looser | roles: one signature on both sides |
| 3.0 to 3.1: SL2 became SL2+ | stricter | three security rules are new |
| 3.0 to 3.1: updated became reviewed | looser | clauses: no decision depends on it |
| autonomy and persuasion dropped (Z13) | looser | coverage: autonomy only, see below |
| red teaming after deployment (Z14) | looser | phase of the method |
| prevention of access dropped (Z15) | looser | clauses: 1.0 ties no level to it |

Where the encodings say something else than the list, and why:

| finding | why |
|---|---|
| each pair as a whole is incomparable | every version adds and takes away |
| persuasion is not dropped | by our notes it was no threshold of 1.0; it is one from 3.0 |
| 2.0 to 3.0: order of magnitude lost | 3.0 has no number at all |
| 2.0 to 3.0: evaluation inside dropped | 3.0 is triggered by external deployment |
| hostile: no security and no safety case is left | phrases reach as far as they may |
"""

import pytest

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate, load_framework
from shipworthy.frameworks.common import apply_mapping, choose, common_vocabulary, mappings_of
from shipworthy.frameworks.compare import Change, Comparison, GateComparison, RuleFate, compare
from shipworthy.frameworks.semantics.readings import both_readings, hostile_hedges, read_as
from shipworthy.records import LevelField, QuantityField, Rulebook
from shipworthy.vocabulary import DeploymentType, Ruling

VERSIONS = ("1.0", "2.0", "3.0", "3.1")
TEXTS = {v: load_framework(f"google-deepmind-frontier-safety-framework-{v}") for v in VERSIONS}
BOOKS = {version: compile_rulebook(text) for version, text in TEXTS.items()}
PAIRS = (("1.0", "2.0"), ("2.0", "3.0"), ("3.0", "3.1"))
DIFFS: dict[tuple[str, str], Comparison] = {
    (old, new): compare(BOOKS[old], BOOKS[new]) for old, new in PAIRS
}

API, OPEN = DeploymentType.API, DeploymentType.OPEN_WEIGHTS


def gate(pair: tuple[str, str], name: str) -> GateComparison:
    return next(found for found in DIFFS[pair].gates if found.gate == name)


def fates(rules: tuple[RuleFate, ...]) -> dict[str, str]:
    return {rule.rule: rule.fate for rule in rules}


def one(rules: tuple[RuleFate, ...], name: str) -> RuleFate:
    return next(rule for rule in rules if rule.rule == name)


def readings(rules: tuple[RuleFate, ...], name: str) -> dict[str, str]:
    found = one(rules, name).witness
    assert found is not None
    return {reading.name: reading.value for reading in found.readings}


def clause(version: str, name: str):
    return next((entry for entry in TEXTS[version].clauses if entry.id == name), None)


def changes(pair: tuple[str, str], name: str) -> dict[str, Change]:
    top = BOOKS[pair[1]].decisions[name][-1]
    return {
        verdict.deployment: verdict.change
        for verdict in gate(pair, name).levels
        if verdict.level == top
    }


# Situations, worked out by hand from the notes.


def ordinary(version: str) -> dict[str, str]:
    """Every fact at its least risky value."""
    facts = {}
    for field in BOOKS[version].fields:
        if isinstance(field, QuantityField):
            facts[field.name] = "1"
        elif not field.definitions:
            facts[field.name] = field.levels[0 if field.riskier == "up" else -1]
    return facts


# version, gate, deployment, what differs from the least risky facts: ruling and decision
CASES = """
1.0 deploy api : go deploy
1.0 deploy api bio-amateur=alert mitigations-ready=no : no-go hold
1.0 deploy open-weights bio-amateur=reached : go deploy
1.0 develop internal autonomy=alert mitigations-ready=no : no-go hold
1.0 develop internal compute-growth=6 : go proceed
1.0 develop internal compute-growth=6.1 : no-go mitigate
1.0 deploy api fine-tuning-months=4 : no-go mitigate
1.0 deploy api algorithmic-progress-speedup=3 mitigations-ready=no : no-go hold
1.0 deploy api algorithmic-progress-speedup=2.9 mitigations-ready=no : go deploy
2.0 deploy api cbrn-uplift=reached security.level=SL2 : go deploy
2.0 deploy api cbrn-uplift=reached security.level=SL1 : no-go mitigate
2.0 deploy api cyber-cost-reduction=10 governance-acceptance=no : no-go mitigate
2.0 deploy limited cyber-cost-reduction=10 governance-acceptance=no : go deploy
2.0 develop internal ai-progress-speedup=2 security.level=SL2 : no-go mitigate
2.0 develop internal ai-progress-speedup=1.9 security.level=SL2 : go proceed
2.0 deploy open-weights cbrn-uplift=reached : no-go mitigate
2.0 deploy api inability-case=no high-stakes=yes chain-of-thought-monitored=no : no-go mitigate
2.0 deploy api inability-case=no monitoring-case=no high-stakes=yes : go deploy
3.0 deploy api : go deploy
3.0 deploy limited manipulation=reached governance-acceptance=no : no-go mitigate
3.0 deploy api cyber-uplift=reached security.level=SL2 : go deploy
3.0 deploy internal ml-acceleration=reached large-scale-internal=yes safety-case=no : no-go mitigate
3.0 deploy internal ml-acceleration=reached safety-case=no : go deploy
3.0 deploy api evaluated=no material-capability-change=yes : no-go mitigate
3.1 deploy api cyber-uplift=reached security.level=SL2 : no-go mitigate
3.1 deploy api cyber-uplift=reached security.level=SL2-plus : go deploy
3.1 deploy internal stealth-tracked=reached residual-assessment=no : no-go mitigate
3.1 deploy api cbrn-tracked=reached safety-case=no : go deploy
3.1 deploy limited evaluated=no first-external-deployment=yes low-risk-external=yes : go deploy
3.1 deploy limited evaluated=no first-external-deployment=yes low-risk-external=no : no-go mitigate
3.1 deploy api evaluated=no first-external-deployment=yes low-risk-external=yes : no-go mitigate
"""


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_a_situation_is_decided_as_worked_out_by_hand(line):
    situation, _, expected = line.partition(" : ")
    version, name, deployment, *changed = situation.split()
    facts = ordinary(version)
    for fact, _, value in (change.partition("=") for change in changed):
        assert fact in facts
        facts[fact] = value
    evidence = Evidence({}, facts, DeploymentType(deployment))
    found = evaluate(BOOKS[version], evidence, "develop" if name == "develop" else "deploy")
    assert f"{found.ruling.value} {found.level_worst}" == expected
    assert found.level_best == found.level_worst


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["deploy", "develop"])
def test_a_capability_that_nobody_judged_is_never_a_go(version, name):
    shared = {field.name for field in BOOKS[version].fields} & {"cbrn-uplift", "ml-automation"}
    facts = ordinary(version) | {
        "security.level": "SL0",
        "mitigations-ready": "no",
        "safety-case": "no",
    }
    known = {field: value for field, value in facts.items() if field in ordinary(version)}
    for missing in shared:
        thin = {field: value for field, value in known.items() if field != missing}
        found = evaluate(BOOKS[version], Evidence({}, thin, API), name)
        assert found.ruling is Ruling.INCONCLUSIVE


# 1.0 to 2.0


@pytest.mark.parametrize(("name", "suffix"), [("deploy", ""), ("develop", "-develop")])
def test_from_one_to_two_the_cadence_and_the_hold_are_dropped(name, suffix):
    found = gate(("1.0", "2.0"), name)
    assert fates(found.old_rules) == {
        f"evaluated{suffix}": "kept",
        f"cadence{suffix}": "dropped",
        f"hold{suffix}": "dropped",
    }
    assert readings(found.old_rules, f"cadence{suffix}") == {"fine-tuning-months": "above 3"}
    held = one(found.old_rules, f"hold{suffix}").witness
    assert held is not None
    top = BOOKS["2.0"].decisions[name][-1]
    assert (held.old_level, held.new_level) == ("hold", top)
    assert found.change is Change.INCOMPARABLE


def test_no_situation_is_held_from_version_two_on():
    for version in VERSIONS[1:]:
        assert {rule.ceiling for rule in BOOKS[version].rules} == {"mitigate"}
    for name in ("deploy", "develop"):
        levels = gate(("1.0", "2.0"), name).levels
        assert {v.change for v in levels if v.level == "mitigate"} == {Change.LOOSER}


def test_from_one_to_two_security_is_mapped_to_capability():
    for name, suffix in (("deploy", ""), ("develop", "-develop")):
        new = gate(("1.0", "2.0"), name).new_rules
        mapped = {rule: fate for rule, fate in fates(new).items() if rule.startswith("security-")}
        assert set(mapped.values()) == {"dropped"}
        assert len(mapped) == 5
        assert readings(new, f"security-cbrn{suffix}") == {
            "cbrn-uplift": "reached",
            "security.level": "SL1",
        }


def test_from_one_to_two_a_governance_body_has_to_sign():
    found = [(term.what, term.change) for term in DIFFS["1.0", "2.0"].terms]
    assert found == [("role `governance-function` now must sign", Change.STRICTER)]


def test_from_one_to_two_the_hold_goes_from_would_to_may():
    old, new = clause("1.0", "hold"), clause("2.0", "hold")
    assert (old.modality, new.modality) == ("must", "may")
    assert old.executable
    assert not new.executable


def test_from_one_to_two_autonomy_goes_and_full_cbrn_comes():
    covered = {v: {entry.domain for entry in TEXTS[v].coverage} for v in VERSIONS}
    assert covered["1.0"] - covered["2.0"] == {"autonomy"}
    assert covered["2.0"] - covered["1.0"] == {"chemical", "radiological", "nuclear"}
    assert [version for version in VERSIONS if "persuasion" in covered[version]] == ["3.0", "3.1"]


def test_prevention_of_access_is_a_level_of_version_one_only():
    with_level = [version for version in VERSIONS if clause(version, "deployment-level-3")]
    assert with_level == ["1.0"]


def test_red_teaming_moves_behind_deployment_and_back():
    phases = [
        next(method.phase for method in TEXTS[version].evaluations if method.id == "red-team")
        for version in VERSIONS
    ]
    assert phases == ["after", "deployed", "after", "after"]


# 2.0 to 3.0


def test_from_two_to_three_the_numbers_are_lost():
    for name, suffix in (("deploy", ""), ("develop", "-develop")):
        old = gate(("2.0", "3.0"), name).old_rules
        progress = readings(old, f"security-ml-acceleration{suffix}")
        assert progress == {"ai-progress-speedup": "at least 2", "security.level": "SL2-plus"}
        cost = readings(old, f"security-cyber{suffix}")
        assert cost == {"cyber-cost-reduction": "at least 10", "security.level": "SL1"}
    numbers = [
        sum(isinstance(field, QuantityField) for field in BOOKS[version].fields)
        for version in VERSIONS
    ]
    assert numbers == [3, 2, 0, 0]


def test_from_two_to_three_what_the_engine_finds_dropped_and_new():
    found = gate(("2.0", "3.0"), "deploy")
    kept = {rule for rule, fate in fates(found.old_rules).items() if fate == "kept"}
    assert kept == {"security-cbrn", "security-ml-automation"}
    assert readings(found.old_rules, "evaluated") == {"evaluated": "no"}
    assert readings(found.old_rules, "monitoring")["inability-case"] == "no"
    new = {rule for rule, fate in fates(found.new_rules).items() if fate == "dropped"}
    assert new == {"security-manipulation", "open-weights", "safety-case", "large-scale-internal"}
    assert set(changes(("2.0", "3.0"), "deploy").values()) == {Change.INCOMPARABLE}


def test_from_two_to_three_the_hold_clause_is_gone():
    assert [version for version in VERSIONS if clause(version, "hold")] == ["1.0", "2.0"]


def test_from_two_to_three_councils_lose_their_names_and_no_signature_is_lost():
    named = [sum(role.named for role in TEXTS[version].governance.roles) for version in VERSIONS]
    assert named == [0, 3, 0, 0]
    assert DIFFS["2.0", "3.0"].terms == ()
    right = TEXTS["2.0"].governance.decides[0]
    assert (right.mode, len(right.roles)) == ("any", 3)


def test_from_two_to_three_the_case_after_deployment_goes_from_will_to_may():
    modalities = [clause(version, "safety-case-updates").modality for version in ("2.0", "3.0")]
    assert modalities == ["must", "may"]


# 3.0 to 3.1


def test_from_three_to_three_one_security_is_raised_to_two_plus():
    raised = {"security-cbrn", "security-cyber", "security-manipulation"}
    for name, suffix in (("deploy", ""), ("develop", "-develop")):
        found = gate(("3.0", "3.1"), name)
        for rule in (f"{stem}{suffix}" for stem in raised):
            assert one(found.old_rules, rule).covered_by == (rule,)
            assert readings(found.new_rules, rule)["security.level"] == "SL2"
    assert gate(("3.0", "3.1"), "develop").change is Change.STRICTER


def test_from_three_to_three_one_is_looser_only_for_trusted_testers_and_large_scale():
    found = gate(("3.0", "3.1"), "deploy")
    dropped = {rule for rule, fate in fates(found.old_rules).items() if fate == "dropped"}
    assert dropped == {"evaluated", "large-scale-internal"}
    deploy = changes(("3.0", "3.1"), "deploy")
    mixed = {kind for kind, change in deploy.items() if change is Change.INCOMPARABLE}
    assert mixed == {"internal", "limited"}
    assert set(deploy.values()) == {Change.INCOMPARABLE, Change.STRICTER}


def test_updated_yearly_became_reviewed_yearly():
    anchors = [clause(version, "amendment").anchor for version in ("3.0", "3.1")]
    assert anchors == ["updated", "reviewed"]
    months = [TEXTS[version].governance.amendment.review_months for version in VERSIONS]
    assert months == [0, 0, 12, 12]


def test_nothing_is_called_silent_while_the_change_lists_are_not_in_our_notes():
    assert all(text.announced == () for text in TEXTS.values())
    standings = [TEXTS[version].governance.amendment.change_log for version in VERSIONS]
    assert standings == ["absent", "absent", "hedged", "present"]


def test_disclosure_goes_only_to_government_and_only_if_unmitigated():
    for version in VERSIONS[1:]:
        found = clause(version, "disclosure")
        assert (found.modality, found.category) == ("aim", "EC5")
        assert "unmitigated" in found.paraphrase
        assert not found.executable


# Hedges


def test_the_way_out_of_version_one_releases_the_hold():
    facts = ordinary("1.0") | {"bio-expert": "reached", "mitigations-ready": "no"}
    without = read_as(BOOKS["1.0"], {"additional-protocols"})
    evidence = Evidence({}, facts, API)
    assert evaluate(BOOKS["1.0"], evidence, "deploy").level_worst == "hold"
    assert evaluate(without, evidence, "deploy").level_worst == "deploy"


@pytest.mark.parametrize(
    ("version", "used", "deployment"),
    [
        ("2.0", "field-adoption", API),
        ("2.0", "benefits-outweigh", OPEN),
        ("3.0", "otherwise-adequate", API),
        ("3.0", "benefits-outweigh", OPEN),
        ("3.1", "benefits-outweigh", OPEN),
    ],
)
def test_one_phrase_releases_a_model_with_the_weakest_security(version, used, deployment):
    facts = ordinary(version) | {"cbrn-uplift": "reached", "security.level": "SL0"}
    evidence = Evidence({}, facts, deployment)
    assert evaluate(BOOKS[version], evidence, "deploy").level_worst == "mitigate"
    assert evaluate(read_as(BOOKS[version], {used}), evidence, "deploy").level_worst == "deploy"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_hostile_reading_is_looser_and_every_hedge_belongs_to_the_developer(version):
    both = both_readings(BOOKS[version])
    assert compare(both.charitable, both.hostile).change is Change.LOOSER
    assert {hedge.id for hedge in BOOKS[version].hedges} == hostile_hedges(BOOKS[version])


def test_in_the_hostile_reading_no_security_is_left_and_one_and_two_ask_for_nothing():
    left = {v: {rule.id for rule in both_readings(BOOKS[v]).hostile.rules} for v in VERSIONS}
    assert (left["1.0"], left["2.0"]) == (set(), set())
    assert left["3.0"] == {"evaluated"}
    assert left["3.1"] == {"evaluated", "tracked-cbrn", "tracked-stealth"}


# Common terms

VOCABULARY = common_vocabulary()
RIVAL = {"1.0": "reached-as-significant"} | dict.fromkeys(VERSIONS[1:], "reached-as-enabling")
OWN = {
    "1.0": {"compute-growth", "fine-tuning-months"},
    "2.0": {"high-stakes"},
    "3.0": {"large-scale-internal"},
    "3.1": {"low-risk-external", "high-risk-internal"},
}


def common(version: str, reading: str = "") -> Rulebook:
    book = BOOKS[version]
    return apply_mapping(
        book, choose(book, mappings_of(book.id, book, VOCABULARY), reading), VOCABULARY
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_what_could_hide_a_way_out_stays_a_fact_of_its_own_version(version):
    book = BOOKS[version]
    for reading in mappings_of(book.id, book, VOCABULARY):
        mapped = {field.native for field in reading.fields}
        assert set(ordinary(version)) - mapped == OWN[version]
    assert {one.id for one in mappings_of(book.id, book, VOCABULARY)} == {"literal", RIVAL[version]}


@pytest.mark.parametrize("version", VERSIONS)
def test_rival_readings_differ_in_one_direction(version):
    found = compare(common(version), common(version, RIVAL[version])).change
    assert found is (Change.STRICTER if version == "1.0" else Change.LOOSER)


@pytest.mark.parametrize("pair", PAIRS)
def test_no_version_is_stricter_than_the_one_before_in_common_terms(pair):
    found = compare(common(pair[0]), common(pair[1]))
    assert {gate.gate: gate.change for gate in found.gates}["deploy"] is Change.INCOMPARABLE


def test_significant_uplift_at_sl2_passes_three_and_not_three_one():
    for version, expected in (("3.0", "deploy"), ("3.1", "hold")):
        book = common(version)
        facts = {
            field.name: field.levels[0 if field.riskier == "up" else -1]
            for field in book.fields
            if isinstance(field, LevelField) and not field.definitions
        }
        facts |= {"capability.cyber": "significant", "security.weights": "SL2"}
        assert evaluate(book, Evidence({}, facts, API), "deploy").level_worst == expected
