"""Sealed canaries as a user runs them: promised, sent, alarmed, revealed, audited."""

import json
import re
import shutil
import time

import pytest

from assessments import log_entries, shipworthy
from deployed import Defects
from field_campaign import deployed_path, in_process, laboratory, write_deployment
from shipworthy.app.registration.watches import WatchFolder
from shipworthy.evidence import one_at_a_time
from shipworthy.kernel import canonical_bytes, digest_bytes
from shipworthy.records.live.probes import ProbePromised
from shipworthy.stages.confirming import draw_probe, outcomes_root

QUICK = ("--per-hour", "400000", "--hours", "0.0003")


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


@pytest.fixture
def path(campaign):
    with deployed_path(campaign) as path:
        path.defects.identity = None
        write_deployment(campaign, path.url, extra='routes = ["chat", "messages.stream"]')
        yield path


def run(folder, *arguments):
    return in_process(folder, "confirm", *arguments[:1], "deployment.toml", *arguments[1:])


def is_probe(heard):
    return bool(re.search("desk|Tisch", heard.request.user_text))


def chain(folder):
    (found,) = folder.glob("runs/*/*/live/canaries/*/chain.jsonl")
    return found


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_probes_are_promised_before_they_are_sent_and_nothing_marks_them(campaign, path):
    promised = []

    def note(heard):
        if is_probe(heard):
            promised.append(len(lines(chain(campaign))))
        return False

    path.defects.skips = note
    done = shipworthy("confirm", "watch", "deployment.toml", *QUICK, cwd=campaign)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no alarm" in done.stdout
    for place, known in enumerate(promised):
        assert known >= 2 + place // 2
    shown = chain(campaign).read_text()
    assert "desk" not in shown.replace('"deployment":"desks"', "")
    for headers in path.headers:
        assert "shipworthy" not in str(headers).casefold()
    outcomes = lines(chain(campaign).parent / "outcomes.jsonl")
    assert {one["end"] for one in outcomes} == {"caught"}
    assert {one["twin"] for one in outcomes} == {"answered"}
    assert any(
        entry["type"] == "statement" and entry["kind"] == "canary-chain"
        for entry in log_entries(campaign / "runs")
    )


@pytest.mark.slow
def test_a_guard_that_goes_off_raises_an_alarm_and_the_next_run_goes_on(campaign, path):
    assert run(campaign, "watch", *QUICK).returncode == 0
    before = len(lines(chain(campaign)))
    path.defects = Defects(layers=(), identity=None)
    done = run(campaign, "watch", "--per-hour", "400000", "--hours", "0.01")
    assert done.returncode == 1, done.stdout
    assert "ALARM" in done.stdout
    found = lines(chain(campaign))
    assert found[-1]["type"] == "watch-alarmed"
    assert len(found) - before < 40
    path.defects = Defects(identity=None)
    assert run(campaign, "watch", *QUICK).returncode == 0


@pytest.mark.slow
def test_the_key_opens_every_promise_and_the_watch_ends_with_it(campaign, path):
    run(campaign, "watch", *QUICK)
    sealed = run(campaign, "audit")
    assert sealed.returncode == 0
    assert "sealed" in sealed.stdout
    revealed = run(campaign, "reveal")
    assert revealed.returncode == 0, revealed.stdout + revealed.stderr
    assert "every promise and outcome is as the key draws" in revealed.stdout
    assert run(campaign, "reveal").returncode == 2
    assert run(campaign, "audit").returncode == 0
    run(campaign, "watch", *QUICK)
    assert len(list(campaign.glob("runs/*/*/live/canaries/*/chain.jsonl"))) == 2
    assert path.seen


def test_a_promise_that_a_crash_left_open_is_unknown_and_no_forgery(campaign, path):
    """The program died between the promise and its answer; then the key was revealed."""
    run(campaign, "watch", *QUICK)
    folder = WatchFolder(chain(campaign).parent)
    known = folder.read_chain()
    number = len(known.promises) + 1
    drawn = draw_probe(folder.read_key(), number, folder.read_pool(), known.opened.routes)
    promise = ProbePromised(
        number=number,
        promise=drawn.promise,
        previous=known.digests[-1],
        at_ms=round(time.time() * 1000),
    )
    with folder.chain.open("ab") as stream:
        stream.write(canonical_bytes(promise) + b"\n")
    done = run(campaign, "reveal")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 unknown" in done.stdout
    outcomes = lines(folder.outcomes)
    assert (outcomes[-1]["number"], outcomes[-1]["end"]) == (number, "unknown")
    assert path.seen


def test_the_key_is_not_revealed_while_probes_are_sent(campaign, path):
    run(campaign, "watch", *QUICK)
    with one_at_a_time(chain(campaign).parents[1]):
        busy = run(campaign, "reveal")
    assert "error[canary-busy]" in busy.stderr
    assert run(campaign, "reveal").returncode == 0
    assert path.seen


def drop_an_outcome(folder):
    file = chain(folder).parent / "outcomes.jsonl"
    file.write_text("".join(line + "\n" for line in file.read_text().splitlines()[:-1]))


def drop_a_promise_with_its_outcome(folder):
    for file in (chain(folder), chain(folder).parent / "outcomes.jsonl"):
        file.write_text("".join(line + "\n" for line in file.read_text().splitlines()[:-1]))


def rewrite(folder, change, *, linked=False):
    """Write the outcomes anew as `change` makes them; `linked`: each after the one before it."""
    file = chain(folder).parent / "outcomes.jsonl"
    found = change([json.loads(line) for line in file.read_text().splitlines()])
    previous = outcomes_root((file.parent / "key").read_bytes())
    written = []
    for one in found:
        if linked:
            one["previous"] = previous
        written.append(canonical_bytes(one))
        previous = digest_bytes(written[-1])
    file.write_bytes(b"".join(line + b"\n" for line in written))


def change_an_outcome(folder):
    rewrite(folder, lambda found: [found[0] | {"scenario": "desk-999"}, *found[1:]], linked=True)


def call_another_end(folder):
    """What a runner would do whose safeguards missed: nothing but the word is changed."""
    other = {"caught": "missed", "missed": "caught"}
    rewrite(folder, lambda found: [found[0] | {"end": other[found[0]["end"]]}, *found[1:]])


def call_another_end_and_link_it(folder):
    other = {"caught": "missed", "missed": "caught"}
    rewrite(
        folder,
        lambda found: [found[0] | {"end": other[found[0]["end"]]}, *found[1:]],
        linked=True,
    )


def take_an_outcome_out(folder):
    rewrite(folder, lambda found: [found[0], *found[2:]])


def swap_two_outcomes(folder):
    rewrite(folder, lambda found: [found[1], found[0], *found[2:]], linked=True)


def use_another_key(folder):
    key = chain(folder).parent / "key"
    key.write_bytes(bytes(32))


def take_a_signed_head_away(folder):
    (chain(folder).parent / "anchors").rename(folder / "elsewhere")


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (drop_an_outcome, "outcomes that were signed"),
        (drop_a_promise_with_its_outcome, "the head of the chain that was signed"),
        (change_an_outcome, "is of another probe"),
        (call_another_end, "outcome 2 does not follow the one before it"),
        (call_another_end_and_link_it, "outcomes that were signed"),
        (take_an_outcome_out, "outcome 2 does not follow the one before it"),
        (swap_two_outcomes, "outcome 2 is of probe 1, after probe 2"),
        (use_another_key, "the key is not the one"),
    ],
)
def test_what_was_changed_is_found_by_audit_and_by_decide(campaign, path, tamper, complaint):
    run(campaign, "watch", *QUICK)
    tamper(campaign)
    done = run(campaign, "reveal")
    assert done.returncode == 4, done.stdout + done.stderr
    assert complaint in done.stdout
    decided = in_process(campaign, "decide", "assessment.toml")
    assert decided.returncode == 4, decided.stdout + decided.stderr
    assert "error[canary-altered]" in decided.stderr
    assert path.seen


@pytest.mark.parametrize("tamper", [call_another_end, swap_two_outcomes, drop_an_outcome])
def test_what_was_changed_while_the_key_was_sealed_is_found(campaign, path, tamper):
    run(campaign, "watch", *QUICK)
    assert in_process(campaign, "decide", "assessment.toml").returncode != 4
    tamper(campaign)
    assert run(campaign, "audit").returncode == 4
    assert "error[canary-altered]" in in_process(campaign, "decide", "assessment.toml").stderr
    assert path.seen


def test_a_watch_that_is_taken_away_is_missed(campaign, path):
    run(campaign, "watch", *QUICK)
    take_a_signed_head_away(campaign)
    assert run(campaign, "audit").returncode == 4
    decided = in_process(campaign, "decide", "assessment.toml")
    assert "statements about watches that the log knows are gone" in decided.stderr
    assert path.seen


def test_a_watch_without_probes_says_so(campaign, path):
    assert run(campaign, "audit").returncode == 3
    assert "error[canary-missing]" in run(campaign, "reveal").stderr
    assert "error[canary-terms]" in run(campaign, "watch", "--baseline", "1.5").stderr
    assert path.seen == []
