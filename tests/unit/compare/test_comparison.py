"""Comparisons of small rulebooks by hand: cells, terms, ladders, budget, and the search itself."""

from fractions import Fraction

import msgspec
import pytest

from shipworthy.frameworks import evaluate
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.frameworks.compare import replay as replay_module
from shipworthy.frameworks.compare.assurance.certificate import certificate
from shipworthy.frameworks.compare.cells import number_cells, plain, satisfied
from shipworthy.frameworks.compare.conditions import ALWAYS, NEVER, Several, Within, truth
from shipworthy.frameworks.compare.terms import together
from shipworthy.frameworks.compare.verdicts import compare_with_grounds
from shipworthy.kernel import Problem, canonical_bytes, digest_text
from shipworthy.records import (
    AnyOf,
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy_verify.comparison import verify_comparison

CYBER = LevelField(name="cyber", levels=("moderate", "high", "critical"), riskier="up")
ASR = RateField(name="asr", finding="asr.d.safeguarded", riskier="up")
OWNER = LevelField(name="owner", levels=("no", "yes"), riskier="down")


def rate(limit, bound="upper", sign="<"):
    return Atom(field="asr", operator=sign, value=limit, bound=bound)


def rule(name, when=None, requires=(), ceiling="hold"):
    needed = tuple(
        Requirement(id=f"{name}.{i}", title="q", condition=one, clauses=(f"{name}-number",))
        for i, one in enumerate(requires)
    )
    return Rule(
        id=name, gate="deploy", when=when, requires=needed, ceiling=ceiling, clauses=(name,)
    )


def rulebook(*rules, fields=(CYBER, ASR, OWNER), **changes):
    return Rulebook(
        **{
            "id": "book",
            "version": "1",
            "title": "t",
            "source_digest": digest_text("t"),
            "deployments": ("internal", "api"),
            "decisions": {"deploy": ("stop", "hold", "deploy")},
            "go": {"deploy": "deploy"},
            "fields": fields,
            "rules": rules,
            "roles": ("lead",),
            **changes,
        }
    )


LIMIT = rule("limit", requires=[rate("0.10")])
CRITICAL = rule(
    "critical", when=Atom(field="cyber", operator=">=", value="critical"), ceiling="stop"
)


def test_a_raised_limit_is_looser_between_the_two_limits():
    found = compare(rulebook(LIMIT), rulebook(rule("limit", requires=[rate("0.20")])))
    witness = found.gates[0].permits_more
    assert found.change is Change.LOOSER
    assert [(one.name, one.value) for one in witness.readings] == [
        ("asr.d.safeguarded", "at least 0.1 and below 0.2")
    ]
    assert (witness.old_level, witness.new_level) == ("hold", "deploy")
    assert witness.clauses == ("limit", "limit-number")


def test_a_limit_that_admits_itself_is_looser_at_exactly_that_number():
    found = compare(rulebook(LIMIT), rulebook(rule("limit", requires=[rate("0.10", sign="<=")])))
    assert found.change is Change.LOOSER
    assert found.gates[0].permits_more.readings[0].value == "exactly 0.1"


def test_a_kept_rule_names_the_rules_that_cover_it():
    tight = rule("tight", requires=[rate("0.05")], ceiling="stop")
    found = compare(rulebook(LIMIT), rulebook(tight, CRITICAL))
    assert found.change is Change.STRICTER
    (fate,) = found.gates[0].old_rules
    assert (fate.fate, fate.covered_by) == ("kept", ("tight",))


def test_reading_the_point_instead_of_the_bound_is_never_called_the_same():
    found = compare(rulebook(LIMIT), rulebook(rule("limit", requires=[rate("0.10", "point")])))
    assert found.change is Change.INCOMPARABLE
    assert found.gates[0].only_old == ("asr.d.safeguarded",)
    assert found.gates[0].only_new == ("asr.d.safeguarded.point",)


def test_a_derived_field_is_computed_on_each_side_and_is_no_axis():
    def with_danger(level):
        when = Atom(field="cyber", operator=">=", value=level)
        danger = LevelField(
            name="danger",
            levels=("low", "high"),
            riskier="up",
            definitions=(LevelDefinition(level="high", when=when),),
        )
        bound = rule("danger", when=Atom(field="danger", operator="==", value="high"))
        return rulebook(bound, fields=(CYBER, danger))

    found = compare(with_danger("high"), with_danger("critical"))
    assert found.change is Change.LOOSER
    assert [one.name for one in found.gates[0].permits_more.readings] == ["cyber"]
    assert not found.gates[0].only_old
    assert not found.gates[0].only_new


def test_verdicts_are_given_for_each_deployment_type_and_level():
    here = Atom(field="deployment", operator="==", value="api")
    found = compare(rulebook(rule("api", when=here)), rulebook(CRITICAL))
    verdicts = {(one.deployment, one.level): one.change for one in found.gates[0].levels}
    assert verdicts == {
        ("internal", "hold"): Change.STRICTER,
        ("internal", "deploy"): Change.STRICTER,
        ("api", "hold"): Change.STRICTER,
        ("api", "deploy"): Change.LOOSER,
    }
    assert (
        compare(rulebook(rule("api", when=here)), rulebook(), Scope(gate="deploy"))
        .gates[0]
        .permits_more.deployment
        == "api"
    )


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"alpha": "0.10"}, Change.LOOSER),
        ({"alpha": "0.01"}, Change.STRICTER),
        ({"go": {"deploy": "hold"}}, Change.LOOSER),
        ({"roles": ()}, Change.LOOSER),
        ({"roles": ("lead", "board")}, Change.STRICTER),
        ({"deployments": ("internal",)}, Change.STRICTER),
        ({"deployments": ("internal", "api", "open-weights")}, Change.LOOSER),
        ({"decisions": {}, "go": {}}, Change.LOOSER),
        ({"fields": (CYBER, msgspec.structs.replace(ASR, riskier="down"), OWNER)}, Change.UNKNOWN),
    ],
)
def test_terms_that_no_profile_shows_count(changes, wanted):
    found = compare(rulebook(LIMIT), rulebook(LIMIT, **changes))
    assert [term.change for term in found.terms] == [wanted]
    assert found.change is wanted


SCORE = QuantityField(name="score", unit="percent", riskier="up", judged_by="lead", bound="upper")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"bound": "point"}, "`score` was the upper number of an estimate and is the point one"),
        ({"judged_by": "owner"}, "`lead` judged `score`, and `owner` does now"),
    ],
)
def test_another_number_or_judge_of_a_fact_is_never_called_the_same(change, what):
    limit = rule("limit", requires=[Atom(field="score", operator="<", value="40")])
    old = rulebook(limit, fields=(SCORE,))
    new = rulebook(limit, fields=(msgspec.structs.replace(SCORE, **change),))
    found, grounds = compare_with_grounds(old, new, Scope())
    assert [(term.what, term.change) for term in found.terms] == [(what, Change.UNKNOWN)]
    assert found.change is Change.UNKNOWN
    claim = canonical_bytes(certificate(found, grounds, (old, new), {}))
    checked = verify_comparison(claim, canonical_bytes(old), canonical_bytes(new))
    assert checked.change == "unknown"


def test_a_fact_that_is_derived_elsewhere_has_no_judge_to_compare():
    defined = LevelDefinition(level="high", when=Atom(field="owner", operator="==", value="no"))
    judged = msgspec.structs.replace(CYBER, judged_by="lead")
    derived = msgspec.structs.replace(CYBER, definitions=(defined,))
    old, new = (rulebook(LIMIT, fields=(one, ASR, OWNER)) for one in (judged, derived))
    assert not compare(old, new).terms


def test_a_spent_budget_is_unknown_and_never_stricter():
    split = [
        rule(name, when=Atom(field="cyber", operator=sign, value="high"), requires=[rate("0.10")])
        for name, sign in (("early", "<"), ("late", ">="))
    ]
    found = compare(rulebook(LIMIT), rulebook(*split), Scope(budget=1, engine="boxes"))
    assert found.change is Change.UNKNOWN
    assert found.gates[0].old_rules[0].fate == "unknown"
    assert compare(rulebook(LIMIT), rulebook(*split), Scope(budget=2)).change is Change.EQUIVALENT


def test_levels_with_other_names_need_a_map():
    other = rulebook(
        rule("limit", requires=[rate("0.10")], ceiling="no"),
        decisions={"deploy": ("no", "yes")},
        go={"deploy": "yes"},
    )
    with pytest.raises(Problem, match="has the levels"):
        compare(rulebook(LIMIT), other)
    names = {"stop": "no", "hold": "no", "deploy": "yes"}
    assert compare(rulebook(LIMIT), other, Scope(mapping=names)).change is Change.EQUIVALENT


@pytest.mark.parametrize(
    "names",
    [{"stop": "deploy", "hold": "hold"}, {"deploy": "hold"}, {"stopp": "stop"}, {"stop": "none"}],
)
def test_a_map_that_turns_or_misnames_levels_is_refused(names):
    with pytest.raises(Problem) as caught:
        compare(rulebook(LIMIT), rulebook(LIMIT), Scope(mapping=names))
    assert caught.value.diagnostics[0].code == "compare-map"


@pytest.mark.parametrize(
    "field",
    [
        msgspec.structs.replace(CYBER, levels=("low", "high", "critical")),
        QuantityField(name="cyber", unit="points", riskier="up"),
    ],
)
def test_one_name_for_two_scales_is_refused(field):
    with pytest.raises(Problem) as caught:
        compare(rulebook(LIMIT), rulebook(LIMIT, fields=(field, ASR, OWNER)))
    assert caught.value.diagnostics[0].code == "compare-scales"


def test_a_witness_that_the_evaluator_does_not_confirm_is_never_shown(monkeypatch):
    def contrary(book, case, gate):
        return evaluate(msgspec.structs.replace(book, rules=()), case, gate)

    monkeypatch.setattr(replay_module, "evaluate", contrary)
    with pytest.raises(RuntimeError, match="disagree"):
        compare(rulebook(CRITICAL), rulebook())


def test_cells_meet_at_the_limits_and_keep_single_numbers_apart():
    atoms = [rate("0.10"), rate("0.10", sign="<="), rate("0", sign=">"), rate("1.5")]
    cells = number_cells(atoms, rate=True)
    assert [cell.label for cell in cells] == [
        "at most 0",
        "above 0 and below 0.1",
        "exactly 0.1",
        "above 0.1",
    ]
    assert [satisfied(atom, cells) for atom in atoms] == [0b0011, 0b0111, 0b1110, 0b1111]
    assert all(0 <= cell.low <= cell.high <= 1 for cell in cells)


@pytest.mark.parametrize("text", ["0", "-7", "80.5", "0.0625", "-0.5"])
def test_exact_decimals_are_written_as_they_are(text):
    assert plain(Fraction(text)) == text


def test_truth_over_a_box_is_kleenes():
    low, high = Within(0, 0b01), Within(0, 0b10)
    assert truth(low, (0b11,)) is None
    assert truth(Several(1, (low, high)), (0b11,)) is None
    assert truth(Several(1, (low, high)), (0b01,)) is True
    assert truth(Several(2, (low, high)), (0b10,)) is False
    assert truth(ALWAYS, ()) is True
    assert truth(NEVER, ()) is False


def test_a_proved_loosening_outranks_a_doubt_and_a_doubt_outranks_a_tightening():
    assert together([Change.UNKNOWN, Change.LOOSER]) is Change.LOOSER
    assert together([Change.UNKNOWN, Change.STRICTER]) is Change.UNKNOWN
    assert together([Change.LOOSER, Change.STRICTER]) is Change.INCOMPARABLE
    assert together([]) is Change.EQUIVALENT


def test_a_condition_that_always_holds_settles_where_its_parts_do_not():
    either = AnyOf(of=(rate("0.10"), rate("0.10", sign=">=")))
    found = compare(rulebook(rule("sure", requires=[either])), rulebook())
    assert found.change is Change.EQUIVALENT
