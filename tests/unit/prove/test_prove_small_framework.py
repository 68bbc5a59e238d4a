"""All questions to one small framework, with answers worked out by hand."""

from dataclasses import replace

import pytest

from shipworthy.cli.frameworks.texts.proof_text import ProofText
from shipworthy.frameworks import read_framework
from shipworthy.frameworks.prove import (
    Inquiry,
    critical_situations,
    discretion_gap,
    prove,
    read_situation,
)
from shipworthy.kernel import Problem
from shipworthy.vocabulary import DeploymentType

TEXT = """\
framework: vault
title: Vault
publisher: the tests
version: "1"
in_force: {from: 2026-01-01}
sources:
  - {id: own, title: t, digest: unknown, location: here, retrieved: unknown, standing: written}
clauses:
  - id: stop
    source: own
    section: one
    paraphrase: a critical model is not deployed
    modality: must
    actor: developer
    category: EC6
    hedges: ["to the extent practicable"]
  - id: secure
    source: own
    section: two
    paraphrase: weights are protected from high on
    modality: must
    actor: developer
    category: S
    hedges: ["where appropriate", "unless the regulator agrees"]
  - id: known
    source: own
    section: three
    paraphrase: high risk follows from a score
    modality: must
    actor: developer
    category: EC2
hedges:
  practicable:
    {phrase: to the extent practicable, kind: feasibility, clause: stop, controlled_by: developer}
  appropriate: {phrase: where appropriate, kind: actor-discretion, clause: secure}
  agreed:
    phrase: unless the regulator agrees
    kind: actor-discretion
    clause: secure
    controlled_by: regulator
deployments: [internal, api]
decisions:
  deploy: {levels: [stop, hold, deploy], go: deploy}
SCOPE
fields:
  cyber:
    levels: [moderate, high, critical]
    riskier: up
    judged_by: lead
    about: what the model can do to computer systems
    concerns: capability
  security: {levels: [SL0, SL1, SL2], riskier: down, judged_by: lead, concerns: security}
  rivals: {levels: ["no", "yes"], riskier: up, judged_by: lead, concerns: context}
rules:
  - id: critical-stops
    title: Critical stops
    gate: deploy
    clauses: [stop]
    when: cyber >= critical
    ceiling: stop
    unless_discretion: practicable
  - id: high-needs-security
    title: High needs security
    gate: deploy
    clauses: [secure, known]
    when: cyber >= high
    requires:
      - {id: level, title: at least SL1, condition: security >= SL1, unless_discretion: SECURITY}
    ceiling: hold
EXTRA
governance:
  roles: {lead: {duty: answers}}
  quorum: [lead]
"""

PERVERSE = """\
  - id: only-few
    title: Without rivals nothing is deployed at high
    gate: deploy
    clauses: [stop]
    when: {all: [cyber >= high, rivals == no]}
    ceiling: hold
"""


@pytest.fixture
def vault(tmp_path):
    def write(security="[appropriate, agreed]", extra="", scope=""):
        text = TEXT.replace("SECURITY", security).replace("EXTRA\n", extra)
        path = tmp_path / "vault.yaml"
        path.write_text(text.replace("SCOPE\n", scope))
        return read_framework(path)

    return write


def ask(document, *conditions, **more):
    situation = read_situation(document, conditions)
    (gate,) = prove(document, Inquiry(situation=situation, **more)).gates
    return gate


def sets(gate, deployment="api"):
    (one,) = (one for one in gate.binding.released if one.deployment == deployment)
    return [shown.hedges for shown in one.sets]


def test_a_critical_capability_is_stopped_charitably_and_let_through_by_one_phrase(vault):
    document = vault()
    assert [one.name for one in critical_situations(document)] == ["cyber == critical"]
    gate = ask(document)
    by_reading = {(one.reading, one.deployment): one for one in gate.critical}
    assert by_reading["charitable", "api"].outcome == "proved"
    assert by_reading["charitable", "api"].stopped_by == ("critical-stops",)
    assert by_reading["hostile", "api"].outcome == "refuted"
    assert by_reading["hostile", "api"].witness.decision == "deploy"
    assert sets(gate) == [("practicable",)]


def test_without_security_it_takes_two_phrases(vault):
    gate = ask(vault(), "cyber >= critical", "security == SL0")
    assert sets(gate) == [("practicable", "appropriate")]
    (one,) = (one for one in gate.binding.released if one.deployment == "api")
    assert one.complete
    assert one.minimal
    assert one.sets[0].forbidden.decision == "stop"
    assert one.sets[0].released.decision == "deploy"
    assert one.sets[0].forbidden.rules == ("critical-stops", "high-needs-security")
    assert one.sets[0].forbidden.clauses == ("stop", "secure", "known")
    named = {setting.name: setting.value for setting in one.sets[0].released.settings}
    assert named == {"cyber": "critical", "security": "SL0"}


def test_one_phrase_is_enough_where_it_stands_in_both_clauses(vault):
    gate = ask(vault("[practicable]"), "cyber >= critical", "security == SL0")
    assert sets(gate) == [("practicable",)]


def test_what_the_regulator_controls_does_not_count_as_hostile(vault):
    gate = ask(vault("[agreed]"), "cyber >= critical", "security == SL0")
    assert sets(gate) == []
    (one,) = (one for one in gate.binding.released if one.deployment == "api")
    assert one.outcome == "proved"
    assert one.blocked_by == ("high-needs-security",)


def test_the_gap_the_floor_and_what_remains(vault):
    document = vault()
    gate = ask(document)
    gap = gate.binding.gap
    assert (gap.count("rule"), gap.rules) == (2, 2)
    assert (gap.count("requirement"), gap.requirements) == (1, 1)
    assert [(one.kind, one.name, one.hedges) for one in gap.vanished] == [
        ("rule", "critical-stops", ("practicable",)),
        ("requirement", "level", ("appropriate",)),
        ("rule", "high-needs-security", ("appropriate",)),
    ]
    assert gate.binding.remaining == ()
    assert {one.outcome for one in gate.binding.floors} == {"refuted"}
    assert {one.hostile.level for one in gate.binding.floors} == {"deploy"}
    assert {one.charitable.level for one in gate.binding.floors} == {"stop"}


def test_each_topic_has_its_outcome_and_what_was_not_asked_has_none(vault):
    assert ask(vault(), "cyber >= critical").outcomes == {
        "monotone": "proved",
        "critical": "refuted",
        "binding": "refuted",
        "floors": "refuted",
    }
    assert ask(vault(), questions=("monotone",)).outcomes == {"monotone": "proved"}
    assert set(ask(vault(), questions=("binding",)).outcomes) == {"binding", "floors"}


def test_a_floor_that_is_not_settled_is_said_in_the_text(vault):
    document = vault()
    found = prove(document, Inquiry(questions=("binding",)))
    (gate,) = found.gates
    open_ = replace(gate, outcomes={"binding": "proved", "floors": "unknown"})
    lines = list(ProofText(document, {}).lines(replace(found, gates=(open_,)), "unknown"))
    assert lines[1:3] == [
        "  hedges loosen and release nothing: proved",
        "  hedges leave the strictest decision that can be forced: unknown",
    ]


def test_every_level_that_hedges_loosen_has_its_phrases(vault):
    gate = ask(vault())
    found = {one.level: [shown.hedges for shown in one.sets] for one in gate.binding.loosened}
    assert found == {"hold": [("practicable",)], "deploy": [("practicable",)]}


def test_rivals_that_lift_a_rule_are_not_monotone(vault):
    calm = ask(vault(), questions=("monotone",))
    assert {one.outcome for one in calm.monotone} == {"proved"}
    assert not any(one.searched for one in calm.monotone)
    perverse = ask(vault(extra=PERVERSE), questions=("monotone",), reading="charitable")
    found = {one.field: one for one in perverse.monotone}
    assert found["cyber"].outcome == "proved"
    rivals = found["rivals"]
    assert rivals.outcome == "refuted"
    assert rivals.safer.decision == "hold"
    assert rivals.riskier.decision == "deploy"
    assert [one.name for one in rivals.riskier.settings] == ["cyber", "rivals"]


def test_a_model_outside_the_scope_is_no_witness(vault):
    scope = "scope: {when: rivals == yes, clauses: [known]}\n"
    gate = ask(vault(scope=scope), deployment=DeploymentType.API)
    (charitable, hostile) = gate.critical
    assert charitable.outcome == "proved"
    settings = {one.name: one.value for one in hostile.witness.settings}
    assert settings == {"cyber": "critical", "rivals": "yes"}


def test_an_encoding_that_marks_nothing_is_never_proved_to_bind(vault, tmp_path):
    text = TEXT.replace("SECURITY", "[appropriate]").replace("EXTRA\n", "").replace("SCOPE\n", "")
    lines = [line for line in text.splitlines() if "unless_discretion: practicable" not in line]
    bare = "\n".join(lines).replace(", unless_discretion: [appropriate]", "")
    head, _, rest = bare.partition("hedges:\n  practicable")
    bare = head + rest[rest.index("deployments:") :] + "\n"
    path = tmp_path / "bare.yaml"
    path.write_text(bare.replace("    concerns: capability\n", ""))
    found = prove(read_framework(path))
    assert found.outcome == "unknown"
    assert len(found.gaps) == 2
    assert "2 clauses have hedge phrases" in found.gaps[1]
    assert not discretion_gap_of(path).vanished


def discretion_gap_of(path):
    from shipworthy.frameworks import compile_rulebook

    return discretion_gap(compile_rulebook(read_framework(path)))


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("cybre >= high", "framework-unknown-field"),
        ("cyber >= hihg", "framework-unknown-level"),
        ("cyber >= moderate", "framework-impossible-threshold"),
        ("{none: [cyber >= high]}", "framework-expression"),
        ("  ", "framework-expression"),
        ("{all: [cyber", "framework-syntax"),
    ],
)
def test_a_situation_has_the_faults_that_a_framework_would_have(vault, condition, code):
    with pytest.raises(Problem) as caught:
        read_situation(vault(), [condition])
    assert caught.value.diagnostics[0].code == code


def test_a_situation_may_combine_conditions(vault):
    document = vault()
    gate = ask(document, "{any: [cyber >= critical, {all: [cyber >= high, security == SL0]}]}")
    assert sets(gate) == [("practicable",), ("appropriate",)]
    assert read_situation(document, []) is None


def test_questions_about_what_the_framework_does_not_cover_are_refused(vault):
    document = vault()
    with pytest.raises(Problem) as caught:
        prove(document, Inquiry(gate="develop"))
    assert caught.value.diagnostics[0].code == "gate-undefined"
    with pytest.raises(Problem) as caught:
        prove(document, Inquiry(deployment=DeploymentType.OPEN_WEIGHTS))
    assert caught.value.diagnostics[0].code == "framework-deployment"


def test_hedges_in_other_hands_prove_nothing_about_the_developer(tmp_path):
    text = TEXT.replace("SECURITY", "[agreed]").replace("EXTRA\n", "").replace("SCOPE\n", "")
    path = tmp_path / "others.yaml"
    path.write_text(text.replace("controlled_by: developer", "controlled_by: third-party"))
    found = prove(read_framework(path), Inquiry(questions=("binding",)))
    assert found.outcome == "unknown"
    assert "that the developer controls" in found.gaps[0]
