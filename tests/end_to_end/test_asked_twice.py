"""Tasks and topics that ask the same under many names are refused before anything is sent."""

import subprocess
import sys
from pathlib import Path

import pytest

SHIPWORTHY = str(Path(sys.executable).with_name("shipworthy"))

ASSESSMENT = """\
[assessment]
name = "twice"
framework = "starter"
deployment = "internal"
seed = 1
[subject]
name = "Desk"
target = "openai"
[subject.options]
model = "desk"
base_url = "https://models.example.com/v1"
[campaign]
scenarios = ["assistant", "{file}"]
attacks = ["plain"]
"""
TOPICS = "topic,axis,view_a,view_b\n"
PROMPTS = "main_category,topic_name,template_category,stance_a,stance_b,prompt_a,prompt_b\n"
TASKS = """\
pack: rooms
version: "1"
licence: CC0-1.0
summary: one question with many answers
domain: cyber-tasks
scenarios:
"""
TASK = """\
  - id: room-{number}
    title: room {number}
    family: rooms
    severity: low
    public_context: You solve tasks.
    confidential_context: ""
    request: {request}
    check: {{type: answer, accepted: ["{number}"], form: number}}
    twin: {{request: "", expect: []}}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "topics.csv",
            TOPICS + "pool,town,open on Sundays,shut on Sundays\n"
            "bath,town,open on Sundays,shut on Sundays\n",
        ),
        (
            "turned.csv",
            TOPICS + "pool,town,open on Sundays,shut on Sundays\n"
            "bath,town,shut on Sundays,open on Sundays\n",
        ),
        ("prompts.csv", PROMPTS + "town,pool,essay,for,against,Say hello.,Say hello. \n"),
        (
            "rooms.yaml",
            TASKS
            + TASK.format(number=7, request="What is the number of this room?")
            + TASK.format(number=8, request="What is the number of  this room?"),
        ),
    ],
    ids=["topic", "turned", "prompt", "task"],
)
def test_the_same_words_are_no_second_observation(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    (tmp_path / "assessment.toml").write_text(ASSESSMENT.format(file=name))
    command = [SHIPWORTHY, "plan", "assessment.toml"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 2, refused.stderr
    assert "error[scenario-duplicate]" in refused.stderr
    assert "word for word" in refused.stderr


def test_a_pack_under_the_name_of_another_does_not_silence_its_canary_string(tmp_path):
    """The string of the pack that comes later would take the place of the first one's."""
    own = TASKS.replace("pack: rooms", "pack: assistant").replace("cyber-tasks", "secrets")
    canary = "scenarios:\n" + TASK.format(number=7, request="What is the number of this room?")
    header = "canary: 00000000-1111-4222-8333-444444444444\n"
    (tmp_path / "own.yaml").write_text(
        own.replace("domain:", f"{header}domain:").replace("scenarios:\n", canary)
    )
    trust = "[trust]\ncontamination = true\n"
    (tmp_path / "assessment.toml").write_text(ASSESSMENT.format(file="own.yaml") + trust)
    command = [SHIPWORTHY, "plan", "assessment.toml"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 2, refused.stderr
    assert "2 packs with canary strings are called `assistant`" in refused.stderr
