"""The Responsible Scaling Policy of Anthropic, 2.2 and 3.4: known answers of their comparison.

Published changes with their direction, then what the engine says of the encodings. The same table,
with what the engine says beyond it and why, is in `docs/explanation/encodings.md`.

| change                             | expected             | engine                               |
|------------------------------------|----------------------|--------------------------------------|
| 2.2 to 3: unilateral pause became  | looser, announced    | every pause dropped, natively and in |
| competitor-contingent delay        |                      | every pair of readings; change log   |
| 3.3 to 3.4: all cleared staff      | looser, announced    | 3.3 is not encoded: clause and       |
| became at least 200                |                      | change log of 3.4                    |
| 1 to 2: commit to pause became     | looser, silent       | neither is encoded; not asserted     |
| act promptly                       |                      |                                      |
| whole gates                        | (not in the list)    | incomparable: 3.4 adds duties        |
"""

import pytest

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate, load_framework
from shipworthy.frameworks.common import apply_mapping, choose, common_vocabulary, mappings_of
from shipworthy.frameworks.compare import Change, GateComparison, RuleFate, Scope, compare
from shipworthy.frameworks.semantics.readings import both_readings
from shipworthy.records import Rulebook
from shipworthy.vocabulary import DeploymentType, Ruling

OLD_ID = "anthropic-responsible-scaling-policy-2.2"
NEW_ID = "anthropic-responsible-scaling-policy-3.4"
OLD_TEXT, NEW_TEXT = load_framework(OLD_ID), load_framework(NEW_ID)
OLD, NEW = compile_rulebook(OLD_TEXT), compile_rulebook(NEW_TEXT)
OLD_THRESHOLDS = ("cbrn-3", "cbrn-4", "ai-rnd-4", "ai-rnd-5")
NEW_THRESHOLDS = ("non-novel-chem-bio", "novel-chem-bio", "misaligned-systems", "automated-rnd")
SECURITY = ("threat-modelling", "frameworks", "audits", "third-party-environments")
DEPLOYMENT = (
    "threat-modelling",
    "defence-in-depth",
    "red-teaming",
    "rapid-remediation",
    "monitoring",
    "trusted-users",
    "third-party-environments",
)
OFFICERS = {"approval.chief-executive": "yes", "approval.responsible-scaling-officer": "yes"}

OLD_FACTS = {
    **dict.fromkeys(OLD_THRESHOLDS, "shown-below"),
    **{f"asl-3.deployment.{name}": "no" for name in DEPLOYMENT},
    **{f"asl-3.security.{name}": "no" for name in SECURITY},
    "effective-compute-since-assessment": "1.2",
    "post-training-since-assessment": "2",
    "asl-4.safeguards": "no",
    "asl-4.security": "no",
    "interim-measures": "no",
    "misalignment-case": "no",
    "follow-up-assessment": "no",
    "elicitation.no-refusals": "yes",
    "elicitation.fine-tuned": "yes",
    "elicitation.scaffolded": "yes",
    "report-shared": "yes",
    **OFFICERS,
}
ASL_3 = {
    **{f"asl-3.deployment.{name}": "yes" for name in DEPLOYMENT},
    **{f"asl-3.security.{name}": "yes" for name in SECURITY},
    "follow-up-assessment": "yes",
}
NEW_FACTS = {
    **dict.fromkeys(NEW_THRESHOLDS, "below"),
    **{f"{name}.strong-argument": "no" for name in NEW_THRESHOLDS},
    "in-the-lead": "no",
    "competitors-strong": "no",
    "posture-meets-competitors": "no",
    "asl-3-or-better": "yes",
    "significantly-more-capable": "no",
    "off-cycle-analysis": "no",
    "days-in-internal-use": "0",
    "marginal-risk.major": "no",
    "approval.board": "no",
    "approval.long-term-benefit-trust": "no",
    **OFFICERS,
}
API = DeploymentType.API


def decided(rulebook, facts, gate, deployment=API):
    found = evaluate(rulebook, Evidence({}, facts, deployment), gate)
    return found.ruling, found.level_worst, found.level_best


@pytest.mark.parametrize(
    ("changed", "deploy", "develop"),
    [
        ({}, "deploy", "proceed"),
        # Four times the compute, or six months, make an assessment due.
        ({"effective-compute-since-assessment": "3.99"}, "deploy", "proceed"),
        ({"effective-compute-since-assessment": "4"}, "hold", "hold"),
        ({"post-training-since-assessment": "6"}, "hold", "hold"),
        # Not shown to be below counts as surpassed: withdraw and pause without safeguards.
        ({"cbrn-3": "not-shown"}, "withdraw", "pause"),
        ({"cbrn-3": "surpassed"}, "withdraw", "pause"),
        (ASL_3 | {"cbrn-3": "not-shown"}, "deploy", "proceed"),
        (ASL_3 | {"cbrn-3": "surpassed", "asl-3.security.audits": "no"}, "withdraw", "pause"),
        (
            ASL_3 | {"cbrn-3": "surpassed", "asl-3.deployment.monitoring": "no"},
            "withdraw",
            "proceed",
        ),
        (ASL_3 | {"cbrn-3": "surpassed", "follow-up-assessment": "no"}, "hold", "proceed"),
        # Interim measures of equal assurance stand in.
        (
            {"cbrn-3": "surpassed", "interim-measures": "yes", "follow-up-assessment": "yes"},
            "deploy",
            "proceed",
        ),
        # AI R&D-4 asks for security and an affirmative case.
        (ASL_3 | {"ai-rnd-4": "surpassed"}, "withdraw", "proceed"),
        (ASL_3 | {"ai-rnd-4": "surpassed", "misalignment-case": "yes"}, "deploy", "proceed"),
        (ASL_3 | {"ai-rnd-5": "surpassed"}, "withdraw", "pause"),
        ({"approval.chief-executive": "no"}, "hold", "proceed"),
        ({"report-shared": "no"}, "hold", "proceed"),
    ],
)
def test_version_2_2_decides_as_worked_out_by_hand(changed, deploy, develop):
    facts = OLD_FACTS | changed
    assert decided(OLD, facts, "deploy")[1:] == (deploy, deploy)
    assert decided(OLD, facts, "develop")[1:] == (develop, develop)


def test_a_threshold_that_nobody_answered_for_is_never_a_go_under_2_2():
    facts = {name: value for name, value in OLD_FACTS.items() if name != "cbrn-3"}
    assert decided(OLD, facts, "deploy") == (Ruling.INCONCLUSIVE, "withdraw", "deploy")
    assert decided(OLD, facts, "develop") == (Ruling.INCONCLUSIVE, "pause", "proceed")


LED = {"in-the-lead": "yes", "automated-rnd": "crossed"}


@pytest.mark.parametrize(
    ("changed", "deploy", "develop"),
    [
        ({}, "deploy", "proceed"),
        # Crossed, but neither in the lead nor beside strong competitors: no delay is due.
        ({"automated-rnd": "crossed"}, "deploy", "proceed"),
        ({"automated-rnd": "crossed", "asl-3-or-better": "no"}, "hold", "proceed"),
        (LED, "hold", "pause"),
        (LED | {"automated-rnd.strong-argument": "yes"}, "deploy", "proceed"),
        (LED | {"novel-chem-bio.strong-argument": "yes"}, "hold", "pause"),
        ({"competitors-strong": "yes", "misaligned-systems": "crossed"}, "hold", "pause"),
        (
            {
                "competitors-strong": "yes",
                "misaligned-systems": "crossed",
                "posture-meets-competitors": "yes",
            },
            "deploy",
            "proceed",
        ),
        ({"competitors-strong": "yes", "in-the-lead": "yes"}, "deploy", "proceed"),
        # A major marginal-risk argument needs board and trust.
        ({"marginal-risk.major": "yes"}, "hold", "proceed"),
        ({"marginal-risk.major": "yes", "approval.board": "yes"}, "hold", "proceed"),
        (
            {
                "marginal-risk.major": "yes",
                "approval.board": "yes",
                "approval.long-term-benefit-trust": "yes",
            },
            "deploy",
            "proceed",
        ),
        ({"significantly-more-capable": "yes"}, "hold", "proceed"),
        (
            {"significantly-more-capable": "yes", "off-cycle-analysis": "yes"},
            "deploy",
            "proceed",
        ),
    ],
)
def test_version_3_4_decides_as_worked_out_by_hand(changed, deploy, develop):
    facts = NEW_FACTS | changed
    assert decided(NEW, facts, "deploy")[1:] == (deploy, deploy)
    assert decided(NEW, facts, "develop")[1:] == (develop, develop)


@pytest.mark.parametrize(("days", "ruling"), [("30", Ruling.GO), ("31", Ruling.NO_GO)])
def test_an_internal_model_is_analysed_within_thirty_days(days, ruling):
    facts = NEW_FACTS | {"significantly-more-capable": "yes", "days-in-internal-use": days}
    assert decided(NEW, facts, "deploy", DeploymentType.INTERNAL)[0] is ruling


def test_not_knowing_who_leads_is_never_a_go_once_a_threshold_is_crossed():
    facts = {name: value for name, value in NEW_FACTS.items() if name != "in-the-lead"}
    facts |= {"automated-rnd": "crossed"}
    assert decided(NEW, facts, "deploy") == (Ruling.INCONCLUSIVE, "hold", "deploy")
    assert decided(NEW, facts, "develop")[0] is Ruling.INCONCLUSIVE


@pytest.mark.parametrize("rulebook", [OLD, NEW])
def test_release_of_weights_is_not_covered_and_never_a_go(rulebook):
    facts = OLD_FACTS if rulebook is OLD else NEW_FACTS
    assert decided(rulebook, facts, "deploy", DeploymentType.OPEN_WEIGHTS)[0] is Ruling.INCONCLUSIVE


def gate(old: Rulebook, new: Rulebook, name: str) -> GateComparison:
    return compare(old, new, Scope(gate=name)).gates[0]


def fates(rules: tuple[RuleFate, ...]) -> dict[str, str]:
    return {rule.rule.rpartition("/")[2]: rule.fate for rule in rules}


def in_common_terms(name: str, rulebook: Rulebook, reading: str) -> Rulebook:
    vocabulary = common_vocabulary()
    mapping = choose(rulebook, mappings_of(name, rulebook, vocabulary), reading)
    return apply_mapping(rulebook, mapping, vocabulary)


READINGS = [
    (old, new) for old in ("literal", "with-buffer") for new in ("literal", "residual-risk")
]


def test_natively_only_the_approval_of_the_two_officers_is_kept():
    found = gate(OLD, NEW, "deploy")
    assert [name for name, fate in fates(found.old_rules).items() if fate == "kept"] == ["decision"]
    assert [name for name, fate in fates(found.new_rules).items() if fate == "kept"] == ["approval"]
    assert found.change is Change.INCOMPARABLE


@pytest.mark.parametrize(("before", "after"), READINGS)
def test_no_pause_of_2_2_is_kept_in_any_pair_of_readings(before, after):
    for old, new in (
        (OLD, NEW),
        (in_common_terms(OLD_ID, OLD, before), in_common_terms(NEW_ID, NEW, after)),
    ):
        found = gate(old, new, "develop")
        for threshold in OLD_THRESHOLDS:
            assert fates(found.old_rules)[f"pause-{threshold}"] == "dropped"
        assert found.change is Change.INCOMPARABLE, "3.4 delays where 2.2 does not"
        assert found.permits_more is not None
        assert found.permits_less is not None


COMMON = {
    "capability.chem-bio": "significant",
    "capability.nuclear-radiological": "none",
    "capability.ai-rnd": "none",
    "capability.deception": "none",
    "security.weights": "SL2",
    "mitigations": "implemented",
    "safety-case": "written",
}
OWN = {
    f"{OLD_ID}/effective-compute-since-assessment": "1",
    f"{OLD_ID}/post-training-since-assessment": "1",
    f"{NEW_ID}/posture-meets-competitors": "yes",
}


@pytest.mark.parametrize(
    ("others", "before", "after"),
    [
        ({"others-unsafe": "yes", "model.capability": "exceeds"}, "stop", "proceed"),
        ({"others-unsafe": "no", "model.capability": "matches"}, "stop", "proceed"),
        ({"others-unsafe": "no", "model.capability": "exceeds"}, "stop", "stop"),
    ],
)
def test_2_2_stops_alone_and_3_4_only_in_the_lead(others, before, after):
    """Weapons uplift is significant, and the weights are guarded below ASL-3."""
    for name, rulebook, expected in ((OLD_ID, OLD, before), (NEW_ID, NEW, after)):
        common = in_common_terms(name, rulebook, "literal")
        names = {field.name for field in common.fields}
        facts = {key: value for key, value in (COMMON | OWN | others).items() if key in names}
        assert decided(common, facts, "develop")[1:] == (expected, expected)


def test_the_delay_is_announced_and_reports_to_two_hundred_employees_too():
    announced = {entry.since: entry.clauses for entry in NEW_TEXT.announced}
    assert announced["2.2"] == ("delay-in-the-lead", "delay-beside-strong")
    assert announced["3.3"] == ("internal-transparency",)
    clause = next(one for one in NEW_TEXT.clauses if one.id == "internal-transparency")
    assert "at least 200 employees" in clause.paraphrase
    assert not clause.executable


def test_nuclear_and_radiological_thresholds_are_gone():
    found = gate(
        in_common_terms(OLD_ID, OLD, "literal"), in_common_terms(NEW_ID, NEW, "literal"), "deploy"
    )
    rule = next(one for one in found.old_rules if one.rule.endswith("/cbrn-3-security"))
    readings = {reading.name for reading in rule.witness.readings}
    assert rule.fate == "dropped"
    assert readings == {"capability.nuclear-radiological", "security.weights"}
    for domain in ("nuclear", "radiological"):
        before, after = (
            {one.domain: one.standing for one in text.coverage}[domain]
            for text in (OLD_TEXT, NEW_TEXT)
        )
        assert (before, after) == ("threshold", "excluded")


def test_footnote_17_releases_every_pause_and_safeguard_of_2_2():
    hostile = both_readings(OLD).hostile
    assert {rule.id for rule in hostile.rules} == {
        "assessment-current",
        "elicitation",
        "ai-rnd-4-case",
        "follow-up",
        "decision",
        "reports-shared",
        "develop-assessment-current",
    }
    assert compare(OLD, hostile).change is Change.LOOSER


def test_the_recommendations_of_3_4_carry_no_rule_and_say_why():
    clause = next(one for one in NEW_TEXT.clauses if one.id == "recommendations")
    assert clause.modality == "recommend"
    assert not clause.executable
    assert clause.hedges == ("we cannot commit to following them unilaterally",)
    assert both_readings(NEW).hostile.rules == NEW.rules, "no recorded phrase releases a rule"


def test_board_and_trust_both_approve_a_major_argument_from_marginal_risk():
    rights = {one.clause: (one.roles, one.mode) for one in NEW_TEXT.governance.decides}
    assert rights["marginal-risk-approval"] == (("board", "long-term-benefit-trust"), "all")
    found = gate(OLD, NEW, "deploy")
    assert fates(found.new_rules)["marginal-risk"] == "dropped", "2.2 has no such rule"


@pytest.mark.parametrize(("name", "rulebook"), [(OLD_ID, OLD), (NEW_ID, NEW)])
def test_the_literal_mapping_is_the_default_with_a_rival_beside_it(name, rulebook):
    mappings = mappings_of(name, rulebook, common_vocabulary())
    assert mappings[0].id == "literal"
    assert len(mappings) > 1
    assert all(field.rationale for one in mappings for field in one.fields)
