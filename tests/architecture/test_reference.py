"""What is generated is current, complete and true of real records."""

import base64
import json
import re
import shlex
import shutil
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest
from jsonschema import Draft202012Validator, ValidationError

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from field_campaign import deployed_path, in_process, laboratory, write_deployment
from live_traffic import exchange
from shipworthy.app.reference import FORMATS, diagnostic_codes, reference_files
from shipworthy.cli.main import cli
from shipworthy.kernel import GROUPS, canonical_bytes
from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.campaigns import sequential_plan
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.vocabulary import GLOSSARY, DeploymentType

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"


@pytest.fixture(scope="module")
def generated():
    return reference_files(cli, ROOT)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return example_bundle(tmp_path_factory.mktemp("bundle"), plan=sequential_plan()).folder


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A campaign as the command line leaves it on disk."""
    folder = tmp_path_factory.mktemp("project")
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(folder, endpoint.url, scenarios_per_domain=2)
        finished = shipworthy("assess", file, "--project", folder / "runs")
    assert finished.returncode == 3, finished.stderr
    drawn = shipworthy("label", "draw", file, "--project", folder / "runs")
    assert drawn.returncode == 0, drawn.stderr
    (folder / "answers.csv").write_text(
        "item,label\n" + "".join(f"{item},no\n" for item in queued(folder))
    )
    answered = shipworthy(
        *("label", "answer", file, "--project", folder / "runs"),
        *("--reader", "ada", "--from", folder / "answers.csv"),
    )
    assert answered.returncode == 0, answered.stderr
    return folder


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The campaign folder of a deployment that was confirmed, and then watched."""
    folder = tmp_path_factory.mktemp("live") / "work"
    shutil.copytree(laboratory(), folder)
    with deployed_path(folder) as path:
        path.defects.identity = None
        routes = 'routes = ["chat"]'
        unknown = '["stack", "system-prompt"]'
        write_deployment(folder, path.url, extra=routes, accept_unknown=unknown)
        confirmed = in_process(folder, "confirm", "deployment.toml")
        assert confirmed.returncode == 0, confirmed.stdout + confirmed.stderr
        pace = ("--per-hour", "400000", "--hours", "0.0002")
        watched = in_process(folder, "confirm", "watch", "deployment.toml", *pace)
        assert watched.returncode == 0, watched.stdout + watched.stderr
    return folder


def queued(project):
    return [item["id"] for item in lines(labels(project) / "queue.jsonl")[1:]]


def labels(project):
    return campaign_folder(project / "runs") / "labels"


def validator(name):
    schema = json.loads((ROOT / f"spec/formats/{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_generated_file_is_current(generated):
    stale = [
        path
        for path, text in generated.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    ]
    assert not stale, "run make golden"


def test_no_generated_folder_holds_anything_else(generated):
    there = {*(ROOT / "spec/formats").iterdir(), *REFERENCE.iterdir()}
    assert {path.relative_to(ROOT).as_posix() for path in there} == set(generated)


def test_generating_twice_gives_the_same_bytes(generated):
    assert reference_files(cli, ROOT) == generated


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def payload(path):
    return json.loads(base64.b64decode(json.loads(path.read_text())["payload"]))


def documents(folder, project):
    """Every JSON document of a bundle, by the name of its format."""
    findings = json.loads((folder / "findings.json").read_text())
    scenarios = json.loads((folder / "scenarios.json").read_text())
    facts = json.loads((folder / "facts.json").read_text())
    envelopes = [*folder.glob("statements/*.json"), *folder.glob("signoffs/*.json")]
    plan = json.loads((folder / "plan.json").read_text())
    yield "plan", plan
    yield "rulebook", json.loads((folder / "rulebook.json").read_text())
    yield "decision", json.loads((folder / "decision.json").read_text())
    yield "manifest", json.loads((folder / "bundle.json").read_text())
    yield "report", json.loads((folder / "report.json").read_text())
    yield "findings", findings
    yield "facts", facts
    yield "scenarios", scenarios
    yield "assessment", tomllib.loads((project / "assessment.toml").read_text())
    tested = shipworthy("control", "test", "--variants", "1", "--format", "json").stdout
    yield "control-evaluation", json.loads(tested)["evaluation"]
    for name, members in (
        ("finding", findings["findings"]),
        ("paired-finding", findings["paired"]),
        ("sequential-finding", findings["sequential"]),
        ("stack-finding", findings["stacks"]),
        ("sequential-question", plan["stopping"]),
        ("fact", facts["facts"]),
        ("scenario", [entry["scenario"] for entry in scenarios.values()]),
        ("calibration-card", [json.loads(p.read_text()) for p in folder.glob("cards/*.json")]),
        ("trial", [one for path in folder.glob("trials/*.jsonl") for one in lines(path)]),
        ("answer-key", [json.loads(p.read_text()) for p in folder.glob("canaries/keys/*.json")]),
        ("canary-answer", [o for p in folder.glob("canaries/answers/*.jsonl") for o in lines(p)]),
        ("log-entry", lines(folder / "log/entries.jsonl")),
        ("label-queue", lines(labels(project) / "queue.jsonl")[:1]),
        ("label-item", lines(labels(project) / "queue.jsonl")[1:]),
        ("label", lines(labels(project) / "readers/ada.jsonl")),
        ("envelope", [json.loads(path.read_text()) for path in envelopes]),
        ("statement", [payload(path) for path in envelopes]),
        ("attested", [payload(p)["predicate"] for p in folder.glob("statements/*.json")]),
        ("sign-off", [payload(p)["predicate"] for p in folder.glob("signoffs/*.json")]),
        (
            "transcript",
            [
                one
                for path in campaign_folder(project / "runs").glob("transcripts/*.jsonl")
                for one in lines(path)
            ],
        ),
    ):
        assert members, f"no instance of {name}"
        yield from ((name, member) for member in members)


def live_documents(folder):
    """Every JSON document that a deployment leaves, by the name of its format."""
    found = campaign_folder(folder / "runs") / "live"
    yield "deployment", tomllib.loads((folder / "deployment.toml").read_text())
    for held in (False, True):
        yield "exchange", json.loads(canonical_bytes(exchange(7, held=held)))
    for name, members in (
        ("confirmation-plan", map(json_of, found.glob("confirming/*/plan.json"))),
        ("field-trial", of_lines(found.glob("confirming/*/trials/*.jsonl"))),
        (
            "confirmation",
            [payload(path)["predicate"] for path in found.glob("confirmations/*.dsse.json")],
        ),
        ("canary-chain", of_lines(found.glob("canaries/*/chain.jsonl"))),
        ("canary-outcome", of_lines(found.glob("canaries/*/outcomes.jsonl"))),
    ):
        yield from ((name, member) for member in members)


def json_of(path):
    return json.loads(path.read_text())


def of_lines(paths):
    return [one for path in paths for one in lines(path)]


def test_real_records_follow_their_schemas(bundle, project, live):
    seen = set()
    validators = {one.name: validator(one.name) for one in FORMATS}
    for name, document in (*documents(bundle, project), *live_documents(live)):
        validators[name].validate(document)
        seen.add(name)
    assert seen == set(validators)


def test_a_bundle_of_the_command_line_follows_the_schemas(project):
    folder = campaign_folder(project / "runs") / "bundle"
    for name in ("plan", "rulebook", "decision", "findings", "facts", "scenarios", "report"):
        validator(name).validate(json.loads((folder / f"{name}.json").read_text()))


@pytest.mark.parametrize("name", ["plan", "rulebook", "decision", "findings", "report"])
def test_a_schema_refuses_a_lost_field_and_a_foreign_one(name, bundle):
    document = json.loads((bundle / f"{name}.json").read_text())
    schema = validator(name).schema
    last = max(schema["$defs"][schema["$ref"].rpartition("/")[2]]["required"])
    lost = {key: value for key, value in document.items() if key != last}
    for wrong in (lost, {**document, "foreign": 1}):
        with pytest.raises(ValidationError):
            validator(name).validate(wrong)


def package(tmp_path, source):
    (tmp_path / "one.py").write_text(source)
    return tmp_path


def test_codes_are_found_behind_functions_prefixes_and_methods(tmp_path):
    found = diagnostic_codes(
        package(
            tmp_path,
            'def refuse(code):\n    return Problem.of(f"cat-{code}", "m", exit_code=E.INTEGRITY)\n'
            'def pass_on(code):\n    return refuse(f"black-{code}")\n'
            "class Faults:\n"
            "    def add(self, code):\n        Diagnostic(code, 'm')\n"
            "def use(faults):\n"
            '    raise Problem.of("plain-code", "m")\n'
            '    refuse("asleep")\n    pass_on("awake")\n    faults.add("dog-lost")\n'
            '    other.add("no-code")\n',
        )
    )
    assert found == {
        "cat-asleep": frozenset({"INTEGRITY"}),
        "cat-black-awake": frozenset({"INTEGRITY"}),
        "dog-lost": frozenset({"USAGE"}),
        "plain-code": frozenset({"USAGE"}),
    }


def test_a_code_that_cannot_be_followed_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot follow"):
        diagnostic_codes(package(tmp_path, 'Problem.of("a" + chosen(), "m")\n'))


def test_every_code_that_the_specifications_name_is_explained():
    texts = [(ROOT / "spec" / name).read_text() for name in ("bundle.md", "comparison.md")]
    wanted = {code for text in texts for code in re.findall(r"`(SV-[A-Z-]+[A-Z])`", text)}
    explained = set(re.findall(r"`(SV-[A-Z-]+)`", (REFERENCE / "errors.md").read_text()))
    assert wanted == explained


def leaf(words):
    """Return a command and the words that are left for it."""
    command, context = cli, click.Context(cli)
    while isinstance(command, click.Group):
        command, words = command.get_command(context, words[0]), words[1:]
    return command, words


def test_every_example_of_a_command_is_one_that_it_accepts():
    examples = re.findall(
        r"^\$ shipworthy (.*)$", (REFERENCE / "commands.md").read_text(), re.MULTILINE
    )
    assert len(examples) > 20
    for example in examples:
        command, words = leaf(shlex.split(example))
        command.make_context("shipworthy", words)


def own(group):
    return {p.name for p in entry_points(group=group) if p.value.startswith("shipworthy.")}


@pytest.mark.parametrize(
    ("page", "group"),
    [("targets", "shipworthy.targets"), ("safeguards", "shipworthy.safeguards")],
)
def test_every_built_in_kind_has_its_options_explained(page, group):
    headings = re.findall(r"^## (.*)$", (REFERENCE / f"{page}.md").read_text(), re.MULTILINE)
    assert {name for heading in headings for name in heading.split(", ")} == own(group)


def test_groups_that_are_said_to_be_used_are_read_by_some_module():
    text = (REFERENCE / "plugins.md").read_text()
    used = set(re.findall(r"^\| `(shipworthy\.[a-z_]+)` \|", text, re.MULTILINE))
    sources = [
        path.read_text()
        for path in (ROOT / "src/shipworthy").rglob("*.py")
        if path.name not in {"plugins.py", "plugin_page.py"}
    ]
    read = {group for group in GROUPS if any(f'"{group}"' in source for source in sources)}
    assert used == read
    assert all(f"`{group}`" in text for group in GROUPS)


def test_the_glossary_is_in_order_and_knows_every_deployment_type():
    names = [term.name for term in GLOSSARY]
    assert len(set(names)) == len(names)
    text = " ".join(term.meaning for term in GLOSSARY)
    assert all(f"`{one.value}`" in text for one in DeploymentType)
