"""Scale maps: the old rulebook in the new one's names, by assumption and never by a guess."""

import json
from random import Random

import msgspec
import pytest

from assessments import shipworthy
from random_rulebooks import random_rulebook
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.frameworks.compare.assurance.every_map import compare_under_every_map
from shipworthy.frameworks.compare.correspondence.scales import FieldMap, mapped, read_scale_maps
from shipworthy.kernel import Problem, digest_text
from shipworthy.records import Atom, LevelField, QuantityField, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType

OLD = ("moderate", "high", "critical")
NEW = ("low", "medium", "high", "severe", "critical")
SPLIT = {"moderate": "low", "high": "high", "critical": "critical"}


def book(name, levels, *bars, field="cyber"):
    rules = tuple(
        Rule(
            id=f"{name}-{level}",
            gate="deploy",
            when=Atom(field=field, operator=">=", value=level),
            requires=(),
            ceiling=ceiling,
            clauses=(f"{name}-{level}",),
        )
        for level, ceiling in bars
    )
    return Rulebook(
        id=name,
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("internal",),
        decisions={"deploy": ("stop", "hold", "deploy")},
        go={"deploy": "deploy"},
        fields=(LevelField(name=field, levels=levels, riskier="up"),),
        rules=rules,
        roles=("lead",),
    )


def one(levels=None, field="cyber", to="cyber"):
    return FieldMap(field=field, to=to, levels=levels or {}, rationale="read so")


A = book("a", OLD, ("high", "hold"), ("critical", "stop"))
B = book("b", NEW, ("severe", "hold"), ("critical", "stop"))


def test_under_a_map_the_witness_is_where_the_old_level_is_reached_and_the_new_bar_is_not():
    found = compare(A, B, Scope(fields=(one(SPLIT),)))
    assert found.change is Change.LOOSER
    (reading,) = found.gates[0].permits_more.readings
    assert (reading.name, reading.value) == ("cyber", "high")
    assert found.assumptions[0].rationale == "read so"
    assert found.old.digest == A.digest


def test_another_map_gives_another_verdict():
    found = compare(A, B, Scope(fields=(one({**SPLIT, "high": "severe"}),)))
    assert found.change is Change.EQUIVALENT


def test_a_renamed_field_is_one_field_only_when_somebody_says_so():
    other = book("c", OLD, ("high", "hold"), ("critical", "stop"), field="cyber-risk")
    assert compare(A, other).change is Change.INCOMPARABLE
    assert compare(A, other, Scope(fields=(one(to="cyber-risk"),))).change is Change.EQUIVALENT


@pytest.mark.parametrize("seed", range(30))
def test_the_mapped_rulebook_decides_as_the_old_one_does_on_the_level_that_was_reached(seed):
    random = Random(seed)
    cyber = LevelField(name="cyber", levels=OLD, riskier=random.choice(("up", "down")))
    security = LevelField(name="security", levels=("s0", "s1", "s2"), riskier="down")
    old = random_rulebook(random, (cyber, security), 4)
    later = sorted(random.choices(range(len(NEW)), k=2))
    levels = dict(zip(OLD, ("low", *(NEW[i] for i in later)), strict=True))
    wide = msgspec.structs.replace(cyber, levels=NEW)
    target = msgspec.structs.replace(old, fields=(wide, *old.fields[1:]), rules=())
    under = mapped(old, target, [one(levels)])
    for level in NEW:
        reached = [one for one in OLD if NEW.index(levels[one]) <= NEW.index(level)][-1]
        for guard in ("s0", "s1", "s2", None):
            known = {"security": guard} if guard else {}
            answers = [
                evaluate(
                    side, Evidence({}, {**known, "cyber": value}, DeploymentType.API), "deploy"
                )
                for side, value in ((under, level), (old, reached))
            ]
            worst, best = (
                {getattr(one, word) for one in answers} for word in ("level_worst", "level_best")
            )
            assert len(worst) == len(best) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        one({"moderate": "low", "high": "high"}),
        one({**SPLIT, "critical": "medium"}),
        one({**SPLIT, "moderate": "medium"}),
        one({**SPLIT, "high": "hihg"}),
        one({**SPLIT, "hihg": "high"}),
        one(SPLIT, field="cybre"),
        one(SPLIT, to="cybre"),
        one(SPLIT, field="deployment"),
        one(),
    ],
)
def test_a_map_that_does_not_fit_is_refused(wrong):
    with pytest.raises(Problem) as caught:
        compare(A, B, Scope(fields=(wrong,)))
    assert caught.value.diagnostics[0].code == "compare-scale-map"


def test_a_map_between_kinds_or_onto_a_field_of_the_old_side_is_refused():
    score = QuantityField(name="score", unit="points", riskier="up")
    both = msgspec.structs.replace(A, fields=(*A.fields, score))
    with pytest.raises(Problem, match="one kind"):
        compare(
            A,
            msgspec.structs.replace(B, fields=(score,), rules=()),
            Scope(fields=(one(to="score"),)),
        )
    with pytest.raises(Problem, match="of its own"):
        compare(both, both, Scope(fields=(one(to="score"),)))


def test_every_map_is_counted_and_shown_with_an_example():
    found = compare_under_every_map(A, B, Scope(), {"cyber": "cyber"})
    counts = {one.change: one.maps for one in found.verdicts}
    assert found.maps == sum(counts.values()) == 15
    for verdict in found.verdicts:
        assert compare(A, B, Scope(fields=verdict.example)).change is verdict.change
    # equivalent only where high is severe, and critical is critical
    assert counts[Change.EQUIVALENT] == 1
    (hold,) = [one for one in found.levels if one.level == "hold"]
    assert sum(hold.changes.values()) == 15


def test_every_map_of_a_field_that_is_no_scale_is_refused():
    with pytest.raises(Problem, match="not a fact with levels"):
        compare_under_every_map(A, B, Scope(), {"cybre": "cybre"})


def test_too_many_maps_are_refused():
    wide = tuple(f"l{i}" for i in range(12))
    with pytest.raises(Problem, match="combinations"):
        compare_under_every_map(book("a", wide), book("b", wide), Scope(), {"cyber": "cyber"})


FILE = """\
fields:
  cyber:
    levels: {moderate: low, high: high, critical: critical}
    rationale: both speak of uplift to a lone actor
"""


def test_a_file_of_maps_is_read_with_its_reasons(tmp_path):
    path = tmp_path / "maps.yaml"
    path.write_text(FILE)
    (found,) = read_scale_maps(path)
    assert (found.field, found.to, found.levels) == ("cyber", "cyber", SPLIT)
    assert found.rationale == "both speak of uplift to a lone actor"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            FILE.replace("    rationale: both speak of uplift to a lone actor\n", ""),
            "no `rationale`",
        ),
        (FILE.replace("rationale:", "rationle:"), "did you mean `rationale`?"),
        (FILE.replace("fields:", "field:"), "did you mean `fields`?"),
    ],
)
def test_a_file_with_faults_is_refused_with_places(tmp_path, text, complaint):
    path = tmp_path / "maps.yaml"
    path.write_text(text)
    finished = shipworthy("framework", "diff", "starter", "starter", "--scale-map", str(path))
    assert finished.returncode == 2
    assert complaint in finished.stderr
    assert "maps.yaml:" in finished.stderr


def test_a_file_that_is_not_there_is_bad_input(tmp_path):
    path = str(tmp_path / "none.yaml")
    finished = shipworthy("framework", "diff", "starter", "starter", "--scale-map", path)
    assert finished.returncode == 2
    assert "error[compare-scale-map]" in finished.stderr


def test_the_command_counts_every_map_of_a_field():
    arguments = ("--all-maps", "named-owner", "--format", "json")
    finished = shipworthy("framework", "diff", "starter", "starter", *arguments)
    found = json.loads(finished.stdout)
    assert found["maps"] == 2
    assert {one["change"]: one["maps"] for one in found["verdicts"]}["equivalent"] == 1


def test_both_readings_are_shown_and_the_worse_counts():
    finished = shipworthy("framework", "diff", "starter", "starter", "--reading", "both")
    assert finished.returncode == 0, finished.stderr
    assert "(charitable reading)" in finished.stdout
    assert "(hostile reading)" in finished.stdout
