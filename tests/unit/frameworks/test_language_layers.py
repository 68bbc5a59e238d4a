"""The layers of a framework beyond rules: what is read, and every fault with its place."""

import re
from pathlib import Path

import pytest

from full_framework import FULL
from shipworthy.frameworks import compile_rulebook, read_framework
from shipworthy.frameworks.language import shape
from shipworthy.frameworks.taxonomy import DOMAINS, GOVERNANCE_ELEMENTS, HEDGE_KINDS, TOPICS
from shipworthy.kernel import Problem
from shipworthy.records import AllOf, Atom, QuantityField

SPEC = Path(__file__).parents[3] / "spec" / "language.md"
CASES = (Path(__file__).parent / "language_diagnostics.txt").read_text().split("\n\n")

FALLING = "worst:\n    levels: [poor, fair, good]\n    riskier: down"


@pytest.fixture
def read(tmp_path):
    def read(*changes: tuple[str, str]):
        text = FULL
        for old, new in changes:
            assert text.count(old) == 1, f"`{old}` must occur exactly once"
            text = text.replace(old, new)
        file = tmp_path / "f.yaml"
        file.write_text(text)
        return read_framework(file)

    return read


def part(case: str, mark: str) -> str:
    return "\n".join(line[2:] for line in case.splitlines() if line.startswith(mark))


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_reported_with_code_place_and_help(read, case):
    """Lines with `-` are replaced by lines with `+`; lines with `!` are what the author reads."""
    with pytest.raises(Problem) as caught:
        read((part(case, "-"), part(case, "+")))
    found = [one.render().replace(one.location.file, "f") for one in caught.value.diagnostics]
    assert "\n".join(found) == part(case, "!")


def test_every_code_that_the_text_layer_brings_has_a_case():
    shown = set(re.findall(r"error\[framework-([a-z-]+)\]", "\n".join(CASES)))
    assert shown >= {
        "anchor-too-long",
        "hedge-direction",
        "period",
        "summary-too-long",
        "unknown-clause",
        "unknown-domain",
        "unknown-element",
        "unknown-evaluation",
        "unknown-hedge",
        "unknown-role",
        "unknown-term",
        "unknown-topic",
    }


def test_every_key_of_the_language_is_used_by_the_full_example():
    """So that tests over it cover the whole table of keys; `rate` is in other examples."""

    def keys(of: shape.Shape):
        match of:
            case shape.Keys():
                yield from of
                for value in (*of.required.values(), *of.optional.values()):
                    yield from keys(value)
            case shape.Listed() | shape.Table():
                yield from keys(of.of)
            case shape.Either():
                for one in of.of:
                    yield from keys(one)

    absent = {key for key in keys(shape.DOCUMENT) if not re.search(rf"\b{key}:", FULL)}
    assert absent == {"rate", "alpha", "notes", "anchor", "rationale"}


def test_the_layers_are_read(read):
    document = read()
    assert (document.in_force_until, document.supersedes) == ("2026-12-31", "example-0")
    assert document.summary == {"scope": "models above an amount of computation"}
    assert [(one.hedge.id, one.hedge.controlled_by) for one in document.hedges] == [
        ("practicable", "developer"),
        ("others", "regulator"),
    ]
    assert document.terms[0].rests_on == ("severe",)
    assert document.terms[1].definition == ""
    assert [(one.domain, one.standing) for one in document.coverage] == [
        ("cyber", "threshold"),
        ("nuclear", "excluded"),
    ]
    assert document.announced[0].clauses == ("old:c9", "c1")
    assert document.evaluations[0].phase == "before"
    assert document.exemptions[0].reason == "a gate"


def test_a_clause_keeps_what_the_source_says_of_it(read):
    clause = read().clauses[0]
    assert (clause.provenance, clause.level, clause.standard) == (
        "primary",
        "high",
        "uniquely enables",
    )
    assert (clause.topics, clause.domains) == (("thresholds",), ("cyber",))
    assert (clause.deadline, clause.contradicts) == ("2 days", ("c2",))


def test_fields_say_what_they_are_about(read):
    quantity, cyber, _ = read().fields
    assert isinstance(quantity.field, QuantityField)
    assert quantity.field.bound == "upper"
    assert (cyber.concerns, cyber.domains) == ("capability", ("cyber",))
    assert (cyber.measured_by, cyber.baseline) == (("ctf",), "a search engine")


def test_governance_is_read(read):
    governance = read().governance
    assert [(role.id, role.named) for role in governance.roles] == [
        ("lead", True),
        ("board", False),
    ]
    assert governance.decides[0].mode == "any"
    assert [(one.element, one.standing) for one in governance.elements] == [
        ("escalation", "absent"),
        ("go-no-go", "present"),
    ]
    amendment = governance.amendment
    assert (amendment.stricter, amendment.looser) == (("lead",), ("lead", "board"))
    assert (amendment.notice_days, amendment.enumerate_looser, amendment.review_months) == (
        30,
        True,
        12,
    )
    assert (amendment.change_log, amendment.justification) == ("hedged", "absent")


def test_an_amendment_rule_may_be_a_plain_text(read):
    text = FULL[FULL.index("amendment: ") : FULL.index("hedges:\n")].strip()
    assert read((text, "amendment: the board decides")).governance.amendment.text == (
        "the board decides"
    )


def test_the_scope_is_part_of_every_rule(read):
    """Language 1.8."""
    document = read()
    compute = Atom(field="compute", operator=">=", value="100")
    assert document.scope is not None
    assert document.scope.when == compute
    when = compile_rulebook(document).rules[0].when
    assert isinstance(when, AllOf)
    assert when.of[0] == compute
    bare = compile_rulebook(
        read(("when: {all: [worst >= mid, deployment >= api]}", "when: deployment >= api"))
    )
    assert bare.rules[0].when == AllOf(
        of=(compute, Atom(field="deployment", operator=">=", value="api"))
    )
    without = compile_rulebook(read(("    when: {all: [worst >= mid, deployment >= api]}\n", "")))
    assert without.rules[0].when == compute


def test_discretion_is_a_text_or_a_list(read):
    """Language 4.3."""
    rulebook = compile_rulebook(read())
    assert rulebook.rules[0].discretion == ("practicable",)
    assert rulebook.rules[0].requires[0].discretion == ("practicable", "others")
    assert [hedge.id for hedge in rulebook.hedges] == ["practicable", "others"]


def test_a_stated_bound_is_the_default(read):
    assert read().rules[0].bound_unstated == ("q1",)
    assert read(("bound_stated: no", "bound_stated: yes")).rules[0].bound_unstated == ()


def test_no_dates_at_all_leave_the_framework_open_ended(read):
    dates = "in_force: {from: 2026-01-01, until: 2026-12-31, review_by: 2026-06-30}\n"
    document = read((dates, ""))
    assert (document.in_force_from, document.in_force_until, document.review_by) == ("", "", "")


@pytest.mark.parametrize("when", ["worst >= mid", "worst == top", "worst > low", "worst != low"])
def test_a_hedged_definition_may_be_read_the_risky_way(read, when):
    """Language 4.4."""
    text = "      - {level: mid, when: cyber >= high, unless_discretion: others, clauses: [c2]}\n"
    both = text + "      - {level: top, when: cyber >= critical, clauses: [c2]}\n"
    assert read((text, both), ("worst >= mid", when)).rules


def test_a_hedged_definition_of_a_scale_that_falls_is_read_by_risk(read):
    """Language 4.4: a scale of safety has its risky end first."""
    changes = [
        (
            "levels: [low, mid, top]\n    riskier: up",
            "levels: [poor, fair, good]\n    riskier: down",
        ),
        ("level: mid, when", "level: fair, when"),
    ]
    assert read(*changes, ("worst >= mid", "worst <= fair")).rules
    with pytest.raises(Problem) as caught:
        read(*changes, ("worst >= mid", "worst > fair"))
    assert [one.code for one in caught.value.diagnostics] == ["framework-hedge-direction"]


def test_a_scale_without_levels_is_one_fault_wherever_it_is_read(read):
    with pytest.raises(Problem) as caught:
        read(("cyber: {levels: [moderate, high, critical]", "cyber: {levels: []"))
    assert {one.code for one in caught.value.diagnostics} == {"framework-type"}


def test_the_closed_lists_of_the_specification_are_those_of_the_program():
    text = SPEC.read_text()
    for number, listed in enumerate((HEDGE_KINDS, DOMAINS, TOPICS, GOVERNANCE_ELEMENTS), start=1):
        section = text.split(f"\n8.{number} ")[1].split("\n\n8.")[0]
        assert dict(re.findall(r"^\| `(.+?)` \| (.+?) \|$", section, re.MULTILINE)) == listed
