"""Comparisons and certificates against somebody who wants a better verdict than the true one."""

import msgspec
import pytest

from assessments import shipworthy
from shipworthy.cli.frameworks.texts.comparison_text import comparison_lines
from shipworthy.cli.output.streams import Output
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.frameworks.compare.assurance.certificate import certificate
from shipworthy.frameworks.compare.correspondence.scales import FieldMap, mapped
from shipworthy.frameworks.compare.verdicts import compare_with_grounds
from shipworthy.kernel import Problem, canonical_bytes, digest_text
from shipworthy.records import (
    AllOf,
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    Rule,
    Rulebook,
)
from shipworthy_verify.comparison import verify_comparison
from shipworthy_verify.comparison.__main__ import run
from shipworthy_verify.reading import Refused

COMPUTE = QuantityField(name="x", unit="u", riskier="up", judged_by="a")
LOOP = LevelField(
    name="d",
    levels=("a", "b"),
    riskier="up",
    definitions=(LevelDefinition(level="b", when=Atom(field="d", operator="==", value="a")),),
)
WHERE = {"kind": "level", "name": "deployment"}


def limit(value, *fields, ladder=("no", "yes"), ceiling="no", field="x"):
    """A rulebook that forbids what reaches a limit."""
    return Rulebook(
        id="book",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("api",),
        decisions={"deploy": ladder},
        go={"deploy": ladder[-1]},
        fields=fields or (COMPUTE,),
        rules=(
            Rule(
                id="r",
                gate="deploy",
                when=Atom(field=field, operator=">=", value=value),
                requires=(),
                ceiling=ceiling,
                clauses=("c",),
            ),
        ),
        roles=("a",),
    )


def claim(old, new, axes, tree, **changes):
    """A certificate that says: equivalent, by the same proof for both sides."""
    proof = {"rule": 0, "level": 1, "deployments": ["api"], "tree": tree}
    shown = {"kept": [proof], "dropped": [], "permitted": []}
    gate = {
        "gate": "deploy",
        "change": "equivalent",
        "deployments": ["api"],
        "axes": axes,
        "levels": [["api", "yes", "equivalent"]],
        "old": shown,
        "new": shown,
    }
    return {
        "format": "shipworthy-comparison/1",
        "old": old.digest,
        "new": new.digest,
        "map": {},
        "change": "equivalent",
        "gates": [gate],
        **changes,
    }


def check(found, old, new):
    return verify_comparison(canonical_bytes(found), canonical_bytes(old), canonical_bytes(new))


def refused(found, old, new):
    with pytest.raises(Refused) as caught:
        check(found, old, new)
    return caught.value.code


def certified(old, new):
    comparison, grounds = compare_with_grounds(old, new, Scope())
    return certificate(comparison, grounds, (old, new), {})


def at(cuts):
    return [WHERE, {"kind": "quantity", "name": "x", "cuts": cuts}]


HALVES = {"axis": 1, "parts": [[[0], -1], [[1], 0]]}


def test_the_control_of_these_forgeries_is_a_certificate_that_holds():
    old, new = limit("40"), limit("40")
    assert check(claim(old, new, at([["40", 0]]), HALVES), old, new).change == "equivalent"


def test_a_number_with_seven_cells_cannot_stand_in_for_the_deployment_type():
    # `api` is cell 4: a proof "for api" would be about 4 <= x < 40 alone, where nothing binds
    old, new = limit("40"), limit("100")
    cuts = [[number, 0] for number in ("1", "2", "3", "4", "40", "100")]
    axes = [{"kind": "quantity", "name": "x", "cuts": cuts}]
    assert refused(claim(old, new, axes, -1), old, new) == "SV-DIFF-FORMAT"


def test_another_scale_with_seven_levels_cannot_stand_in_for_the_deployment_type():
    scale = LevelField(name="x", levels=tuple("abcdefg"), riskier="up", judged_by="a")
    old, new = limit("f", scale), limit("g", scale)
    axes = [{"kind": "level", "name": "x"}, WHERE]
    assert refused(claim(old, new, axes, -1), old, new) == "SV-DIFF-FORMAT"


def test_an_axis_that_stands_twice_is_refused():
    old, new = limit("40"), limit("40")
    axes = [*at([["40", 0]]), at([["40", 0]])[1]]
    assert refused(claim(old, new, axes, HALVES), old, new) == "SV-DIFF-FORMAT"


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(COMPUTE, unit="thousand u"),
        LevelField(name="x", levels=("0", "40"), riskier="up", judged_by="a"),
    ],
)
def test_one_name_for_two_scales_cannot_be_certified(other):
    old, new = limit("40"), limit("40", other)
    with pytest.raises(Problem):
        compare(old, new)
    axes = at([["40", 0]])
    assert refused(claim(old, new, axes, HALVES), old, new) == "SV-DIFF-CUT"


def test_another_number_of_an_estimate_is_not_taken_for_the_same():
    # below 40 by the lower bound is a far weaker promise than below 40 by the upper one
    old, new = (
        limit("40", msgspec.structs.replace(COMPUTE, bound=bound)) for bound in ("upper", "lower")
    )
    assert compare(old, new).change is Change.UNKNOWN
    assert refused(claim(old, new, at([["40", 0]]), HALVES), old, new) == "SV-DIFF-VERDICT"
    assert check(certified(old, new), old, new).change == "unknown"


def test_a_scale_map_does_not_hide_another_number_of_an_estimate():
    old = limit("40", msgspec.structs.replace(COMPUTE, bound="upper"))
    new = limit("40", msgspec.structs.replace(COMPUTE, name="y", bound="lower"), field="y")
    same = FieldMap(field="x", to="y", levels={}, rationale="the same thing")
    assert compare(old, new, Scope(fields=(same,))).change is Change.UNKNOWN
    renamed = mapped(old, new, [same])
    assert check(certified(renamed, new), renamed, new).change == "unknown"


def test_no_map_makes_a_go_of_what_was_none():
    # with `held` called `yes`, a model that could not ship and now can would look the same
    old = limit("40", ladder=("no", "held", "yes"), ceiling="held")
    new = msgspec.structs.replace(limit("40"), rules=())
    with pytest.raises(Problem) as caught:
        compare(old, new, Scope(mapping={"held": "yes"}))
    assert caught.value.diagnostics[0].code == "compare-map"
    forged = claim(old, new, [WHERE], -1, map={"held": "yes"})
    nothing = {"kept": [], "dropped": [], "permitted": []}
    forged["gates"][0] |= {"old": nothing, "new": nothing}
    assert refused(forged, old, new) == "SV-DIFF-VERDICT"


def test_a_map_of_decision_levels_is_told_wherever_the_verdict_is(tmp_path, capsys):
    old = limit("40", ladder=("no", "held", "yes"), ceiling="no")
    new = limit("40", ladder=("no", "held", "yes"), ceiling="held")
    names = {"no": "held"}
    comparison, grounds = compare_with_grounds(old, new, Scope(mapping=names))
    assert comparison.change is Change.EQUIVALENT
    assert comparison.levels == names
    lines = list(comparison_lines(comparison, Output("plain")))
    assert any("assumed" in line and "`no`" in line and "`held`" in line for line in lines)
    files = [tmp_path / name for name in ("c.json", "o.json", "n.json")]
    parts = (certificate(comparison, grounds, (old, new), names), old, new)
    for path, part in zip(files, parts, strict=True):
        path.write_bytes(canonical_bytes(part))
    assert run([str(path) for path in files]) == 0
    assert "assumed: `no` of the old framework is `held` of the new one" in capsys.readouterr().out


def test_a_witness_is_not_called_the_nearest_while_another_rule_was_left_unanswered():
    fields = tuple(msgspec.structs.replace(COMPUTE, name=name) for name in "xyz")
    x, y, z, past = (
        Atom(field=name, operator=sign, value=value)
        for name, sign, value in (
            ("x", ">=", "1"),
            ("y", ">=", "1"),
            ("z", ">=", "1"),
            ("z", "<", "2"),
        )
    )
    base = limit("1", *fields)

    def rules(**whens):
        made = (
            msgspec.structs.replace(base.rules[0], id=name, when=when)
            for name, when in whens.items()
        )
        return msgspec.structs.replace(base, rules=tuple(made))

    old, new = rules(far=AllOf(of=(x, y)), near=z), rules(some=AllOf(of=(z, past)))
    nearest = compare(old, new, Scope(engine="boxes")).gates[0].permits_more
    assert nearest is not None
    assert (nearest.cost, nearest.minimal) == ((1, 2), True)
    hurried = compare(old, new, Scope(engine="boxes", budget=1)).gates[0]
    assert [one.fate for one in hurried.old_rules] == ["dropped", "unknown"]
    assert hurried.permits_more is not None
    assert (hurried.permits_more.cost, hurried.permits_more.minimal) == ((2, 2), False)


@pytest.mark.parametrize("key", ["format", "old", "map", "change", "gates"])
def test_a_certificate_without_one_of_its_parts_is_refused_without_a_traceback(key):
    book = limit("40")
    forged = claim(book, book, at([["40", 0]]), HALVES)
    del forged[key]
    assert refused(forged, book, book) == "SV-DIFF-FORMAT"
    for part in ("gate", "change", "deployments", "axes", "levels", "old", "new"):
        forged = claim(book, book, at([["40", 0]]), HALVES)
        del forged["gates"][0][part]
        assert refused(forged, book, book) == "SV-DIFF-FORMAT"


@pytest.mark.parametrize(
    "change",
    [
        {"fields": (COMPUTE, COMPUTE)},
        {"fields": (msgspec.structs.replace(COMPUTE, name="deployment"),)},
        {"decisions": {"deploy": ("no", "no", "yes")}},
        {"go": {"deploy": "gone"}},
        {"rules": (msgspec.structs.replace(limit("40").rules[0], ceiling="gone"),)},
        {"rules": limit("4e1").rules},
        {"fields": (COMPUTE, LOOP)},
        {"rules": limit("40", field="z").rules},
    ],
)
def test_a_rulebook_that_no_loader_wrote_is_refused(change):
    old = limit("40")
    new = msgspec.structs.replace(old, **change)
    assert refused(claim(old, new, at([["40", 0]]), HALVES), old, new) == "SV-DIFF-RULEBOOK"


@pytest.mark.parametrize("fields", [",", "=x", ",="])
def test_every_map_of_no_field_is_no_comparison(fields):
    made = shipworthy("framework", "diff", "starter", "starter", "--all-maps", fields)
    assert (made.returncode, made.stdout) == (2, "")
    assert "names no field" in made.stderr


def test_a_scale_map_that_never_ends_is_refused():
    path = "/dev/zero"
    made = shipworthy("framework", "diff", "starter", "starter", "--scale-map", path)
    assert made.returncode == 2
    assert "larger than any scale map" in made.stderr
