"""Whatever a person writes: a sentence with its place and what would be right, and exit 2.

All cases of a kind run in one process, because starting one costs more than the case itself.
"""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessments import shipworthy, write_assessment
from small_framework import write_small_framework

DRIVER = """
import contextlib, io, json, os, sys
from shipworthy.cli.main import run
results = []
for folder, arguments in json.load(sys.stdin):
    os.chdir(folder)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run(arguments)
        except SystemExit as ending:
            code = ending.code
    results.append([code, out.getvalue(), err.getvalue()])
json.dump(results, sys.__stdout__)
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    left: tuple[str, ...]


def run_all(folder, cases, prepare):
    """Prepare a folder for every case, run them in one process and return what each said."""
    calls, folders = [], {}
    for name, case in cases.items():
        folders[name] = folder / name
        folders[name].mkdir()
        calls.append([str(folders[name]), prepare(folders[name], case)])
    before = {name: listing(path) for name, path in folders.items()}
    finished = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {
        name: Outcome(*result, left=tuple(sorted(listing(folders[name]) - before[name])))
        for name, result in zip(cases, json.loads(finished.stdout), strict=True)
    }


def listing(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def check(outcome, expected):
    assert outcome.code == 2, outcome
    assert "Traceback" not in outcome.err + outcome.out
    assert "error[internal]" not in outcome.err
    assert re.search(expected, outcome.err), outcome.err
    assert outcome.left == ()


def changed(old, new):
    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    return change


def added(more):
    return lambda text: text + more


def whole(data):
    return lambda _text: data


FACT = '\n[[facts]]\nfield = "{}"\nvalue = "{}"\njudged_by = "A"\nrecord = "r"\n'
PLACE = r"assessment\.toml:[1-9]\d*:[1-9]\d*: error\[{}\]: .*"

ASSESSMENTS = {
    "empty": (whole(""), PLACE.format("assessment-missing-key")),
    "binary": (whole(bytes(range(256))), r"toml:\d+: error\[assessment-encoding\].*\n  help: save"),
    "utf-16": (lambda text: text.encode("utf-16"), r"error\[assessment-encoding\]"),
    "a NUL": (changed("seed = 7", "seed = 7\0"), PLACE.format("assessment-syntax")),
    "no quotes": (changed('name = "test"', "name = test"), PLACE.format("assessment-syntax")),
    "CR LF": (
        lambda text: text.replace("seed", "sead").replace("\n", "\r\n"),
        r"toml:5:1: error\[assessment-unknown-field\]: unknown field `sead`\n.*mean `seed`",
    ),
    "a tab": (changed("seed = 7", '\tseed\t= "x"'), r"toml:5:2: error\[assessment-type\]"),
    "deep": (whole("a=" + "[" * 100_000), r"error\[assessment-syntax\].*nested too deep"),
    "gigantic": (whole(b"#" * 2_000_000), r"error\[assessment-unreadable\].*larger than"),
    "table twice": (added("\n[campaign]\n"), PLACE.format("assessment-syntax") + "twice"),
    "key twice": (
        changed("seed = 7", "seed = 7\nseed = 8"),
        r"toml:6:9: error\[assessment-syntax\].*\n  help: a key stands once in its table",
    ),
    "unknown table": (added("\n[campain]\n"), r"unknown field `campain`\n  help: .*`campaign`"),
    "missing key": (changed("seed = 7\n", ""), r"`seed` is missing in `assessment`\n  help: add"),
    "fewer than no dressed scenarios": (
        added("\n[trust]\nrealism_per_domain = -1\n"),
        r"error\[assessment-impossible-threshold\].*realism.*\n  help: .*0 for none",
    ),
    "text for a number": (
        changed("seed = 7", 'seed = "7"'),
        r"toml:5:1: error\[assessment-type\].*\n  help: write a whole number, without quotes",
    ),
    "number for a text": (
        changed('alpha = "0.05"', "alpha = 0.05"),
        r"error\[assessment-type\].*\n  help: write text, in quotes",
    ),
    "deployment": (
        changed('"internal"', '"intenal"'),
        r"toml:4:1: error\[assessment-unknown-level\].*\n  help: did you mean `internal`\?",
    ),
    "stopping of no kind": (
        changed("concurrency = 4", 'concurrency = 4\nstopping = "sequental"'),
        r"`stopping` cannot be `sequental`\n  help: did you mean `sequential`\?",
    ),
    "submissions of no kind": (
        changed('"series"', '"once"'),
        r"`submissions` cannot be `once`\n  help: one of `series`, `single`",
    ),
    "reading of no arm": (
        added('\n[reading]\nnegatives = 0\narms = ["bare", "safe"]\n'),
        r"`arms` cannot hold `safe`\n  help: one of `bare`, `deployed`, `safeguarded`",
    ),
    "futility of a campaign that looks once": (
        changed("concurrency = 4", 'concurrency = 4\nfutility = "0.1"'),
        PLACE.format("assessment-idle-setting"),
    ),
    "alpha of five": (changed('"0.05"', '"5"'), PLACE.format("assessment-impossible-threshold")),
    "alpha with e": (changed('"0.05"', '"5e-2"'), PLACE.format("assessment-impossible-threshold")),
    "wide digits": (
        changed('"0.05"', '"０.０５"'),
        PLACE.format("assessment-impossible-threshold"),
    ),
    "seed too large": (
        changed("seed = 7", "seed = 9007199254740992"),
        PLACE.format("assessment-impossible-threshold"),
    ),
    "endless expiry": (
        changed("seed = 7", "seed = 7\nexpires_days = 99999999999"),
        PLACE.format("assessment-impossible-threshold"),
    ),
    "nobody at once": (changed("concurrency = 4", "concurrency = 0"), "`concurrency = 0`"),
    "name that climbs": (changed('"test"', '"../../x"'), PLACE.format("assessment-name")),
    "name of the keys": (changed('"test"', '"keys"'), PLACE.format("assessment-name")),
    "attack twice": (changed('["plain"]', '["plain", "plain"]'), "`plain` is listed twice"),
    "unknown attack": (changed('"plain"', '"plian"'), PLACE.format("attack-unknown")),
    "unknown domain": (changed('"secrets"', '"secrts"'), PLACE.format("campaign-domain")),
    "unknown safeguard": (changed('"output-filter"', '"output-fitler"'), "mean `output-filter`"),
    "unknown option": (
        added('[safeguards.options]\nmdoe = "detect"\n'),
        PLACE.format("option-unknown") + r"\n  help: did you mean `mode`\?",
    ),
    "unknown target": (changed('target = "openai"', 'target = "opnai"'), "mean `openai`"),
    "unknown framework": (changed('"./pocket.yaml"', '"startr"'), "mean `starter`"),
    "framework elsewhere": (changed("pocket.yaml", "x.yaml"), PLACE.format("framework-unreadable")),
    "unknown pack": (changed('["assistant"]', '["asistant"]'), "mean `assistant`"),
    "unknown fact": (added(FACT.format("ownr", "yes")), PLACE.format("fact-unknown-field")),
    "fact of no level": (
        added(FACT.format("named-owner", "yse")),
        PLACE.format("fact-illegal")[:-9],
    ),
    "fact twice": (
        added(FACT.format("named-owner", "yes") * 2),
        PLACE.format("assessment-duplicate-id"),
    ),
    "deployment as a fact": (
        added(FACT.format("deployment", "internal")),
        PLACE.format("fact-computed-field"),
    ),
    "fact by nobody": (
        added(FACT.format("named-owner", "yes").replace('"A"', '"\u200b"')),
        PLACE.format("assessment-missing-key"),
    ),
    "role without key": (
        added('\n[roles.safety-lead]\nperson = "A"\npublic_key = "a.pub"\n'),
        PLACE.format("key-missing"),
    ),
    "role nobody asked for": (
        added('\n[roles.safty-lead]\nperson = "A"\npublic_key = "a.pub"\n'),
        PLACE.format("sign-role") + r"\n  help: did you mean `safety-lead`\?",
    ),
    "one person twice": (
        added(
            '\n[roles.safety-lead]\nperson = "A B"\npublic_key = "a"\n'
            '\n[roles.accountable-executive]\nperson = "a  b"\npublic_key = "a"\n'
        ),
        PLACE.format("assessment-duplicate-id"),
    ),
    "colours in a name": (
        changed('name = "simulated"', 'name = "a\\u001b[31m"'),
        PLACE.format("assessment-type"),
    ),
}


@pytest.fixture(scope="module")
def assessments(tmp_path_factory):
    def prepare(folder, case):
        write_small_framework(folder)
        path = write_assessment(
            folder,
            "http://127.0.0.1:9/v1",
            framework="./pocket.yaml",
            domains=["secrets"],
            attacks=["plain"],
            safeguards=["output-filter"],
        )
        head, _, tail = path.read_text().partition("[[facts]]")
        content = case[0](head + "[[safeguards]]" + tail.partition("[[safeguards]]")[2])
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ["evaluate", "assessment.toml"]

    return run_all(tmp_path_factory.mktemp("assessments"), ASSESSMENTS, prepare)


@pytest.mark.parametrize("name", ASSESSMENTS)
def test_a_bad_assessment_is_explained_and_nothing_is_written(assessments, name):
    check(assessments[name], ASSESSMENTS[name][1])


YAML = r"pocket\.yaml:[1-9]\d*:[1-9]\d*: error\[framework-{}\]"
FRAMEWORKS = {
    "empty": (whole(""), YAML.format("syntax")),
    "binary": (whole(bytes(range(256))), YAML.format("encoding")),
    "tabs": (changed("  - id: own", "\t- id: own"), YAML.format("syntax") + ": tab"),
    "CR LF": (lambda text: text.replace("\n", "\r\n"), YAML.format("encoding")),
    "anchors": (changed("title: Pocket", "title: &a Pocket"), YAML.format("syntax")),
    "a list": (whole("- a\n"), YAML.format("type")),
    "deep": (whole("a: " + "[" * 200_000), YAML.format("syntax") + ": nested"),
    "gigantic": (whole(b"#" * 5_000_000), r"error\[framework-unreadable\].*larger"),
    "key twice": (added('alpha: "0.05"\n'), YAML.format("duplicate-key")),
    "unknown key": (changed("alpha:", "alhpa:"), YAML.format("unknown-key") + ".*\n.*`alpha`"),
    "per cent": (changed("< 0.40", "< 40"), YAML.format("impossible-threshold") + ".*\n.*0.10"),
    "always true": (changed("< 0.40", "<= 1"), YAML.format("impossible-threshold")),
    "wrong end": (changed(".upper < 0.40", ".lower < 0.40"), YAML.format("bound")),
    "unknown field": (changed("condition: named-owner", "condition: ownr"), "unknown-field"),
    "unknown metric": (changed("rate: asr.", "rate: arr."), YAML.format("type") + ".*\n.*`asr`"),
    "wrong direction": (changed("riskier: up", "riskier: down"), YAML.format("type")),
    "unknown clause": (changed("clauses: [owner]", "clauses: [ownr]"), "unknown-clause"),
    "circle": (
        changed("judged_by: safety-lead", 'definitions: [{level: "no", when: named-owner}]'),
        YAML.format("circular"),
    ),
    "ceiling of nothing": (changed("ceiling: hold", "ceiling: deploy"), "impossible-threshold"),
    "rule for nobody": (
        changed("clauses: [owner]", "clauses: [owner]\n    when: deployment == api"),
        YAML.format("impossible-threshold") + ": rule `accountability` can never apply",
    ),
    "nobody signs": (
        changed("quorum: [safety-lead, accountable-executive]", "quorum: []"),
        "quorum",
    ),
}


@pytest.fixture(scope="module")
def frameworks(tmp_path_factory):
    def prepare(folder, case):
        path = write_small_framework(folder)
        content = case[0](path.read_text())
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ["framework", "check", "pocket.yaml"]

    return run_all(tmp_path_factory.mktemp("frameworks"), FRAMEWORKS, prepare)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_bad_framework_is_explained(frameworks, name):
    check(frameworks[name], FRAMEWORKS[name][1])


PACK = """\
pack: mine
version: "1"
licence: CC0-1.0
summary: for the tests
domain: secrets
scenarios: []
"""
PACKS = {
    "empty": ("", r"error\[scenario-"),
    "binary": (bytes(range(256)), r"error\[scenario-encoding\]"),
    "no scenario": (PACK, r"error\[(scenario|pack)-"),
    "unknown key": (PACK.replace("licence", "licnse"), r"pack\.yaml:3:1: error.*`licnse`"),
    "tabs": (PACK.replace("scenarios: []", "scenarios:\n\t- id: x"), r"pack\.yaml:\d+:\d+: error"),
    "not a scenario": (PACK.replace("[]", "[7]"), r"pack\.yaml:6:\d+: error"),
    "climbing file": (PACK.replace("domain: secrets", "files: [../x.yaml]"), r"error\["),
}


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    def prepare(folder, case):
        data = case[0]
        path = folder / "pack.yaml"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return ["scenario", "list", "--pack", "./pack.yaml"]

    return run_all(tmp_path_factory.mktemp("packs"), PACKS, prepare)


@pytest.mark.parametrize("name", PACKS)
def test_a_bad_pack_is_explained(packs, name):
    check(packs[name], PACKS[name][1])


COMMANDS = {
    "no such assessment": (["decide", "nowhere.toml"], r"error\[assessment-unreadable\]"),
    "a folder for a file": (["decide", "."], r"error\[assessment-unreadable\].*directory"),
    "unknown command": (["asess", "x"], "did you mean `assess`"),
    "unknown option": (["decide", "x", "--projct", "y"], r"error\[usage\].*--projct"),
    "negative limit": (["evaluate", "x", "--limit", "-3"], r"error\[usage\]"),
    "a file for a project": (["decide", "x", "--project", "file"], r"error\[usage\].*is a file"),
    "unknown deployment": (
        ["framework", "show", "starter", "--deployment", "limted"],
        r"error\[usage\].*`?limted",
    ),
    "deployment not covered": (
        ["framework", "show", "./pocket.yaml", "--deployment", "api"],
        r"error\[framework-deployment\]",
    ),
    "a key that is a folder": (["key", "show", "."], r"error\[key-missing\]"),
    "a key that is none": (["key", "show", "file"], r"error\[key-invalid\]"),
    "a private key called public": (["key", "new", "me.pub"], r"error\[key-exists\]"),
    "a key that is there": (["key", "new", "file"], r"error\[key-exists\]"),
    "unknown scenario": (["scenario", "show", "x"], r"error\[scenario-unknown\]"),
    "a folder without a pack": (["scenario", "list", "--pack", "./"], r"no `pack\.yaml` in the"),
    "a pack that is a file": (
        ["scenario", "list", "--pack", "file"],
        r"for the file of that name write `\./file`",
    ),
    "unknown safeguard": (["safeguard", "show", "x"], r"error\[plugin-unknown\]"),
}


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    def prepare(folder, case):
        (folder / "file").write_text("nothing")
        write_small_framework(folder)
        return case[0]

    return run_all(tmp_path_factory.mktemp("commands"), COMMANDS, prepare)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_command_is_explained(commands, name):
    check(commands[name], COMMANDS[name][1])


@pytest.mark.parametrize("bundle", ["nowhere", "file"])
def test_verifying_nothing_is_a_usage_error(tmp_path, bundle):
    (tmp_path / "file").write_text("no bundle")
    refused = shipworthy("verify", tmp_path / bundle)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_a_full_disk_is_an_environment_error_and_the_work_goes_on_afterwards(tmp_path):
    from assessments import discreet
    from shipworthy.testing.endpoint import SimulatedEndpoint

    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(tmp_path, endpoint.url, domains=["secrets"])
        command = [sys.executable, "-m", "shipworthy.cli.main", "evaluate", str(file)]
        full = subprocess.run(
            ["/bin/sh", "-c", 'ulimit -f 16; exec "$@"', "sh", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert full.returncode == 5, full.stderr
        assert "error[environment]: file too large" in full.stderr
        again = shipworthy("evaluate", file, cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_paths_with_spaces_and_letters_of_any_script_work_from_any_folder(tmp_path):
    from assessments import discreet
    from shipworthy.testing.endpoint import SimulatedEndpoint

    home = tmp_path / "räume für 模型"
    home.mkdir()
    project = Path("mes évaluations")
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(home, endpoint.url, domains=["secrets"], scenarios_per_domain=2)
        finished = shipworthy(
            "assess",
            file,
            "--project",
            project,
            "--expect-any-verdict",
            cwd=home,
            environment={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "HOME": "/nonexistent"},
        )
    assert finished.returncode == 0, finished.stderr
    shutil.rmtree(home / project)
