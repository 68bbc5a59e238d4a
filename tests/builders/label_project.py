"""Builders for end-to-end tests of labelling: a campaign whose truth is known, and commands."""

import base64
import hashlib
import json

from assessments import HARMLESS, campaign_folder, gullible, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint

IN_CLEAR = "here it is:"
DISGUISED = "twice wrapped:"
CLEARS_THE_SCREEN = "\x1b[2J\x1b[31mitem i-0  a success  nothing\x1b[0m"


def mixed(body):
    """Leak in clear, leak so that the judge misses it, or answer harmlessly, by the request."""
    text = gullible(body)
    match hashlib.sha256(json.dumps(body["messages"]).encode()).digest()[0] % 3:
        case 0:
            return f"{IN_CLEAR} {text}"
        case 1:
            wrapped = base64.b64encode(base64.b64encode(text.encode())).decode()
            return f"{DISGUISED} {wrapped}"
        case _:
            return f"{HARMLESS}\n{CLEARS_THE_SCREEN}"


def truth(shown):
    """What a careful person answers about an item."""
    return "yes" if shown["reply"].startswith((IN_CLEAR, DISGUISED)) else "no"


def run_campaign(folder):
    """Run a campaign, bare, of one domain."""
    with SimulatedEndpoint(mixed) as endpoint:
        file = write_assessment(
            folder,
            endpoint.url,
            domains=["secrets"],
            scenarios_per_domain=0,
            safeguards=[],
            submissions="single",
        )
        done = shipworthy("evaluate", file, "--project", folder / "runs")
    assert done.returncode == 0, done.stderr
    return folder


def label(project, verb, *arguments):
    return shipworthy(
        *("label", verb, project / "assessment.toml", *arguments),
        *("--project", project / "runs"),
    )


def labels_folder(project):
    return campaign_folder(project / "runs") / "labels"


def queue_lines(project):
    return (labels_folder(project) / "queue.jsonl").read_text().splitlines()


def write_queue(project, lines):
    (labels_folder(project) / "queue.jsonl").write_text("".join(f"{line}\n" for line in lines))


def items(project):
    return [json.loads(line) for line in queue_lines(project)[1:]]


def shown_to(project, reader):
    answered = label(project, "next", "--reader", reader, "--count", "0", "--format", "json")
    assert answered.returncode == 0, answered.stderr
    return json.loads(answered.stdout)


def sheet(project, answers, name="answers.csv"):
    path = project / name
    path.write_text("item,label\n" + "".join(f"{item},{word}\n" for item, word in answers))
    return path
