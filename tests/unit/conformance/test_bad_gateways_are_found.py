"""The test of the suite: gateways that are bad in one way each, found by the case that says so."""

import pytest

from bad_gateways import BadGateway
from shipworthy.app.live.conformance.running import Wishes, conform_gateway
from shipworthy.app.live.conformance.summary import exit_of
from shipworthy.traffic.conformance.marks import mark_of
from shipworthy.traffic.conformance.verdicts import Verdict

ANSWERS = ("clean", "answers")


def conform(defect, tmp_path, *parts, judge=False, whys=None):
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
        verdicts = {one.case.id: one.verdict for one in outcomes}
        if whys is not None:
            whys.update({one.case.id: one.why for one in outcomes})
        return verdicts, exit_of(wishes, outcomes)


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


def test_a_guard_of_the_first_text_misses_every_other_place(tmp_path):
    whys = {}
    verdicts, code = conform("first-text", tmp_path, *ANSWERS, whys=whys)
    leaks = of(verdicts, Verdict.LEAK)
    places = {"reasoning", "call-name", "call-arguments", "call-nested", "refusal", "second"}
    for place in (*places, "unknown"):
        assert f"answers.chat.whole.{place}.plain" in leaks, place
    assert "answers.chat.whole.text.plain" not in leaks
    left = whys["answers.chat.whole.second.plain"]
    assert left == "the whole mark left in choices.1.message.content"
    assert code == 1


def test_a_guard_of_the_last_turn_misses_the_turns_before(tmp_path):
    verdicts, code = conform("last-turn", tmp_path, "requests")
    leaks = of(verdicts, Verdict.LEAK)
    assert leaks == {f"requests.chat.whole.{one}" for one in ("assistant", "tool-result", "call")}
    assert code == 1


def test_a_refusal_that_quotes_what_it_found_is_a_leak(tmp_path):
    whys = {}
    verdicts, code = conform("quotes", tmp_path, *ANSWERS, whys=whys)
    case = "answers.chat.whole.text.plain"
    assert verdicts[case] is Verdict.LEAK
    assert whys[case] == "the whole mark left in error.message, in an answer of status 446"
    assert code == 1


def test_errors_that_are_passed_on_are_found(tmp_path):
    verdicts, code = conform("errors-pass", tmp_path, "faults")
    leaks = of(verdicts, Verdict.LEAK)
    for fault in ("error-body", "plain-text", "bad-json", "no-end"):
        assert f"faults.chat.whole.{fault}" in leaks, fault
    assert "faults.chat.whole.after-end" in leaks
    assert "faults.chat.whole.header" not in leaks
    assert "faults.chat.whole.twice" not in leaks
    assert code == 1


def test_headers_that_are_passed_on_are_found(tmp_path):
    whys = {}
    verdicts, code = conform("headers-pass", tmp_path, "faults", whys=whys)
    leaks = of(verdicts, Verdict.LEAK)
    assert leaks == {"faults.chat.whole.header", "faults.chat.stream.header"}
    assert whys["faults.chat.whole.header"].startswith("the whole mark left in the header ")
    assert code == 1


def test_reads_that_are_forwarded_are_found(tmp_path):
    verdicts, code = conform("forwards-reads", tmp_path, "detours")
    leaks = of(verdicts, Verdict.LEAK)
    assert {"detours.chat.whole.get-file", "detours.chat.whole.get-completion"} <= leaks
    assert "detours.chat.whole.trailing-slash" not in leaks
    assert code == 1


def test_a_stream_that_is_cut_off_is_not_called_safe(tmp_path):
    verdicts, code = conform("cuts-off", tmp_path, *ANSWERS)
    assert not of(verdicts, Verdict.LEAK)
    assert verdicts["answers.chat.stream.text.events"] is Verdict.BROKEN
    assert verdicts["answers.chat.whole.text.plain"] is Verdict.HELD
    assert code == 3


def test_answers_that_no_judge_is_asked_about_leak(tmp_path):
    whys = {}
    verdicts, code = conform("asks-for-wholes", tmp_path, "judge", judge=True, whys=whys)
    assert verdicts["judge.chat.whole.objects"] is Verdict.HELD
    for mood in ("objects", "hangs", "fails"):
        assert verdicts[f"judge.chat.stream.{mood}"] is Verdict.LEAK, mood
    assert "the judge was not asked" in whys["judge.chat.stream.objects"]
    assert verdicts["judge.chat.stream.passes"] is Verdict.NOT_TESTABLE
    assert code == 1


@pytest.mark.parametrize(
    ("defect", "mood"), [("no-opinion-passes", "no-score"), ("slow-passes", "hangs")]
)
def test_one_mood_of_the_judge_is_enough_to_get_through(tmp_path, defect, mood):
    verdicts, code = conform(defect, tmp_path, "judge", judge=True)
    leaks = of(verdicts, Verdict.LEAK)
    assert leaks == {f"judge.chat.whole.{mood}", f"judge.chat.stream.{mood}"}
    assert code == 1


def test_an_altered_clean_answer_says_what_came_instead(tmp_path):
    whys = {}
    conform("never-answers", tmp_path, "answers", whys=whys)
    why = whys["clean.chat.whole.text.plain"]
    assert why.startswith("status 400: ")
    assert "not allowed" in why


def test_clean_answers_alone_say_nothing_of_leaks(tmp_path):
    verdicts, code = conform("chat-only", tmp_path, "clean")
    assert set(verdicts.values()) == {Verdict.INTACT}
    assert code == 3
