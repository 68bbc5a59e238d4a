"""The Preparedness Framework of OpenAI, beta and version 2: known answers of their comparison.

Published changes with their direction, then what the engine says of the encodings. The same table,
with what the engine says beyond it and why, is in `docs/explanation/encodings.md`.

| change                             | expected             | engine                               |
|------------------------------------|----------------------|--------------------------------------|
| medium or below after mitigation   | looser               | dropped natively, self-judged and    |
| became "sufficiently minimize"     | (measurability)      | hostile; kept outside internal use   |
|                                    |                      | where "sufficient" gets a measure    |
| marginal-risk clause               | looser, announced    | looser when used; in the change log  |
| audit became optional testing      | looser               | not executable: clauses, governance  |
| whole gates                        | (not in the list)    | incomparable: version 2 adds duties  |
"""

from collections.abc import Mapping

import msgspec
import pytest

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate, load_framework
from shipworthy.frameworks.common import apply_mapping, choose, common_vocabulary, mappings_of
from shipworthy.frameworks.compare import (
    Change,
    GateComparison,
    RuleFate,
    Scope,
    compare,
)
from shipworthy.frameworks.semantics.readings import both_readings, read_as
from shipworthy.records import AllOf, AnyOf, AtLeast, Atom, Condition, Rulebook
from shipworthy.vocabulary import DeploymentType, Ruling

BETA_ID, TWO_ID = "openai-preparedness-framework-beta", "openai-preparedness-framework-2"
BETA_TEXT, TWO_TEXT = load_framework(BETA_ID), load_framework(TWO_ID)
BETA, TWO = compile_rulebook(BETA_TEXT), compile_rulebook(TWO_TEXT)
CATEGORIES = ("cyber", "cbrn", "persuasion", "autonomy")
TRACKED = ("bio-chem", "cyber", "self-improvement")
EXTERNAL = tuple(kind for kind in DeploymentType if kind is not DeploymentType.INTERNAL)

BETA_FACTS = {
    **{f"{name}.{when}-mitigation": "low" for name in CATEGORIES for when in ("pre", "post")},
    "effective-compute-since-evaluation": "1.4",
    "breakthrough-since-evaluation": "no",
    "elicitation.no-refusals": "yes",
    "elicitation.fine-tuned": "yes",
    "security.high-controls": "no",
    "alignment-evidence": "no",
    "sag-recommendation": "yes",
    "leadership-approval": "yes",
    "board-reversal": "no",
}
TWO_FACTS = {
    **{f"{name}.capability": "below-high" for name in TRACKED},
    **{f"{name}.safeguards-sufficient": "no" for name in TRACKED},
    "critical-standards": "no",
    "misalignment-safeguards": "no",
    "misalignment-report": "no",
    "internal-use.large-scale": "no",
    "capabilities-report": "yes",
    "safeguards-report": "no",
    "elicitation.no-refusals": "yes",
    "elicitation.scaffolded": "yes",
    "elicitation.fine-tuned": "no",
    "security.high-controls": "no",
    "sag-recommendation": "yes",
    "leadership-approval": "yes",
    "board-reversal": "no",
}
SAFEGUARDED = {
    "bio-chem.capability": "high",
    "bio-chem.safeguards-sufficient": "yes",
    "safeguards-report": "yes",
    "misalignment-report": "yes",
}
API = DeploymentType.API


def ruling(rulebook, facts, gate, deployment=API):
    found = evaluate(rulebook, Evidence({}, facts, deployment), gate)
    return found.ruling, found.level_worst, found.level_best


@pytest.mark.parametrize(
    ("changed", "gate", "expected"),
    [
        ({}, "deploy", (Ruling.GO, "deploy", "deploy")),
        ({"cyber.post-mitigation": "medium"}, "deploy", (Ruling.GO, "deploy", "deploy")),
        (
            {"persuasion.post-mitigation": "high"},
            "deploy",
            (Ruling.NO_GO, "do-not-deploy", "do-not-deploy"),
        ),
        (
            {"effective-compute-since-evaluation": "2.1"},
            "deploy",
            (Ruling.NO_GO, "do-not-deploy", "do-not-deploy"),
        ),
        ({"effective-compute-since-evaluation": "2"}, "deploy", (Ruling.GO, "deploy", "deploy")),
        ({"board-reversal": "yes"}, "deploy", (Ruling.NO_GO, "do-not-deploy", "do-not-deploy")),
        ({"cyber.pre-mitigation": "high"}, "develop", (Ruling.NO_GO, "hold", "hold")),
        (
            {"cyber.pre-mitigation": "high", "security.high-controls": "yes"},
            "develop",
            (Ruling.GO, "proceed", "proceed"),
        ),
        (
            {
                "cyber.pre-mitigation": "critical",
                "cyber.post-mitigation": "high",
                "security.high-controls": "yes",
            },
            "develop",
            (Ruling.NO_GO, "stop", "stop"),
        ),
        ({"autonomy.post-mitigation": "critical"}, "develop", (Ruling.NO_GO, "stop", "stop")),
    ],
)
def test_beta_decides_as_worked_out_by_hand(changed, gate, expected):
    assert ruling(BETA, BETA_FACTS | changed, gate) == expected


def test_a_level_that_nobody_scored_is_never_a_go_under_beta():
    facts = {name: value for name, value in BETA_FACTS.items() if name != "cbrn.post-mitigation"}
    assert ruling(BETA, facts, "deploy") == (Ruling.INCONCLUSIVE, "do-not-deploy", "deploy")
    assert ruling(BETA, facts, "develop") == (Ruling.INCONCLUSIVE, "stop", "proceed")


@pytest.mark.parametrize(
    ("changed", "gate", "deployment", "expected"),
    [
        ({}, "deploy", API, Ruling.GO),
        (SAFEGUARDED, "deploy", API, Ruling.GO),
        (SAFEGUARDED | {"safeguards-report": "no"}, "deploy", API, Ruling.NO_GO),
        (SAFEGUARDED | {"misalignment-report": "no"}, "deploy", API, Ruling.NO_GO),
        (SAFEGUARDED | {"bio-chem.safeguards-sufficient": "no"}, "deploy", API, Ruling.NO_GO),
        # At high, insufficient safeguards hold back external deployment only.
        (
            SAFEGUARDED | {"bio-chem.safeguards-sufficient": "no"},
            "deploy",
            DeploymentType.INTERNAL,
            Ruling.GO,
        ),
        (
            {
                "cyber.capability": "high",
                "misalignment-report": "yes",
                "internal-use.large-scale": "yes",
            },
            "deploy",
            DeploymentType.INTERNAL,
            Ruling.NO_GO,
        ),
        # Released weights are elicited by fine-tuning.
        ({}, "deploy", DeploymentType.OPEN_WEIGHTS, Ruling.NO_GO),
        ({"elicitation.fine-tuned": "yes"}, "deploy", DeploymentType.OPEN_WEIGHTS, Ruling.GO),
        ({"cyber.capability": "high"}, "develop", API, Ruling.NO_GO),
        (
            {"cyber.capability": "high", "security.high-controls": "yes"},
            "develop",
            API,
            Ruling.GO,
        ),
        (
            {"cyber.capability": "critical", "security.high-controls": "yes"},
            "develop",
            API,
            Ruling.NO_GO,
        ),
    ],
)
def test_version_two_decides_as_worked_out_by_hand(changed, gate, deployment, expected):
    assert ruling(TWO, TWO_FACTS | changed, gate, deployment)[0] is expected


def test_critical_without_standards_stops_development_and_not_merely_holds_it():
    facts = TWO_FACTS | {"self-improvement.capability": "critical"}
    assert ruling(TWO, facts, "develop") == (Ruling.NO_GO, "stop", "stop")


def test_a_capability_that_nobody_judged_is_never_a_go_under_version_two():
    facts = {name: value for name, value in TWO_FACTS.items() if name != "cyber.capability"}
    assert ruling(TWO, facts, "deploy")[0] is Ruling.INCONCLUSIVE
    assert ruling(TWO, facts, "develop") == (Ruling.INCONCLUSIVE, "stop", "proceed")


def gate(old: Rulebook, new: Rulebook, name: str, deployment=None) -> GateComparison:
    found = compare(old, new, Scope(gate=name, deployment=deployment))
    return found.gates[0]


def fates(rules: tuple[RuleFate, ...]) -> dict[str, str]:
    return {rule.rule.rpartition("/")[2]: rule.fate for rule in rules}


def witness(rules: tuple[RuleFate, ...], name: str) -> dict[str, str]:
    found = next(rule.witness for rule in rules if rule.rule.rpartition("/")[2] == name)
    return {reading.name.rpartition("/")[2]: reading.value for reading in found.readings}


def in_common_terms(name: str, rulebook: Rulebook, reading: str) -> Rulebook:
    vocabulary = common_vocabulary()
    mapping = choose(rulebook, mappings_of(name, rulebook, vocabulary), reading)
    return apply_mapping(rulebook, mapping, vocabulary)


def test_no_level_after_mitigation_binds_version_two():
    found = gate(BETA, TWO, "deploy")
    for category in CATEGORIES:
        assert fates(found.old_rules)[f"deploy-{category}"] == "dropped"
        assert witness(found.old_rules, f"deploy-{category}") == {
            f"{category}.post-mitigation": "high"
        }
    assert found.change is Change.INCOMPARABLE


def test_in_the_hostile_reading_version_two_permits_more_and_forbids_nothing_new():
    found = gate(BETA, both_readings(TWO).hostile, "deploy")
    assert found.change is Change.LOOSER
    assert found.permits_less is None
    assert {name for name, fate in fates(found.old_rules).items() if fate == "dropped"} == {
        "evaluations-current",
        "elicitation",
        *(f"deploy-{category}" for category in CATEGORIES),
    }
    assert not {"safeguards-cyber", "safeguards-bio-chem"} & set(fates(found.new_rules))


@pytest.mark.parametrize("deployment", EXTERNAL)
def test_sufficiently_minimize_holds_the_line_only_where_a_reader_gives_it_a_measure(deployment):
    beta = in_common_terms(BETA_ID, BETA, "literal")
    measured = in_common_terms(TWO_ID, TWO, "literal")
    self_judged = in_common_terms(TWO_ID, TWO, "self-judged")

    kept = gate(beta, measured, "deploy", deployment)
    assert fates(kept.old_rules)["deploy-cyber"] == "kept"
    dropped = gate(beta, self_judged, "deploy", deployment)
    assert fates(dropped.old_rules)["deploy-cyber"] == "dropped"
    assert witness(dropped.old_rules, "deploy-cyber") == {
        "capability.cyber": "significant",
        "residual.cyber": "significant",
    }
    hostile = gate(beta, both_readings(measured).hostile, "deploy", deployment)
    assert fates(hostile.old_rules)["deploy-cyber"] == "dropped"


@pytest.mark.parametrize("reading", ["literal", "narrow-high"])
def test_persuasion_autonomy_and_nuclear_are_no_longer_gated_in_any_reading(reading):
    found = gate(
        in_common_terms(BETA_ID, BETA, reading), in_common_terms(TWO_ID, TWO, reading), "deploy"
    )
    for rule, domain in (
        ("deploy-persuasion", "persuasion"),
        ("deploy-autonomy", "autonomy"),
        ("deploy-cbrn", "nuclear-radiological"),
    ):
        assert fates(found.old_rules)[rule] == "dropped"
        assert f"residual.{domain}" in witness(found.old_rules, rule)


def test_internal_use_at_high_is_looser_even_in_the_measured_reading():
    found = gate(
        in_common_terms(BETA_ID, BETA, "literal"),
        in_common_terms(TWO_ID, TWO, "literal"),
        "deploy",
        DeploymentType.INTERNAL,
    )
    assert fates(found.old_rules)["deploy-cyber"] == "dropped"


def rescaled(rulebook: Rulebook, names: Mapping[str, str]) -> Rulebook:
    """Return beta with its scale before mitigation put onto that of version 2.

    Low and medium are below high there; no rule of beta names them before mitigation, so only
    the names of the fields change in conditions.
    """

    def condition(one: Condition) -> Condition:
        if isinstance(one, Atom):
            assert one.field not in names or one.value in {"high", "critical"}
            return msgspec.structs.replace(one, field=names.get(one.field, one.field))
        assert isinstance(one, AllOf | AnyOf | AtLeast)
        return msgspec.structs.replace(one, of=tuple(condition(member) for member in one.of))

    fields = tuple(
        msgspec.structs.replace(
            field, name=names[field.name], levels=("below-high", "high", "critical")
        )
        if field.name in names
        else field
        for field in rulebook.fields
    )
    rules = tuple(
        msgspec.structs.replace(rule, when=condition(rule.when) if rule.when else None)
        for rule in rulebook.rules
    )
    return msgspec.structs.replace(rulebook, fields=fields, rules=rules)


def test_on_one_scale_security_at_high_is_kept_and_evidence_of_alignment_is_not():
    beta = rescaled(BETA, {"cyber.pre-mitigation": "cyber.capability"})
    found = gate(beta, TWO, "develop")
    assert fates(found.old_rules)["security-cyber"] == "kept"
    assert fates(found.old_rules)["alignment-cyber"] == "dropped"
    assert witness(found.old_rules, "alignment-cyber") == {
        "cyber.capability": "critical",
        "alignment-evidence": "no",
    }
    assert fates(found.new_rules)["halt-cyber"] == "dropped", "the halt at critical is new"


def test_the_marginal_risk_clause_loosens_and_is_announced_and_bounded():
    used = read_as(TWO, {"marginal-risk"})
    found = compare(TWO, used)
    assert found.change is Change.LOOSER
    released = {"safeguards-report", "internal-large-scale", "misalignment-report"} | {
        f"{duty}-{category}" for duty in ("safeguards", "security") for category in TRACKED
    }
    dropped = {
        name
        for one in found.gates
        for name, fate in fates(one.old_rules).items()
        if fate == "dropped"
    }
    assert dropped == released
    assert any("marginal-risk" in entry.clauses for entry in TWO_TEXT.announced)
    hedge = next(one for one in TWO_TEXT.hedges if one.hedge.id == "marginal-risk")
    assert hedge.hedge.kind == "competitors"
    assert hedge.bounded_by.count(";") == 3, "four conditions"
    assert not [one for one in BETA_TEXT.hedges if one.hedge.kind == "competitors"]


def test_audits_became_testing_when_available_and_feasible():
    before, after = (
        {one.element: one.standing for one in text.governance.elements}["external-audit"]
        for text in (BETA_TEXT, TWO_TEXT)
    )
    assert (before, after) == ("present", "absent")
    audits = next(one for one in BETA_TEXT.clauses if one.id == "audits")
    testing = next(one for one in TWO_TEXT.clauses if one.id == "third-party-testing")
    assert (audits.modality, audits.hedges) == ("must", ())
    assert (testing.modality, testing.hedges) == ("may", ("when available and feasible",))


def test_compute_trigger_and_fine_tuning_go_and_open_weights_keep_the_latter():
    found = gate(BETA, TWO, "deploy")
    assert witness(found.old_rules, "evaluations-current") == {
        "effective-compute-since-evaluation": "above 2"
    }
    assert witness(found.old_rules, "elicitation") == {"elicitation.fine-tuned": "no"}
    weights = gate(BETA, TWO, "deploy", DeploymentType.OPEN_WEIGHTS)
    assert fates(weights.old_rules)["elicitation"] == "kept"


@pytest.mark.parametrize("name", ["decision", "board-reversal"])
def test_who_decides_and_who_may_reverse_is_kept(name):
    found = gate(BETA, TWO, "deploy")
    assert fates(found.old_rules)[name] == fates(found.new_rules)[name] == "kept"
    assert BETA.roles == TWO.roles == ("leadership",)


@pytest.mark.parametrize(("name", "rulebook"), [(BETA_ID, BETA), (TWO_ID, TWO)])
def test_the_literal_mapping_is_the_default_and_every_mapping_gives_reasons(name, rulebook):
    mappings = mappings_of(name, rulebook, common_vocabulary())
    assert mappings[0].id == "literal"
    assert len(mappings) > 1, "a rival reading lies beside it"
    assert all(field.rationale for one in mappings for field in one.fields)
