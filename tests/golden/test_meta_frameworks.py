"""What is known of Meta's frameworks, found again by the engine in their encodings.

Known answers: the replaced file of 1.1 is looser by its scope alone; 1.1 lets a model out that
enables harm, so long as another model already does; 1.1 against 2 is looser at critical and not
looser at high.
"""

import pytest

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate, load_framework
from shipworthy.frameworks.common import (
    apply_mapping,
    choose,
    common_vocabulary,
    mappings_of,
)
from shipworthy.frameworks.common.standpoints import standpoint, views
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.frameworks.prove import Inquiry, prove, read_situation
from shipworthy.frameworks.semantics.readings import hostile_hedges, read_as
from shipworthy.vocabulary import DeploymentType, Ruling

FIRST = "meta-frontier-ai-framework-1.1"
REPLACED = "meta-frontier-ai-framework-1.1-reupload"
SECOND = "meta-advanced-ai-scaling-framework-2"
DOCUMENTS = {name: load_framework(name) for name in (FIRST, REPLACED, SECOND)}
RULEBOOKS = {name: compile_rulebook(document) for name, document in DOCUMENTS.items()}
OUTCOMES = ("cyber-1", "cyber-2", "cyber-3", "cb-1", "cb-2", "cb-3")

# A model that the first framework covers, evaluated as it asks, without any uplift.
HARMLESS = {
    "capability-beside-frontier": "exceeds",
    "scenarios-evaluated": "yes",
    "elicitation": "scaffolded",
    "mitigations-stress-tested": "yes",
    "mitigations-identified": "yes",
    "weight-access": "few-experts",
    "weights-protected": "yes",
    **{f"{outcome}.uplift": "none" for outcome in OUTCOMES},
    **{f"{outcome}.others-enable": "yes" for outcome in OUTCOMES},
    **{f"{outcome}.mitigable": "no" for outcome in OUTCOMES},
    **{f"{outcome}.post": "moderate" for outcome in OUTCOMES},
}


def clause(name, identifier):
    return next(one for one in DOCUMENTS[name].clauses if one.id == identifier)


def reading_of(name, reading):
    return choose(RULEBOOKS[name], mappings_of(name, RULEBOOKS[name], common_vocabulary()), reading)


def in_common_terms(name, reading):
    return apply_mapping(RULEBOOKS[name], reading_of(name, reading), common_vocabulary())


def standpoint_of(name, reading):
    mapping = reading_of(name, reading)
    return standpoint(DOCUMENTS[name], RULEBOOKS[name], mapping, common_vocabulary())


def decide_first(facts, gate="deploy", deployment=DeploymentType.OPEN_WEIGHTS, rulebook=None):
    book = rulebook or RULEBOOKS[FIRST]
    return evaluate(book, Evidence({}, HARMLESS | facts, deployment), gate)


def fate(rules, name):
    return next(one for one in rules if one.rule.rpartition("/")[2] == name)


def settings(witness):
    return {reading.name: reading.value for reading in witness.readings}


# The two files of 1.1


@pytest.fixture(scope="module")
def uploads():
    scope = Scope(deployment=DeploymentType.OPEN_WEIGHTS)
    return compare(RULEBOOKS[FIRST], RULEBOOKS[REPLACED], scope)


def test_the_replaced_file_is_looser_and_by_nothing_but_its_scope(uploads):
    assert uploads.change is Change.LOOSER
    assert uploads.terms == ()
    assert [gate.change for gate in uploads.gates] == [Change.LOOSER, Change.LOOSER]
    for gate in uploads.gates:
        assert {one.fate for one in gate.new_rules} == {"kept"}
        binding = [one for one in gate.old_rules if one.rule != "stress-test"]
        assert {one.fate for one in binding} == {"dropped"}
        for one in binding:
            assert settings(one.witness)["capability-beside-frontier"] == "matches"


def test_a_model_that_merely_matches_the_frontier_drops_out():
    high = {"capability-beside-frontier": "matches", "cyber-1.uplift": "significant"}
    high["cyber-1.post"] = "high"
    assert decide_first(high).ruling is Ruling.NO_GO
    later = decide_first(high, rulebook=RULEBOOKS[REPLACED])
    # Outside the scope nothing restricts, and nothing was shown either.
    assert later.level_worst == "release"
    assert later.ruling is Ruling.INCONCLUSIVE


def test_what_else_differs_between_the_files_is_in_the_clauses():
    assert clause(FIRST, "non-release").standard == "gives significant uplift towards an outcome"
    assert clause(REPLACED, "non-release").standard == "gives significant uplift towards a scenario"
    assert clause(FIRST, "inclusion-net-new").hedges == ()
    assert clause(REPLACED, "inclusion-net-new").hedges == ("e.g.",)
    assert clause(FIRST, "scope").contradicts == ("scope-glossary",)
    assert DOCUMENTS[REPLACED].announced == ()
    assert DOCUMENTS[REPLACED].supersedes == FIRST


# The uniqueness loophole


def test_the_engine_finds_an_open_release_of_what_another_model_already_enables():
    sensible = in_common_terms(FIRST, "sensible-high")
    literal = in_common_terms(FIRST, "literal")
    scope = Scope(gate="deploy", deployment=DeploymentType.OPEN_WEIGHTS)
    found = compare(sensible, literal, scope)
    witness = found.gates[0].permits_more
    assert found.change is Change.LOOSER
    assert (witness.old_level, witness.new_level) == ("hold", "deploy")
    assert witness.deployment == "open-weights"
    named = settings(witness)
    assert "enabling" in named.values()
    assert "significant" in named.values()
    # The other model is there: its absence is the risky end, and would be a changed field.
    assert "others-enable" not in named
    assert witness.clauses == ("high-entry", "non-release", "high-mitigate")


def test_the_proof_finds_the_same_without_a_rival_reading():
    document = DOCUMENTS[FIRST]
    texts = ["cyber-1.uplift >= enables", "cyber-1.post >= critical", "cyber-1.mitigable == no"]
    inquiry = Inquiry(
        questions=("critical",),
        gate="deploy",
        deployment=DeploymentType.OPEN_WEIGHTS,
        situation=read_situation(document, texts),
        reading="charitable",
    )
    (stopped,) = prove(document, inquiry).gates[0].critical
    assert stopped.outcome == "refuted"
    assert stopped.witness.decision == "release"


def test_more_danger_releases_the_model_that_less_danger_holds():
    danger = {"cyber-1.post": "critical"}
    held = decide_first(danger | {"cyber-1.uplift": "significant"})
    released = decide_first(danger | {"cyber-1.uplift": "enables"})
    alone = decide_first(danger | {"cyber-1.uplift": "enables", "cyber-1.others-enable": "no"})
    assert (held.level_best, held.ruling) == ("do-not-release", Ruling.NO_GO)
    assert (released.level_worst, released.ruling) == ("release", Ruling.GO)
    assert (alone.level_best, alone.ruling) == ("stop", Ruling.NO_GO)


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        (FIRST, ["literal", "sensible-high"]),
        (REPLACED, ["literal", "sensible-high"]),
        (SECOND, ["literal", "substantial-from-limited"]),
    ],
)
def test_readings_stand_side_by_side_and_the_literal_one_is_the_default(name, readings):
    mappings = mappings_of(name, RULEBOOKS[name], common_vocabulary())
    assert [one.id for one in mappings] == readings
    assert choose(RULEBOOKS[name], mappings).id == "literal"


# What hedges leave of 1.1

CRITICAL = {"cyber-1.uplift": "enables", "cyber-1.others-enable": "no", "cyber-1.post": "critical"}


def test_a_critical_model_stops_until_mitigations_are_found_unless_it_is_rated_anew():
    unsolved = CRITICAL | {"mitigations-identified": "no"}
    assert decide_first(unsolved, "develop").level_best == "stop"
    rerated = read_as(RULEBOOKS[FIRST], {"rescope"})
    assert decide_first(unsolved, "develop", rulebook=rerated).level_best == "pause"


def test_the_hostile_reading_develops_on_with_unprotected_weights_by_commercial_practice():
    worst = CRITICAL | {"mitigations-identified": "no", "weights-protected": "no"}
    assert decide_first(worst, "develop").ruling is Ruling.NO_GO
    hedges = hostile_hedges(RULEBOOKS[FIRST])
    assert hedges == {"practicable", "extent-possible", "rescope"}
    hostile = read_as(RULEBOOKS[FIRST], hedges)
    assert decide_first(worst, "develop", rulebook=hostile).ruling is Ruling.GO
    kept = read_as(RULEBOOKS[FIRST], hedges - {"practicable"})
    assert decide_first(worst, "develop", rulebook=kept).ruling is Ruling.NO_GO
    phrase = next(one.phrase for one in RULEBOOKS[FIRST].hedges if one.id == "practicable")
    assert "commercially practicable" in phrase


@pytest.mark.parametrize("name", [FIRST, REPLACED, SECOND])
def test_critical_is_secured_less_than_high_once_its_hedge_is_used(name):
    hedged, plain = clause(name, "security-critical"), clause(name, "security-high")
    assert (hedged.level, plain.level) == ("critical", "high")
    assert "insofar as is technically feasible and commercially practicable" in hedged.hedges
    assert plain.hedges == ()


def test_used_the_hedge_asks_less_of_a_critical_model_than_of_a_high_one():
    hostile = read_as(RULEBOOKS[FIRST], {"practicable"})
    bare = {"weights-protected": "no"}
    high = decide_first(bare | {"cyber-1.uplift": "significant"}, "develop", rulebook=hostile)
    critical = decide_first(
        bare | CRITICAL | {"cyber-1.post": "moderate"}, "develop", rulebook=hostile
    )
    assert (high.ruling, critical.ruling) == (Ruling.NO_GO, Ruling.GO)


def test_hostile_development_at_critical_meets_nothing_in_the_second_framework():
    facts = {
        "compute-at-least-1e26": "yes",
        "model-change": "new-or-substantial",
        "thresholds-assigned": "yes",
        "elicitation": "base",
        "development-risk-acceptable": "no",
        "heightened-access-controls": "no",
        "security-protections": "no",
        "controls-overseen": "no",
        "cb-1.development-contribution": "yes",
    }
    evidence = Evidence({}, facts, DeploymentType.INTERNAL)
    book = RULEBOOKS[SECOND]
    assert evaluate(book, evidence, "develop").level_best == "stop"
    hostile = read_as(book, hostile_hedges(book))
    assert evaluate(hostile, evidence, "develop").ruling is Ruling.GO


# 1.1 against 2


@pytest.mark.parametrize("reading", ["literal", "substantial-from-limited"])
def test_the_stop_at_critical_became_development_on_a_judgement(reading):
    scope = Scope(gate="develop", deployment=DeploymentType.INTERNAL)
    found = compare(in_common_terms(REPLACED, "literal"), in_common_terms(SECOND, reading), scope)
    stop = fate(found.gates[0].old_rules, "critical-stop")
    assert stop.fate == "dropped"
    assert (stop.witness.old_level, stop.witness.new_level) == ("stop", "proceed")
    assert settings(stop.witness)["others-enable"] == "no"
    # Development goes on because somebody judges the risk acceptable.
    assert "development-risk-acceptable" not in settings(stop.witness)
    assert clause(SECOND, "critical-develop").hedges == ("within acceptable levels",)


HIGH_THRESHOLD = [
    # reading of 1.1, reading of 2, what the new text is at high, nearest difference if any
    ("literal", "literal", Change.STRICTER, ("enabling", "significant")),
    ("literal", "substantial-from-limited", Change.STRICTER, ("limited", "limited")),
    ("sensible-high", "literal", Change.EQUIVALENT, None),
    ("sensible-high", "substantial-from-limited", Change.STRICTER, ("limited", "limited")),
]


@pytest.mark.parametrize(("old", "new", "expected", "levels"), HIGH_THRESHOLD)
def test_the_threshold_of_high_is_stricter_or_equal_by_either_reading(old, new, expected, levels):
    sides = (standpoint_of(REPLACED, old), standpoint_of(SECOND, new))
    scope = Scope(gate="deploy", deployment=DeploymentType.LIMITED)
    gate = compare(*views(sides, "deploy", own=False), scope).gates[0]
    assert fate(gate.old_rules, "high-release").fate == "kept"
    added = [fate(gate.new_rules, f"residual-{outcome}") for outcome in OUTCOMES]
    assert {one.fate for one in added} == {"kept" if expected is Change.EQUIVALENT else "dropped"}
    if levels:
        named = settings(added[0].witness)
        assert (named["capability.cyber"], named["residual.cyber"]) == levels


def test_a_leadership_team_became_named_officers():
    (team,) = DOCUMENTS[REPLACED].governance.roles
    assert not team.named
    assert all(role.named for role in DOCUMENTS[SECOND].governance.roles)
    assert len(DOCUMENTS[SECOND].governance.quorum) == 2


def test_no_report_became_a_report_that_the_gate_asks_for():
    assert clause(REPLACED, "disclosure").modality == "aim"
    assert not clause(REPLACED, "disclosure").executable
    report = next(one for one in RULEBOOKS[SECOND].rules if one.id == "report")
    assert report.clauses == ("d1-report",)
    assert set(report.discretion) == {"timely", "report-as-appropriate"}
    sides = (standpoint_of(REPLACED, "literal"), standpoint_of(SECOND, "literal"))
    scope = Scope(gate="deploy", deployment=DeploymentType.CLOSED_PRODUCT)
    gate = compare(*views(sides, "deploy", own=False), scope).gates[0]
    added = fate(gate.new_rules, "report")
    assert added.fate == "dropped"
    assert settings(added.witness)["publication"] == "authorities"


def test_the_first_cyber_outcome_moved_both_ways_and_only_the_texts_say_so():
    before = next(
        one.about for one in DOCUMENTS[REPLACED].fields if one.field.name == "cyber-1.uplift"
    )
    assert "best practice" in before
    assert clause(SECOND, "cyber-1-outcome").standard == (
        "security typical of its class, with casualties or major loss"
    )


def test_a_stop_that_is_announced_is_in_the_change_log():
    announced = {name for entry in DOCUMENTS[SECOND].announced for name in entry.clauses}
    assert {"critical-develop", "high-standard", "d1-report", "officers"} <= announced
    assert {entry.since for entry in DOCUMENTS[SECOND].announced} == {"1.1"}
    assert not {"security-critical", "cy-2", "inherit"} & announced


# The second framework's own defects, as far as the document states them


def test_critical_is_entered_by_two_standards():
    standards = {
        one.standard
        for one in DOCUMENTS[SECOND].clauses
        if one.level == "critical" and one.standard
    }
    assert standards == {
        "could substantially contribute to a scenario",
        "could uniquely enable a scenario",
    }
    assert clause(SECOND, "high-standard").standard in standards


def test_the_reversed_item_contradicts_the_items_around_it():
    assert clause(SECOND, "cy-2-reversed").contradicts == ("cy-1", "cy-2")


def test_who_decides_is_stated_twice():
    modes = {right.clause: right.mode for right in DOCUMENTS[SECOND].governance.decides}
    assert modes == {"decide-or": "any", "decide-approval": "all"}


def test_no_acceptance_number_binds_or_says_which_bound_it_reads():
    numbers = {
        one.id for rule in RULEBOOKS[SECOND].rules for one in rule.requires if one.illustrative
    }
    unstated = {name for one in DOCUMENTS[SECOND].rules for name in one.bound_unstated}
    assert len(numbers) == 5
    assert numbers == unstated


def test_what_is_left_after_mitigations_is_measured_for_chemistry_and_biology_alone():
    measured = {
        one.field.name: one.measured_by
        for one in DOCUMENTS[SECOND].fields
        if one.field.name.endswith(".post")
    }
    assert {name for name, methods in measured.items() if methods} == {
        "cb-1.post",
        "cb-2.post",
        "cb-3.post",
    }


def test_substantial_contribution_rests_on_words_without_a_definition():
    terms = {term.id: term for term in DOCUMENTS[SECOND].terms}
    assert terms["substantially-contribute"].rests_on == ("material-factor",)
    assert not terms["material-factor"].definition
    assert not terms["acceptable-levels"].definition


@pytest.mark.parametrize("name", [FIRST, REPLACED, SECOND])
def test_every_clause_says_how_it_is_known_and_no_phrase_reaches_fifteen_words(name):
    for one in DOCUMENTS[name].clauses:
        assert one.provenance in {"primary", "derived"}
        assert all(len(phrase.split()) < 15 for phrase in (one.anchor, *one.hedges))
