"""A plan that says its trials were read from logs can support no go, whatever is left out."""

from early_ends import replan

WORDS = "imported from logs: nothing was registered before it ran"


def imported(plan):
    plan["imported"] = {"logs": [], "breached": ["judge == I"], "held": ["judge == C"]}


def blocked(document):
    for finding in document["findings"]:
        finding["blockers"].append(WORDS)


def test_findings_of_logs_without_their_blocker_are_refused(forge):
    replan(forge, imported)
    forge.reseal()
    assert {"SV-FINDING-BLOCKERS", "SV-DECISION-IMPORTED"} <= forge.codes()


def test_a_go_on_logs_is_refused_though_every_finding_says_what_it_is(forge):
    replan(forge, imported)
    forge.edit("findings.json", blocked)
    forge.reseal()
    codes = forge.codes()
    assert "SV-DECISION-IMPORTED" in codes
    assert "SV-FINDING-BLOCKERS" not in codes


def test_a_blocker_of_logs_does_not_stand_where_no_log_was_read(forge):
    forge.edit("findings.json", blocked)
    forge.reseal()
    assert "SV-FINDING-BLOCKERS" in forge.codes()
