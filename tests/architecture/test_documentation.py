"""The documentation says what is there, its links lead somewhere, and its commands run."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest
import yaml

from assessments import shipworthy
from peer_failures import obliging
from shipworthy.app.reference import diagnostic_codes
from shipworthy.cli.main import cli
from shipworthy.frameworks import framework_ids
from shipworthy.kernel import GROUPS, ExitCode
from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.endpoint import SimulatedEndpoint

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "spec").glob("*.md")])
WRITTEN = [page for page in PAGES if page.parent.name != "reference"]
ADDRESS = "https://models.example.com/v1"

FENCE = re.compile(
    r"^(?:<!-- (?P<mark>file|run)(?:: (?P<what>[^>]*?))? -->\n)?```(?P<language>\w*)\n"
    r"(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    mark: str
    what: str
    language: str
    text: str

    @property
    def commands(self):
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def name(page):
    return str(page.relative_to(ROOT))


def blocks(page):
    return [
        Block(found["mark"] or "", found["what"] or "", found["language"], found["text"])
        for found in FENCE.finditer(page.read_text())
    ]


def anchors(page):
    """The anchors that a page gets where it is read, by GitHub's rule."""
    text = FENCE.sub("", page.read_text())
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", "spec/claims.md"])
def test_every_path_in_the_text_exists(page):
    for path in re.findall(r"`([\w.-]+/[\w./-]*)`", (ROOT / page).read_text()):
        method = re.fullmatch(r"[\w-]+/\d", path)
        assert method or any((ROOT / one / path).exists() for one in ("", "src/shipworthy")), path


def test_every_page_is_reached_from_the_index():
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for link in LINK.findall(page.read_text()):
            target = (page.parent / link.partition("#")[0]).resolve()
            if not link.startswith("https://") and target.is_file():
                waiting.append(target)
    assert not set(DOCS.rglob("*.md")) - reached


def commands(group=cli, before=()):
    for word in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), word)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, word))
        else:
            yield (*before, word), command


def sections(text):
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts}


def test_every_command_and_option_is_documented():
    documented = sections((DOCS / "reference/commands.md").read_text())
    for words, command in commands():
        section = documented[f"shipworthy {' '.join(words)}"]
        for parameter in command.params:
            for spelling in parameter.opts if isinstance(parameter, click.Option) else ():
                assert f"`{spelling}`" in section, f"{words} {spelling}"


def test_every_exit_code_is_documented_with_what_to_do():
    reference = (DOCS / "reference/exit-codes.md").read_text()
    guide = (DOCS / "how-to/assess-your-own-endpoint.md").read_text()
    for code in ExitCode:
        assert f"| {code.value} | {code.name.lower()} |" in reference
        assert f"\n| {code.value} | " in guide


def test_every_diagnostic_code_is_documented():
    text = (DOCS / "reference/errors.md").read_text()
    codes = diagnostic_codes(ROOT / "src/shipworthy")
    assert len(codes) > 100
    assert not [code for code in codes if f"| `{code}` |" not in text]


def test_every_extension_point_framework_and_plug_in_is_documented():
    text = "\n".join(page.read_text() for page in (DOCS / "reference").glob("*.md"))
    kinds = [point.name for group in GROUPS for point in entry_points(group=group)]
    for word in (*GROUPS, *framework_ids(), *kinds):
        assert f"`{word}`" in text or f"## {word}" in text or f", {word}" in text, word


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_can_be_read_as_what_it_says_it_is(page):
    for block in blocks(page):
        match block.language:
            case "toml":
                tomllib.loads(block.text)
            case "yaml":
                yaml.safe_load(block.text)
            case "python":
                compile(block.text, name(page), "exec")
            case "console":
                assert block.commands, block.text
            case language:
                assert language in {"", "text"}, language


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_command_shown_exists_with_its_options(page):
    for block in blocks(page):
        for line in block.commands if block.language == "console" else ():
            if not line.startswith("shipworthy ") or "$(" in line:
                continue
            command, rest = cli, shlex.split(line)[1:]
            while isinstance(command, click.Group):
                command = command.get_command(click.Context(command), rest[0])
                assert command, line
                rest = rest[1:]
            command.make_context("shipworthy", rest)


def run_page(page, folder, environment, endpoint=None):
    """Write the files of a page and run its marked commands, as a reader would, in order."""
    ran = 0
    for block in blocks(page):
        text = block.text.replace(ADDRESS, endpoint.url) if endpoint else block.text
        if block.mark == "file":
            path = folder / block.what
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if block.mark == "run":
            finished = subprocess.run(
                ["bash", "-ec", "\n".join(block.commands)],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            wanted = int(block.what.removeprefix("exit ") or 0)
            assert finished.returncode == wanted, block.text + finished.stdout + finished.stderr
            ran += 1
    return ran


@pytest.fixture
def environment():
    scripts = Path(sys.executable).parent
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SHIPWORTHY_")}
    return {**kept, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}


FOR_STRANGERS = DOCS / "how-to/verify-a-report.md"
RUN = sorted({page for page in PAGES if any(block.mark == "run" for block in blocks(page))})


@pytest.mark.parametrize("page", [page for page in RUN if page != FOR_STRANGERS], ids=name)
def test_the_commands_of_a_guide_do_what_it_says(page, tmp_path, environment):
    with SimulatedEndpoint(obliging) as endpoint:
        variables = {**environment, "BANK_MODEL_KEY": "test-key-0001"}
        assert run_page(page, tmp_path, variables, endpoint) > 0


def test_the_guide_for_strangers_does_what_it_says(tmp_path, environment):
    example = example_bundle(tmp_path)
    (tmp_path / "earlier-checkpoint").write_bytes(example.earlier_checkpoint)
    variables = {**environment, "FINGERPRINT": example.keys.runner.key_id}
    assert run_page(FOR_STRANGERS, tmp_path, variables) > 4


def test_every_guide_has_commands_that_are_run():
    assert {ROOT / "README.md", *(DOCS / "how-to").glob("*.md")} <= set(RUN)


@pytest.fixture
def example_plugin(tmp_path):
    """The example package as if it were installed: on the path, with its entry points."""
    source = DOCS / "examples/plugin"
    project = tomllib.loads((source / "pyproject.toml").read_text())["project"]
    info = tmp_path / f"shipworthy_example-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (info / "entry_points.txt").write_text(
        "\n".join(
            f"[{group}]\n" + "\n".join(f"{key} = {value}" for key, value in points.items())
            for group, points in project["entry-points"].items()
        )
    )
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(source)])}


ASSESSMENT = """\
[assessment]
name = "plug-in"
framework = "starter"
deployment = "internal"
seed = 1

[subject]
name = "parrot"
target = "parrot"
options = {greeting = "I heard:"}

[campaign]
scenarios = ["library-desk"]
attacks = ["polite", "plain"]

[[safeguards]]
kind = "word-list"
options = {words = ["osier"]}
"""


def test_the_example_plug_in_loads(example_plugin):
    listed = shipworthy("plugin", "list", environment=example_plugin)
    assert listed.stdout.count("shipworthy-example 1.0") == 4
    assert shipworthy("plugin", "check", environment=example_plugin).returncode == 0


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("attack list", "the request with a compliment"),
        ("attack show polite --request HELLO", "HELLO"),
        ("attack show polite+base64", "user: "),
        ("scenario list --pack library-desk", "pack library-desk 1"),
    ],
)
def test_the_example_plug_in_is_shown_by_the_commands(example_plugin, words, shown):
    finished = shipworthy(*words.split(), environment=example_plugin)
    assert finished.returncode == 0, finished.stderr
    assert shown in finished.stdout


def test_the_example_plug_in_is_assessed_and_its_safeguard_holds(example_plugin, tmp_path):
    file = tmp_path / "assessment.toml"
    file.write_text(ASSESSMENT)
    finished = shipworthy(
        "assess", file, "--project", tmp_path / "runs", environment=example_plugin
    )
    assert "verify    passed" in finished.stderr, finished.stderr
    (findings,) = (tmp_path / "runs").glob("*/*/bundle/findings.json")
    by_id = {one["id"]: one for one in yaml.safe_load(findings.read_text())["findings"]}
    assert by_id["asr.secrets.bare"]["rate"]["successes"] > 0
    assert by_id["asr.secrets.safeguarded"]["held_by"].get("word-list", 0) > 0
