"""Files that options of safeguards name count from the file that names them, wherever one works."""

import json
import shutil

import msgspec
import pytest

from assessments import shipworthy, write_assessment
from shipworthy.app.assessment_file import read_assessment
from shipworthy.app.live.deployment_file import read_deployment
from shipworthy.app.live.gateway.stacks import build_stack
from shipworthy.app.preparation import Surroundings
from shipworthy.app.preparation.loading import named_layers
from shipworthy.instruments.safeguards import named_files, reads_files, with_files
from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.kernel import Problem, Registry, SystemClock
from tiny_probe import pair_probe

RULES = '[[rules]]\nid = "canary"\nreply = "canary-[0-9]{4}"\n'
OTHER = RULES.replace("{4}", "{5}")
SCREEN = """
[[safeguards]]
kind = "screen"
[safeguards.options]
rule_files = [
  "rules/own.toml",
]
[safeguards.options.probe]
model = "probe.json"
"""
DEPLOYMENT = """\
[deployment]
name = "test"
{named}
[upstream]
url = "http://127.0.0.1:9"
"""


def around():
    return Surroundings(Registry.installed(), {}, SystemClock())


def folder_with(folder, rules=RULES):
    """Lay out an assessment and two deployments with the files that they name."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "own.toml").write_text(rules)
    (folder / "probe.json").write_bytes(msgspec.json.encode(pair_probe(3)))
    write_assessment(folder, "http://127.0.0.1:9", safeguards=[], tail=SCREEN)
    (folder / "own.toml").write_text(DEPLOYMENT.format(named="") + SCREEN)
    (folder / "named.toml").write_text(DEPLOYMENT.format(named='assessment = "assessment.toml"'))
    return folder


def digests(folder):
    """The stack of the campaign, and of both deployments."""
    campaign = named_layers(read_assessment(folder / "assessment.toml"), around())
    gateways = [
        build_stack(read_deployment(folder / name), around()).engine
        for name in ("own.toml", "named.toml")
    ]
    return {GuardEngine(campaign).digest, *(engine.digest for engine in gateways)}


def layers_named_in(path):
    if path.name == "assessment.toml":
        return named_layers(read_assessment(path), around())
    return build_stack(read_deployment(path), around()).engine.layers


def test_names_count_from_the_file_and_the_stack_is_known_by_what_the_files_say(
    tmp_path, monkeypatch
):
    one, moved = folder_with(tmp_path / "one"), tmp_path / "far" / "away"
    other = folder_with(tmp_path / "other", OTHER)
    shutil.copytree(one, moved)
    found = digests(one)
    assert len(found) == 1
    assert digests(moved) == found
    monkeypatch.chdir(other)
    assert digests(one) == found
    monkeypatch.chdir(tmp_path)
    assert digests(moved) == found
    assert digests(other) not in (found, set())
    (one / "probe.json").write_bytes(msgspec.json.encode(pair_probe(4)))
    assert digests(one) != found


def test_a_deployment_finds_the_files_of_its_assessment_beside_that(tmp_path):
    away = folder_with(tmp_path / "tested")
    path = tmp_path / "deployment.toml"
    path.write_text(DEPLOYMENT.format(named='assessment = "tested/assessment.toml"'))
    assert {build_stack(read_deployment(path), around()).engine.digest} == digests(away)


@pytest.mark.parametrize("name", ["assessment.toml", "own.toml"])
def test_a_file_that_is_missing_is_named_with_its_place_and_its_neighbour(tmp_path, name):
    folder = folder_with(tmp_path / "here")
    (folder / "rules" / "own.toml").rename(folder / "rules" / "owns.toml")
    (folder / "probe.json").unlink()
    with pytest.raises(Problem) as caught:
        layers_named_in(folder / name)
    rules, probe = caught.value.diagnostics
    lines = (folder / name).read_text().splitlines()
    assert {rules.code, probe.code} == {"safeguard-file"}
    assert "`rule_files[0]` names `rules/own.toml`" in rules.message
    assert "did you mean `owns.toml`?" in rules.help
    assert lines[rules.location.line - 1].startswith("rule_files")
    assert "`probe.model` names `probe.json`" in probe.message
    assert lines[probe.location.line - 1].startswith("model = ")
    assert "count from the folder" in probe.help


@pytest.mark.parametrize(
    ("text", "line"),
    [('[[rules]]\nid = "x\n', 2), ("[[rules]]\nid = 3\n", 0), ("rules = [\n", 0)],
)
def test_what_is_wrong_in_a_file_of_rules_names_that_file(tmp_path, text, line):
    folder = folder_with(tmp_path / "here")
    (folder / "rules" / "own.toml").write_text(text)
    with pytest.raises(Problem) as caught:
        build_stack(read_deployment(folder / "own.toml"), around())
    (found,) = caught.value.diagnostics
    if line:
        assert found.location.file.endswith("rules/own.toml")
        assert found.location.line == line
    else:
        assert "rules/own.toml" in found.message
        assert found.location.line > 0


def test_the_command_says_where_and_what_and_runs_from_anywhere(tmp_path):
    folder = folder_with(tmp_path / "here")
    ran = shipworthy("gateway", "check", "here/own.toml", "--format", "json", cwd=tmp_path)
    assert ran.returncode == 3, ran.stderr
    inside = shipworthy("gateway", "check", "own.toml", "--format", "json", cwd=folder)
    assert json.loads(inside.stdout)["stack"] == json.loads(ran.stdout)["stack"]
    (folder / "probe.json").rename(folder / "probes.json")
    failed = shipworthy("gateway", "check", "here/own.toml", cwd=tmp_path)
    assert failed.returncode == 2
    assert "safeguard-file" in failed.stderr
    assert "did you mean `probes.json`?" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_options_of_another_shape_are_left_for_the_factory():
    @reads_files("one", "many", "deep.name")
    def factory(options):
        raise AssertionError(options)

    assert list(named_files(factory, {"one": 3, "many": "a", "deep": "b"})) == [(("many",), "a")]
    given = {"one": "a", "many": ["b", 4, ""], "deep": {"name": "c", "other": 1}, "rest": "r"}
    found = dict(named_files(factory, given))
    assert found == {("one",): "a", ("many", 0): "b", ("deep", "name"): "c"}
    moved = with_files(given, {place: f"/x/{name}" for place, name in found.items()})
    assert moved == {
        "one": "/x/a",
        "many": ["/x/b", 4, ""],
        "deep": {"name": "/x/c", "other": 1},
        "rest": "r",
    }
    assert given["many"] == ["b", 4, ""]
    assert list(named_files(lambda options: options, given)) == []
