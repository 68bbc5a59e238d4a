"""When a screen asks its expert, how often, and that a crossing request is never lost."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening import Listening
from passing import ABOUT
from shipworthy.instruments.safeguards import make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive
from shipworthy.instruments.safeguards.screening import Probe, Screen, ScreenOptions
from shipworthy.instruments.safeguards.screening.options import ProbeOptions
from shipworthy.instruments.safeguards.screening.probe import Promise, open_scorer, table_probe
from shipworthy.instruments.safeguards.screening.rules import Rule, RuleSet
from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Reading
from shipworthy.traffic.passages import Answer, Passage
from shipworthy.vocabulary import Message, Reply, Request
from tiny_probe import pair_probe
from wire_answers import Spoken, request, whole

CROSSING = "zzzzzzzz " * 8
PLAIN = "nothing of the kind in here. " * 12


def asking(*turns):
    return Request(messages=tuple(Message(role="user", content=turn) for turn in turns))


def probing(expert, hold="reply", rules=(), **options):
    settings = ScreenOptions(probe=ProbeOptions(hold=hold), **options)
    made = pair_probe(3000)
    return Screen(settings, RuleSet(rules), Probe(made, open_scorer(made.weights), 100), expert)


def exchange(engine, asked, text, piece=0):
    """Carry an exchange out, in pieces or whole; return the answer and what left before its end."""

    async def carried():
        admission = await drive(engine.admit(asked))
        if admission.stopped:
            return await drive(engine.refuse(admission)), 0
        if not piece:
            return await drive(engine.release(admission, Reply(text=text))), 0
        flow, left = ReplyStream(engine, admission), 0
        for at in range(0, len(text), piece):
            flowed = flow.feed("text", text[at : at + piece])
            left = flowed.clear
            if flowed.stop:
                break
        return (await drive(flow.finish("stop"))).answer, left

    return asyncio.run(carried())


@pytest.mark.parametrize(
    ("asked", "request_text", "answer_text", "questions"),
    [
        ("request-and-answer", "plain", "plain", 0),
        ("request-and-answer", "crossing", "plain", 2),
        ("request-and-answer", "plain", "crossing", 1),
        ("request-and-answer", "crossing", "crossing", 2),
        ("answer", "plain", "plain", 0),
        ("answer", "crossing", "plain", 1),
        ("answer", "plain", "crossing", 1),
        ("answer", "crossing", "crossing", 1),
    ],
)
@pytest.mark.parametrize("piece", [0, 7])
def test_how_often_an_expert_is_asked_is_what_the_option_says(
    asked, request_text, answer_text, questions, piece
):
    said = {"crossing": CROSSING, "plain": PLAIN}
    expert = Listening(asked_when=asked)
    engine = GuardEngine([probing(expert, hold="window")])
    answer, _ = exchange(engine, asking(said[request_text]), said[answer_text], piece)
    assert len(expert.asked) == questions
    assert len(set(expert.asked)) == questions
    assert answer.text == said[answer_text]
    if asked == "answer":
        assert all("answer: " in one for one in expert.asked)


@pytest.mark.parametrize("hold", ["reply", "window"])
@pytest.mark.parametrize(("word", "ends"), [("harmful", "withheld"), ("unclear", "errored")])
def test_a_request_that_crossed_is_asked_about_with_its_answer(hold, word, ends):
    """Nothing has left by then, though no window of the answer itself crosses."""
    expert = Listening(asked_when="answer")
    engine = GuardEngine([probing(expert, hold)])
    question = asking(f"{word} {CROSSING}", "and now something else, if you please. " * 9)
    for piece in (0, 5):
        answer, left = exchange(engine, question, PLAIN, piece)
        assert left == 0
        assert answer.finish == "withheld"
        assert [act.action for act in answer.layers][1] == ends
    assert len(expert.asked) == 2


def test_rules_need_no_expert_on_either_side():
    rules = [Rule(id="ask", request="open sesame"), Rule(id="say", reply="open sesame")]
    expert = Listening(asked_when="answer")
    engine = GuardEngine([probing(expert, rules=rules)])
    for said, text in (("open sesame " + CROSSING, PLAIN), (CROSSING, "open sesame")):
        answer, _ = exchange(engine, asking(said), text)
        assert answer.finish == "withheld"
    assert expert.asked == []


def test_when_an_expert_is_asked_is_part_of_the_identity():
    judge = {"url": "http://127.0.0.1:9/v1", "model": "m", "policy": "p"}
    one, other = (
        make_screen({"judge": {**judge, "asked": asked}}).identity().configuration
        for asked in ("request-and-answer", "answer")
    )
    assert one != other
    assert make_screen({"judge": judge}).identity().configuration == one


@given(st.lists(st.sampled_from(["same", "other", "third"]), min_size=1, max_size=8))
def test_several_choices_of_one_text_are_one_question(texts):
    expert = Listening()
    layer = Screen(ScreenOptions(), RuleSet([]), None, expert)
    passage = Passage(GuardEngine([layer]), DIALECTS_BY_NAME["chat"], Reading(), lambda: 0.0)
    asyncio.run(drive(passage.ask(request("chat", stream=False, n=len(texts)))))
    expert.asked.clear()
    passage.begin_reply(200, "application/json", "")
    body = json.loads(whole("chat", Spoken(text="x")))
    (choice,) = body["choices"]
    body["choices"] = [
        {**choice, "index": at, "message": {"role": "assistant", "content": text}}
        for at, text in enumerate(texts)
    ]
    passage.take(json.dumps(body).encode())
    answered = asyncio.run(drive(passage.finish()))
    assert isinstance(answered, Answer)
    assert answered.status == 200
    assert sorted(expert.asked) == sorted(f"user: hi\n\nanswer: {text}" for text in set(texts))
    assert [len(one.verdict.actions) for one in passage.records(ABOUT)] == [2] * len(texts)


def test_two_layers_with_one_expert_pay_once_for_one_question():
    expert = Listening()
    layers = [Screen(ScreenOptions(name=name), RuleSet([]), None, expert) for name in "ab"]
    answer, _ = exchange(GuardEngine(layers), asking("hello"), "an answer")
    assert len(expert.asked) == 2
    assert [act.action for act in answer.layers] == ["passed"] * 4


def test_no_opinion_is_not_kept():
    expert = Listening()
    layers = [
        Screen(ScreenOptions(name=name, on_error="open"), RuleSet([]), None, expert)
        for name in "ab"
    ]
    answer, _ = exchange(GuardEngine(layers), asking("unclear"), "an answer")
    assert len(expert.asked) == 4
    assert {act.action for act in answer.layers} == {"errored"}


@pytest.mark.parametrize("asked", ["request-and-answer", "answer"])
def test_the_budget_of_the_promise_bounds_what_is_asked(tmp_path, asked):
    """Of harmless exchanges at most the promised share is asked about, on either side."""
    path = tmp_path / "mine.csv"
    rows = ["text,harmful"]
    rows += [f"please tell me the staff code {n} of the canary,1" for n in range(700)]
    rows += [f"what grows in my garden in month {n},0" for n in range(700)]
    path.write_text("\n".join(rows))
    made = table_probe(path, Promise(miss_rate="0.05", budget="0.10"))
    expert = Listening(asked_when=asked)
    settings = ScreenOptions(probe=ProbeOptions(model="mine"))
    probe = Probe(made, open_scorer(made.weights), made.calibration.threshold)
    engine = GuardEngine([Screen(settings, RuleSet([]), probe, expert)])
    for n in range(2000, 2200):
        text = f"what grows in my garden in month {n}"
        exchange(engine, asking(text), text)
    sides = {"request-and-answer": 2, "answer": 1}[asked]
    assert len(expert.asked) <= 0.10 * 200 * sides
    expert.asked.clear()
    for n in range(2000, 2050):
        exchange(engine, asking(f"please tell me the staff code {n} of the canary"), "yes")
    assert 50 * 0.95 <= len(expert.asked) <= 50 * sides
