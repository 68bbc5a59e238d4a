"""The test of the suite: gateways that are bad in one way each, found by the case that says so."""

import pytest

from bad_gateways import BadGateway
from shipworthy.app.live.conformance.running import Wishes, conform_gateway
from shipworthy.app.live.conformance.summary import exit_of
from shipworthy.traffic.conformance.marks import mark_of
from shipworthy.traffic.conformance.verdicts import Verdict

ANSWERS = ("clean", "answers")


def conform(defect, tmp_path, *parts, judge=False):
    log = tmp_path / "records.jsonl"
    ports = {}
    # the scripted servers take free ports, so the gateway learns of them when they are said
    with BadGateway("", mark_of("1", "SWC").text, defect, log=log) as gateway:

        def learn(line):
            name, _, rest = line.partition(" ")
            if name in {"model", "judge"}:
                ports[name] = rest.split()[0].removesuffix("/v1")
                gateway.upstream, gateway.judge = ports.get("model"), ports.get("judge", "")

        wishes = Wishes(
            gateway.url,
            model_port=0,
            judge_port=0 if judge else None,
            dialects=("chat",),
            parts=parts,
            records=str(log),
            found=("guard.flagged=True",),
            timeout_s=4,
        )
        outcomes = conform_gateway(wishes, learn, lambda outcome: None)
        return {one.case.id: one.verdict for one in outcomes}, exit_of(wishes, outcomes)


def of(verdicts, verdict):
    return {name for name, found in verdicts.items() if found is verdict}


def test_a_gateway_without_a_defect_holds_everything(tmp_path):
    verdicts, code = conform("", tmp_path, *ANSWERS, "requests")
    assert not of(verdicts, Verdict.LEAK)
    assert not of(verdicts, Verdict.RECORDED_AS_PASS)
    assert not of(verdicts, Verdict.BROKEN)
    assert len(of(verdicts, Verdict.HELD)) > 40
    assert len(of(verdicts, Verdict.INTACT)) > 12
    assert code == 0


def test_streams_that_nobody_guards_are_found(tmp_path):
    verdicts, code = conform("stream-unguarded", tmp_path, *ANSWERS)
    leaks = of(verdicts, Verdict.LEAK)
    assert leaks == {name for name in verdicts if name.startswith("answers.chat.stream.")}
    assert code == 1


def test_pieces_that_are_scanned_alone_are_found(tmp_path):
    verdicts, code = conform("chunk-only", tmp_path, *ANSWERS)
    leaks = of(verdicts, Verdict.LEAK)
    assert {"answers.chat.stream.text.events", "answers.chat.stream.text.letters"} <= leaks
    assert "answers.chat.stream.text.one-event" not in leaks
    assert code == 1


def test_a_part_that_left_before_the_block_is_a_leak(tmp_path):
    verdicts, code = conform("leaks-then-blocks", tmp_path, *ANSWERS)
    leaks = of(verdicts, Verdict.LEAK)
    assert "answers.chat.stream.text.events" in leaks
    assert "answers.chat.stream.text.one-event" not in leaks
    assert code == 1


def test_a_path_beside_the_guard_is_found(tmp_path):
    verdicts, code = conform("chat-only", tmp_path, "detours")
    leaks = of(verdicts, Verdict.LEAK)
    assert {"detours.chat.whole.trailing-slash", "detours.chat.whole.query"} <= leaks
    assert "detours.chat.whole.text-plain" not in leaks
    assert code == 1


def test_a_guard_that_fails_open_is_found(tmp_path):
    verdicts, code = conform("fails-open", tmp_path, "judge", judge=True)
    leaks = of(verdicts, Verdict.LEAK)
    for mood in ("hangs", "fails", "garbage", "empty", "resets", "no-score"):
        assert f"judge.chat.whole.{mood}" in leaks
    assert "judge.chat.whole.objects" not in leaks
    assert code == 1


def test_a_guard_that_fails_closed_is_not_blamed(tmp_path):
    verdicts, code = conform("", tmp_path, "judge", judge=True)
    assert not of(verdicts, Verdict.LEAK)
    assert verdicts["judge.chat.whole.passes"] is Verdict.INTACT
    assert verdicts["judge.chat.stream.hangs"] is Verdict.HELD
    assert code == 0


def test_a_judge_that_is_never_asked_shows_nothing(tmp_path):
    verdicts, code = conform("never-answers", tmp_path, "judge", judge=True)
    assert verdicts["judge.chat.whole.hangs"] is Verdict.NOT_TESTABLE
    assert code == 3


def test_a_detection_that_is_recorded_as_a_pass_is_found(tmp_path):
    verdicts, code = conform("records-pass", tmp_path, *ANSWERS)
    assert not of(verdicts, Verdict.LEAK)
    assert "answers.chat.whole.text.plain" in of(verdicts, Verdict.RECORDED_AS_PASS)
    assert code == 1


def test_a_scan_of_bytes_misses_what_they_say(tmp_path):
    verdicts, code = conform("raw-bytes", tmp_path, *ANSWERS)
    leaks = of(verdicts, Verdict.LEAK)
    assert "answers.chat.whole.text.escaped" in leaks
    assert "answers.chat.whole.text.plain" not in leaks
    assert code == 1


def test_requests_that_nobody_looks_at_are_found(tmp_path):
    verdicts, code = conform("answers-only", tmp_path, "requests")
    leaks = of(verdicts, Verdict.LEAK)
    assert leaks == {
        f"requests.chat.whole.{place}"
        for place in ("user", "parts", "assistant", "tool-result", "call")
    }
    assert verdicts["requests.chat.whole.system"] is Verdict.PASSED_ON
    assert code == 1


def test_blocking_too_much_is_a_finding_of_its_own(tmp_path):
    verdicts, code = conform("over-blocks", tmp_path, *ANSWERS)
    assert verdicts["clean.chat.whole.near-miss.plain"] is Verdict.ALTERED
    assert not of(verdicts, Verdict.LEAK)
    assert code == 0


@pytest.mark.parametrize("part", ["answers", "requests"])
def test_a_gateway_that_answers_nothing_is_not_called_safe(tmp_path, part):
    verdicts, code = conform("never-answers", tmp_path, part)
    assert not of(verdicts, Verdict.HELD)
    assert of(verdicts, Verdict.NOT_TESTABLE)
    assert code == 3
