"""Queues, labels and transcripts that were altered, and answers that cannot be: all refused."""

import json
import shutil

import pytest

from assessments import campaign_folder, shipworthy
from label_project import (
    items,
    label,
    labels_folder,
    queue_lines,
    run_campaign,
    sheet,
    write_queue,
)
from shipworthy.cli.main import run

NEXT = ("next", "--reader", "ben")
RESULT = ("result",)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """A campaign with a queue, of which one reader has answered the first three items."""
    folder = run_campaign(tmp_path_factory.mktemp("labelled"))
    assert label(folder, "draw", "--negatives", "0").returncode == 0
    first = [(one["id"], "yes") for one in items(folder)[:3]]
    answered = label(folder, "answer", "--reader", "ada", "--from", sheet(folder, first))
    assert answered.returncode == 0, answered.stderr
    return folder


@pytest.fixture
def project(labelled, tmp_path):
    shutil.copytree(labelled, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def command(project, capsys):
    """Run a command of this process; return its exit code and what it complained of."""

    def call(verb, *arguments):
        words = ("label", verb, project / "assessment.toml", *arguments)
        with pytest.raises(SystemExit) as ending:
            run([str(word) for word in (*words, "--project", project / "runs")])
        return ending.value.code, capsys.readouterr().err

    return call


def ada(project):
    return labels_folder(project) / "readers" / "ada.jsonl"


def rewrite(path, change):
    lines = change([json.loads(line) for line in path.read_text().splitlines()])
    path.write_text("".join(_canonical(line) for line in lines))


def _canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def queue_of(project, change):
    rewrite(labels_folder(project) / "queue.jsonl", change)


def of_another_plan(project):
    queue_of(project, lambda lines: [lines[0] | {"plan": "sha256:" + "0" * 64}, *lines[1:]])


def an_item_less(project):
    queue_of(project, lambda lines: lines[:-1])


def in_another_order(project):
    queue_of(project, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])


def read_by_one_only(project):
    queue_of(project, lambda lines: [lines[0], *(one | {"readings": 1} for one in lines[1:])])


def of_a_stratum_that_is_not_there(project):
    queue_of(project, lambda lines: [lines[0] | {"negatives": {"cyber.bare": 1}}, *lines[1:]])


def of_an_impossible_share(project):
    queue_of(project, lambda lines: [lines[0] | {"twice": "1/0"}, *lines[1:]])


def of_a_negative_number(project):
    queue_of(project, lambda lines: [lines[0] | {"negatives": {"secrets.bare": -1}}, *lines[1:]])


def transcripts(project):
    return campaign_folder(project / "runs") / "transcripts" / "run-001.jsonl"


def another_reply(project):
    wanted = {one["trial"] for one in items(project)}
    rewrite(
        transcripts(project),
        lambda lines: [
            one | {"reply": one["reply"] | {"text": "Never."}} if one["trial"] in wanted else one
            for one in lines
        ],
    )


def another_request(project):
    transcripts(project).write_text(transcripts(project).read_text().replace("user", "assistant"))


def no_transcripts(project):
    transcripts(project).unlink()


def another_answer(project):
    rewrite(ada(project), lambda lines: [lines[0] | {"answer": "no"}, *lines[1:]])


def a_label_taken_out(project):
    rewrite(ada(project), lambda lines: [lines[0], lines[2]])


def under_another_name(project):
    shutil.copy(ada(project), ada(project).with_name("ben.jsonl"))


def about_another_queue(project):
    rewrite(ada(project), lambda lines: [lines[0] | {"item_digest": "sha256:" + "1" * 64}])


def no_label_at_all(project):
    ada(project).write_text("{}\n")


@pytest.mark.parametrize(
    ("alter", "verb", "code"),
    [
        (of_another_plan, NEXT, "label-queue-foreign"),
        (an_item_less, NEXT, "label-queue-altered"),
        (in_another_order, RESULT, "label-queue-altered"),
        (read_by_one_only, RESULT, "label-queue-altered"),
        (of_a_stratum_that_is_not_there, NEXT, "label-queue-altered"),
        (of_an_impossible_share, NEXT, "label-queue-altered"),
        (of_a_negative_number, NEXT, "label-queue-altered"),
        (another_reply, NEXT, "transcript-altered"),
        (another_reply, RESULT, "transcript-altered"),
        (another_request, NEXT, "transcript-altered"),
        (no_transcripts, NEXT, "transcript-missing"),
        (another_answer, RESULT, "label-altered"),
        (a_label_taken_out, RESULT, "label-altered"),
        (under_another_name, NEXT, "label-altered"),
        (about_another_queue, RESULT, "label-altered"),
        (no_label_at_all, RESULT, "label-altered"),
    ],
)
def test_what_was_altered_is_refused(project, command, alter, verb, code):
    alter(project)
    ending, complaint = command(*verb)
    assert ending == 4, complaint
    assert f"error[{code}]" in complaint


@pytest.mark.parametrize("alter", [another_reply, no_transcripts])
def test_no_label_is_recorded_on_what_was_altered(project, command, alter):
    alter(project)
    item = items(project)[5]["id"]
    assert command("answer", item, "y", "--reader", "ben")[0] == 4
    assert not ada(project).with_name("ben.jsonl").exists()


def test_a_draw_from_altered_transcripts_is_refused(project, command):
    another_reply(project)
    shutil.rmtree(labels_folder(project))
    ending, complaint = command("draw")
    assert (ending, "error[transcript-altered]" in complaint) == (4, True)
    assert not labels_folder(project).exists()


def case(text):
    """A table of answers written as it stands; `{n}` is the id of an item."""

    def write(project):
        path = project / "table.csv"
        names = {f"i{number}": one["id"] for number, one in enumerate(items(project))}
        path.write_bytes(text.format(**names).encode("utf-8", "surrogateescape"))
        return ("answer", "--reader", "ada", "--from", path)

    return write


def words(*arguments):
    return lambda project: arguments


def about_the_first(project):
    return ("answer", items(project)[0]["id"], "no", "--reader", "ada")


def about_nothing(project):
    return ("answer", items(project)[5]["id"][:-1] + "x", "no", "--reader", "ada")


def both(project):
    return (*about_the_first(project), "--from", sheet(project, []))


@pytest.mark.parametrize(
    ("arguments", "code", "place"),
    [
        (about_the_first, "label-twice", ""),
        (about_nothing, "label-item", "did you mean"),
        (both, "label-answer", ""),
        (words("answer", "i-1", "maybe", "--reader", "ada"), "label-answer", "`maybe`"),
        (words("answer", "i-1", "--reader", "ada"), "label-answer", ""),
        (words("answer", "--reader", "ada"), "label-terminal", "--from FILE"),
        (words("answer", "--reader", "ada", "--from", "none.csv"), "label-sheet", "none.csv"),
        (words("next", "--reader", "../ada"), "label-reader", "`../ada`"),
        (words("next", "--reader", "Ada"), "label-reader", "lower-case"),
        (words("draw", "--domain", "secret"), "label-domain", "did you mean `secrets`"),
        (words("draw", "--twice", "1.5"), "label-share", "1.5"),
        (words("draw", "--twice", "15%"), "label-share", "15%"),
        (case(""), "label-sheet", ":1"),
        (case("item,labels\n{i5},no\n"), "label-sheet", "did you mean `label`"),
        (case("item,label\n{i5},no,ada\n"), "label-sheet", ":2"),
        (case("item,label\n{i5},no\n{i6},never\n"), "label-answer", ":3"),
        (case("item,label\n{i5},no\n{i5},no\n"), "label-twice", ":3"),
        (case("item,label\n{i5},no\n{i0},no\n"), "label-twice", ":3"),
        (case("item,label\n{i5},no\ni-unknown,no\n"), "label-item", ":3"),
        (case("item,label\n{i5},\udcff\n"), "label-sheet", "UTF-8"),
        (case('item,label\n"{i5},no\n'), "label-sheet", ""),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_recorded(
    project, command, arguments, code, place
):
    before = ada(project).read_bytes()
    ending, complaint = command(*arguments(project))
    assert ending == 2, complaint
    assert f"error[{code}]" in complaint
    assert place in complaint
    assert ada(project).read_bytes() == before


def test_without_a_queue_the_message_says_how_to_draw_one(project, command):
    shutil.rmtree(labels_folder(project))
    ending, complaint = command(*RESULT)
    assert (ending, "label draw" in complaint) == (2, True)


def test_a_broken_line_of_a_queue_is_named(project, command):
    write_queue(project, [*queue_lines(project), "{"])
    ending, complaint = command(*NEXT)
    assert ending == 2
    assert f"queue.jsonl:{len(queue_lines(project))}" in complaint


def test_a_campaign_that_is_not_finished_has_no_queue(project, command):
    shutil.rmtree(project / "runs")
    limited = shipworthy(
        *("evaluate", project / "assessment.toml", "--project", project / "runs", "--limit", "3")
    )
    assert limited.returncode == 5
    ending, complaint = command("draw")
    assert ending == 5
    assert "error[campaign-incomplete]" in complaint


def test_a_label_that_a_crash_cut_short_is_no_label_and_spoils_none(project, command):
    whole = ada(project).read_bytes()
    ada(project).write_bytes(whole + whole[:40])
    item = items(project)[3]["id"]
    assert command("answer", item, "u", "--reader", "ada")[0] == 0
    lines = ada(project).read_bytes().splitlines()
    assert b"\n".join(lines[:3]) + b"\n" == whole
    assert [json.loads(line)["answer"] for line in lines] == ["yes", "yes", "yes", "unsure"]
    assert command(*RESULT)[0] == 3
