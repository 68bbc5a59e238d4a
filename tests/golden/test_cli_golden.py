"""What the command line says, word for word; digests, places and times stand for themselves.

Renew on purpose with SHIPWORTHY_RENEW_GOLDEN=1 and read the difference.
"""

import os
import re
from pathlib import Path

import pytest

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import write_small_framework

GOLDEN = Path(__file__).parent / "cli"
ROLES = """
[roles.safety-lead]
person = "Ada Example"
public_key = "lead.pub"
"""
OWNER = """
[[facts]]
field = "named-owner"
value = "yes"
judged_by = "Ada Example"
record = "register, entry 1"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A finished campaign with a draft, in a folder that commands run in."""
    folder = tmp_path_factory.mktemp("cli")
    write_small_framework(folder)
    shipworthy("key", "new", "lead", cwd=folder)
    with SimulatedEndpoint(discreet) as endpoint:
        path = write_assessment(
            folder,
            endpoint.url,
            framework="./pocket.yaml",
            domains=["secrets"],
            attacks=["plain"],
            scenarios_per_domain=16,
            safeguards=["output-filter"],
            tail=ROLES,
        )
        head, _, rest = path.read_text().partition("[[facts]]")
        path.write_text(head + OWNER + "\n[[safeguards]]" + rest.partition("[[safeguards]]")[2])
        done = shipworthy("evaluate", path.name, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert shipworthy("decide", path.name, cwd=folder).returncode == 3
    (folder / "misspelt.toml").write_text(path.read_text().replace("seed = 7", "sead = 7"))
    return folder


def plain(text, folder):
    text = text.replace(str(folder), "FOLDER").replace(
        campaign_folder(folder / "runs").name, "PLAN"
    )
    text = re.sub(r"sha256:[0-9a-f]{64}", "DIGEST", text)
    # the review of the framework falls due one day
    text = re.sub(r"^missing +the review of .*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)


@pytest.mark.parametrize(
    ("name", "code", "arguments"),
    [
        ("help", 0, ["--help"]),
        ("assess-help", 0, ["assess", "--help"]),
        ("assess-dry-run", 0, ["assess", "assessment.toml", "--dry-run"]),
        ("decide", 3, ["decide", "assessment.toml", "--format", "plain"]),
        ("decision-show", 3, ["decision", "show", "assessment.toml"]),
        ("framework-show", 0, ["framework", "show", "starter", "--deployment", "limited"]),
        ("error", 2, ["evaluate", "misspelt.toml"]),
        ("no-command", 2, ["evalaute"]),
    ],
)
def test_the_command_line_says_what_it_said(project, name, code, arguments):
    finished = shipworthy(*arguments, cwd=project, environment={"COLUMNS": "100"})
    said = plain(finished.stdout + finished.stderr, project)
    assert finished.returncode == code, said
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("SHIPWORTHY_RENEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said)
    assert said == path.read_text()
