"""Builders for tests of registered readings: a real campaign, read by people to the end."""

import shutil

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from label_project import label, sheet, shown_to
from shipworthy.testing.endpoint import SimulatedEndpoint

READING = '\n[reading]\nnegatives = 30\ntwice = "0.2"\narms = ["safeguarded"]\n'
FINDING = "asr.secrets.safeguarded"


def assessed(folder, tail=READING, **changes):
    """Assess a model that gives nothing away, with a reading declared; nobody has read yet."""
    wishes = {
        "domains": ["secrets"],
        "scenarios_per_domain": 0,
        "safeguards": ["output-filter"],
        "tail": tail,
    } | changes
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_assessment(folder, endpoint.url, **wishes)
        return shipworthy("assess", file, "--project", folder / "runs")


def answered(folder, reader, answer):
    """Let a reader answer everything that is left; `answer` maps the place of an item to a word."""
    shown = shown_to(folder, reader)
    words = [(one["item"], answer(place)) for place, one in enumerate(shown)]
    done = label(folder, "answer", "--reader", reader, "--from", sheet(folder, words))
    assert done.returncode == 0, done.stderr
    return words


def command(folder, *words):
    return shipworthy(*words, folder / "assessment.toml", "--project", folder / "runs")


def bundle_of(folder):
    return campaign_folder(folder / "runs") / "bundle"


def copied(folder, target):
    shutil.copytree(folder, target)
    return target
