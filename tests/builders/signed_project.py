"""Projects with a campaign, keys of people and a draft that says go."""

import json

from assessments import discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import write_small_framework

PEOPLE = {"safety-lead": "Ada Example", "accountable-executive": "Ben Example"}
FACTS = """
[[facts]]
field = "named-owner"
value = "yes"
judged_by = "Ada Example"
record = "register, entry 1"
"""


def write_go_assessment(folder, url, people=PEOPLE, **changes):
    """Write the framework and an assessment of it with roles; return the assessment's path."""
    write_small_framework(folder)
    roles = "".join(
        f'\n[roles.{role}]\nperson = "{person}"\npublic_key = "{role}.pub"\n'
        for role, person in people.items()
    )
    path = write_assessment(
        folder,
        url,
        framework="./pocket.yaml",
        domains=["secrets"],
        attacks=["plain"],
        scenarios_per_domain=16,
        safeguards=["output-filter"],
        **changes,
    )
    head, _, rest = path.read_text().partition("[[facts]]")
    path.write_text(head + FACTS + "\n[[safeguards]]" + rest.partition("[[safeguards]]")[2] + roles)
    return path


class Signing:
    """An assessment with a draft, and the commands that people run on it."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "assessment.toml"
        self.project = folder / "runs"

    def run(self, *words, **options):
        return shipworthy(*words, self.file, "--project", self.project, **options)

    @property
    def draft(self):
        shown = self.run("decision", "show", "--format", "json")
        return json.loads(shown.stdout)

    def sign(self, role, position="go", **changes):
        values = {"key": self.folder / role, "digest": changes.get("digest")}
        values["digest"] = values["digest"] or self.draft["digest"]
        values["key"] = changes.get("key", values["key"])
        return shipworthy(
            "decision",
            "sign",
            self.file,
            "--project",
            self.project,
            *("--role", role, "--position", position, "--rationale", changes.get("why", "read it")),
            *("--key", values["key"], "--digest", values["digest"]),
        )


def drafted_project(folder, **changes):
    """Make keys, run a campaign of a discreet model, draft a decision that says go."""
    for role in (*PEOPLE, "stranger"):
        made = shipworthy("key", "new", folder / role)
        assert made.returncode == 0, made.stderr
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_go_assessment(folder, endpoint.url, **changes)
        finished = shipworthy("evaluate", file, "--project", folder / "runs")
    assert finished.returncode == 0, finished.stderr
    decided = shipworthy("decide", file, "--project", folder / "runs")
    assert decided.stdout.startswith("GO"), decided.stdout + decided.stderr
    return folder
