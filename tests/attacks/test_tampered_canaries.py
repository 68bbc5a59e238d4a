"""Judge canaries: an adversary with the runner's key hides, changes or ignores a drift."""

import pytest

from shipworthy.kernel import canonical_bytes, digest_bytes

ANSWERS = "canaries/answers/run-002.jsonl"
KEY = "canaries/keys/leak.json"
OTHERWISE = {"yes": "no", "no": "yes", "undecided": "no"}


def seal_canaries(forge):
    """Let the log seal the canaries that are there now, then everything else."""
    forge.reroot("canaries/answers", "canaries", "canaries_root")
    forge.reseal()


def drift(answers):
    return [{**answers[0], "answer": OTHERWISE[answers[0]["expected"]]}, *answers[1:]]


def rekeyed(forge, change):
    """Change the answer key and the plan with it."""
    forge.edit(KEY, change)
    digest = digest_bytes(forge.files[KEY])
    forge.edit("plan.json", lambda plan: plan["canaries"].update(leak=digest))
    seal_canaries(forge)


def test_findings_that_ignore_a_drift_are_refused(forge):
    forge.edit_lines(ANSWERS, drift)
    seal_canaries(forge)
    assert {"SV-FINDING-BLOCKERS", "SV-CLAIM-VALUE"} <= forge.codes()


def test_findings_that_ignore_canaries_that_were_not_asked_are_refused(forge):
    forge.edit_lines(ANSWERS, lambda answers: answers[:-1])
    seal_canaries(forge)
    found = forge.codes()
    assert "SV-FINDING-BLOCKERS" in found
    assert "SV-CANARY-ORDER" not in found


def test_an_answer_changed_after_the_run_is_refused(forge):
    forge.edit_lines(ANSWERS, lambda answers: [*answers[:-1], {**answers[-1], "answer": "error"}])
    forge.reseal()
    assert "SV-CANARY-ROOT" in forge.codes()


def test_an_answer_taken_away_after_the_run_is_refused(forge):
    forge.edit_lines(ANSWERS, lambda answers: answers[:-1])
    forge.reseal()
    assert "SV-CANARY-ROOT" in forge.codes()


def test_the_canaries_of_a_run_cannot_be_left_out(forge):
    del forge.files[ANSWERS]
    forge.reseal()
    assert "SV-CANARY-RUN" in forge.codes()


def test_canaries_of_a_run_that_the_log_does_not_know_are_refused(forge):
    forge.files["canaries/answers/run-009.jsonl"] = b""
    forge.reseal()
    assert forge.codes() == {"SV-CANARY-RUN"}


def test_a_drifted_answer_cannot_be_dropped_from_the_middle(forge):
    forge.edit_lines(ANSWERS, lambda answers: [*answers[:4], *answers[5:]])
    seal_canaries(forge)
    assert "SV-CANARY-ORDER" in forge.codes()


def test_a_canary_asked_again_until_it_is_right_is_refused(forge):
    forge.edit_lines(ANSWERS, lambda answers: [answers[0], *answers])
    seal_canaries(forge)
    assert "SV-CANARY-ORDER" in forge.codes()


def test_the_easy_canaries_cannot_be_asked_first(forge):
    def swapped(answers):
        for answer, other in ((answers[5], answers[9]),):
            parts = {name: answer[name] for name in ("item", "expected", "answer")}
            answer.update({name: other[name] for name in parts})
            other.update(parts)
        return answers

    forge.edit_lines(ANSWERS, swapped)
    seal_canaries(forge)
    assert "SV-CANARY-ORDER" in forge.codes()


def test_an_answer_that_expects_what_the_drifted_judge_said_is_refused(forge):
    def excused(answers):
        wrong = OTHERWISE[answers[0]["expected"]]
        return [{**answers[0], "expected": wrong, "answer": wrong}, *answers[1:]]

    forge.edit_lines(ANSWERS, excused)
    seal_canaries(forge)
    assert "SV-CANARY-ANSWER" in forge.codes()


@pytest.mark.parametrize(
    "change",
    [{"after": 10_000}, {"after": -1}, {"run": "run-001"}, {"note": "x"}],
    ids=["after", "before", "run", "form"],
)
def test_an_answer_of_another_form_run_or_place_is_refused(forge, change):
    forge.edit_lines(ANSWERS, lambda answers: [{**answers[0], **change}, *answers[1:]])
    seal_canaries(forge)
    assert {"SV-CANARY-ANSWER", "SV-CANARY-ORDER"} & forge.codes()


def test_another_key_than_the_plan_names_is_refused(forge):
    forge.edit(KEY, lambda key: key["items"].pop())
    forge.reseal()
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_key_cannot_be_left_out(forge):
    del forge.files[KEY]
    forge.reseal()
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_key_of_a_judge_whom_the_plan_does_not_name_is_refused(forge):
    forge.files["canaries/keys/tool.json"] = canonical_bytes(forge.json(KEY))
    forge.reseal()
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_key_of_another_version_of_the_judge_than_the_card_is_refused(forge):
    rekeyed(forge, lambda key: key.update(judge_version="9"))
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_key_that_says_other_counts_than_the_card_of_the_same_set_is_refused(forge):
    labelled = forge.json("cards/leak.json")["labelled_set_digest"]
    rekeyed(forge, lambda key: key.update(labelled_set_digest=labelled))
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_key_with_one_kind_of_item_is_refused(forge):
    rekeyed(forge, lambda key: key.update(items=[i for i in key["items"] if i["positive"]]))
    assert "SV-CANARY-KEY" in forge.codes()


def test_a_plan_that_is_silent_about_canaries_is_refused(forge):
    forge.edit("plan.json", lambda plan: plan["canaries"].clear())
    seal_canaries(forge)
    assert "SV-PLAN-CANARIES" in forge.codes()


def test_a_plan_without_canaries_for_a_judge_gives_blocked_findings(forge):
    forge.edit("plan.json", lambda plan: plan["canaries"].update(leak=""))
    del forge.files[KEY]
    for run in ("run-001", "run-002"):
        forge.files[f"canaries/answers/{run}.jsonl"] = b""
    seal_canaries(forge)
    assert "SV-FINDING-BLOCKERS" in forge.codes()


def test_a_report_cannot_say_that_more_canaries_agreed(forge):
    claim = 'data-claim="canaries:leak#agreed" data-value="48"'
    forge.replace("report.html", claim, claim.replace("48", "47"))
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()
