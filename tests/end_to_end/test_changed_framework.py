"""A framework that changes after registration does not reach the campaign that was registered."""

import json
import shutil

import pytest

from assessments import campaign_folder, gullible, shipworthy, write_assessment
from shipworthy.frameworks import compile_rulebook, read_framework
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import write_small_framework


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A campaign of a model that leaks, registered and run under the framework as it was."""
    folder = tmp_path_factory.mktemp("registered")
    with SimulatedEndpoint(gullible) as endpoint:
        write_small_framework(folder)
        file = write_assessment(
            folder, endpoint.url, framework="./pocket.yaml", domains=["secrets"]
        )
        facts = file.read_text().split("[[facts]]")
        kept = [facts[0], *(one for one in facts[1:] if '"incident-contact"' not in one)]
        file.write_text("[[facts]]".join(kept))
        done = shipworthy("evaluate", file, "--project", folder / "runs")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(registered, tmp_path):
    shutil.copytree(registered, tmp_path / "copy")
    return tmp_path / "copy"


def loosen(project):
    framework = project / "pocket.yaml"
    text = framework.read_text()
    assert "< 0.40" in text
    framework.write_text(text.replace("< 0.40", "< 0.99"))


def decided(project):
    return shipworthy("decide", project / "assessment.toml", "--project", project / "runs")


def test_the_plan_pins_the_rulebook_that_was_registered(project):
    plan = json.loads((campaign_folder(project / "runs") / "plan.json").read_text())
    rulebook = compile_rulebook(read_framework(project / "pocket.yaml"))
    assert plan["framework_digest"] == rulebook.digest


def test_a_loosened_framework_is_refused_for_a_registered_campaign(project):
    assert decided(project).returncode in {1, 3}
    (campaign_folder(project / "runs") / "decision.json").unlink()
    loosen(project)
    refused = decided(project)
    assert refused.returncode == 2
    assert "campaign-stale" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (campaign_folder(project / "runs") / "decision.json").exists()


def test_a_pinned_framework_that_changed_is_named(project):
    file = project / "assessment.toml"
    digest = compile_rulebook(read_framework(project / "pocket.yaml")).digest
    line = 'framework = "./pocket.yaml"\n'
    assert line in file.read_text()
    file.write_text(file.read_text().replace(line, f'{line}framework_digest = "{digest}"\n'))
    loosen(project)
    refused = decided(project)
    assert refused.returncode == 4
    assert "framework-pin" in refused.stderr


def test_the_amendment_of_the_framework_says_that_it_is_looser(project):
    shutil.copy(project / "pocket.yaml", project / "old.yaml")
    loosen(project)
    said = shipworthy("framework", "amendment", project / "old.yaml", project / "pocket.yaml")
    assert said.returncode == 1, said.stdout + said.stderr
    assert "keep the framework they were registered with" in said.stdout
