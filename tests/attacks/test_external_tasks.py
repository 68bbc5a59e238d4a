"""A plan that says that another program ran and scored it supports no go, whatever is left out."""

from early_ends import replan

WORDS = "another program ran and scored it: its errors are not known here"


def external(plan):
    plan["external"] = {
        "program": "inspect_ai 0.3.285",
        "packages": {},
        "task": "parcels",
        "source": "",
        "settings": "sha256:" + "0" * 64,
        "samples": 12,
        "breached": ["judge == I"],
        "held": ["judge == C"],
    }


def blocked(document):
    for finding in document["findings"]:
        finding["blockers"].append(WORDS)


def test_findings_of_a_task_without_their_blocker_are_refused(forge):
    replan(forge, external)
    forge.reseal()
    assert {"SV-FINDING-BLOCKERS", "SV-DECISION-EXTERNAL"} <= forge.codes()


def test_a_go_on_a_task_is_refused_though_every_finding_says_what_it_is(forge):
    replan(forge, external)
    forge.edit("findings.json", blocked)
    forge.reseal()
    codes = forge.codes()
    assert "SV-DECISION-EXTERNAL" in codes
    assert "SV-FINDING-BLOCKERS" not in codes


def test_a_blocker_of_tasks_does_not_stand_where_we_ran_the_trials(forge):
    forge.edit("findings.json", blocked)
    forge.reseal()
    assert "SV-FINDING-BLOCKERS" in forge.codes()
