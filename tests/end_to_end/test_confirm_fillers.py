"""Ordinary messages among replays: each goes out once, and its exchange is kept."""

import shutil

import pytest

from field_campaign import laboratory, open_tested, write_deployment
from shipworthy.app.live.asked import asked_digest
from shipworthy.app.live.confirming.folders import ConfirmationFolder
from shipworthy.app.live.confirming.preparing import prepare, prepare_again
from shipworthy.app.live.confirming.sending import FieldRecorder, missing_of
from shipworthy.kernel import Problem
from shipworthy.records.live.confirmations import FillerSent


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(laboratory(), tmp_path / "work")
    return tmp_path / "work"


def opened(folder, **options):
    path = write_deployment(folder, "http://127.0.0.1:9", **options)
    return open_tested(folder, path)


def fillers(sendings):
    return [one.filler for one in sendings if not one.lab]


@pytest.mark.slow
def test_a_filler_that_went_out_is_not_sent_again(folder, tmp_path):
    prepared = prepare(opened(folder))
    kept = ConfirmationFolder(tmp_path / "kept")
    planned = fillers(missing_of(prepared, kept))
    assert sorted(planned) == list(range(len(planned)))
    with FieldRecorder(kept) as recorder:
        for number in planned[:5]:
            recorder.filler(FillerSent(filler=number, route="chat", exchange="", at_ms=1))
    assert [one.filler for one in kept.fillers()] == planned[:5]
    assert fillers(missing_of(prepared, kept)) == planned[5:]
    assert sum(bool(one.lab) for one in missing_of(prepared, kept)) == prepared.plan.replays


@pytest.mark.slow
def test_a_plan_of_the_log_is_drawn_again_word_for_word(folder):
    tested = opened(folder)
    prepared = prepare(tested)
    again = prepare_again(tested, prepared.plan)
    assert again.sendings == prepared.sendings
    assert [again.request(one) for one in again.sendings] == [
        prepared.request(one) for one in prepared.sendings
    ]
    asked = {asked_digest(tested, one.route, again.request(one)) for one in again.sendings}
    assert "" not in asked
    assert len(asked) > len(prepared.items)


@pytest.mark.slow
def test_other_fillers_than_those_of_the_plan_are_not_drawn(folder):
    plan = prepare(opened(folder)).plan
    (folder / "own.txt").write_text("Good morning.\nWhat is the time?\n")
    other = opened(folder, extra='filler = "own.txt"')
    with pytest.raises(Problem, match="not those that the confirmation was planned with"):
        prepare_again(other, plan)
