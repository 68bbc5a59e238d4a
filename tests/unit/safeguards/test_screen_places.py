"""Where a screen looks in a request: turns by who speaks, and what tools are said to be."""

import asyncio

import pytest

from listening import Listening
from shipworthy.instruments.safeguards import make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine, drive
from shipworthy.instruments.safeguards.protocol import Delegated
from shipworthy.instruments.safeguards.screening import Probe, Screen, ScreenOptions
from shipworthy.instruments.safeguards.screening.exchange import PLACES
from shipworthy.instruments.safeguards.screening.options import ProbeOptions
from shipworthy.instruments.safeguards.screening.probe import open_scorer
from shipworthy.instruments.safeguards.screening.rules import RuleSet
from shipworthy.kernel import Problem
from shipworthy.traffic.dialects.words import tool_of
from shipworthy.vocabulary import Message, Reply, Request, Tool, ToolCall, ToolParameter
from tiny_probe import pair_probe

RULE = {"id": "ask", "request": "open sesame"}
MARK = "Open Sesame"


def request_with(place, text=MARK, depth="description"):
    """A request that holds a text in one place and plain words in all the others."""
    said = dict.fromkeys(PLACES, "plain words") | {place: text}
    call = ToolCall(name="find", arguments={"note": said["assistant"]})
    offered = {"name": "find", "description": "Finds.", "parameter": "place", "about": "where"}
    offered |= {depth: said["tool-descriptions"]} if depth != "description" else {}
    if depth == "description":
        offered["description"] = said["tool-descriptions"]
    parameter = ToolParameter(name=offered["parameter"], description=offered["about"])
    return Request(
        messages=(
            Message(role="system", content=said["system"], confidential=True),
            Message(role="user", content="before"),
            Message(role="assistant", content="I look.", tool_calls=(call,)),
            Message(role="tool", content=said["tool-results"]),
            Message(role="user", content=said["user"]),
        ),
        tools=(
            Tool(name=offered["name"], description=offered["description"], parameters=(parameter,)),
        ),
    )


@pytest.mark.parametrize("place", PLACES)
def test_rules_of_requests_look_everywhere_unless_told_otherwise(place):
    asked = request_with(place)
    assert make_screen({"rules": [RULE]}).screen_request(asked).action == "withheld"
    others = [name for name in PLACES if name != place]
    narrow = make_screen({"rules": [RULE], "places": others})
    assert narrow.screen_request(asked).action == "passed"
    alone = make_screen({"rules": [RULE], "places": [place]})
    assert alone.screen_request(asked).action == "withheld"


@pytest.mark.parametrize("depth", ["name", "description", "parameter", "about"])
def test_all_that_a_model_is_shown_of_a_tool_is_looked_at(depth):
    asked = request_with("tool-descriptions", depth=depth)
    assert make_screen({"rules": [RULE]}).screen_request(asked).action == "withheld"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string", "enum": [MARK]}}},
        {"type": "object", "properties": {"a": {"items": {"title": MARK}}}},
        {"type": "object", "properties": {"a": {"type": "string", "description": MARK}}},
        {"type": "object", "properties": {"a": {"x": {"description": "open\u200b sesame"}}}},
        {"type": "object", "$defs": {"open sesame": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"default": "o\npen \tsesame"}}},
        {"type": "object", "properties": {"a": {"default": 'say: "open" sesame'}}},
    ],
)
def test_no_depth_of_a_schema_hides_a_text(schema):
    tool = tool_of("find", "Finds.", schema)
    rule = {"id": "ask", "request": "opensesame", "views": ["compact"]}
    asked = Request(messages=(Message(role="user", content="hello"),), tools=(tool,))
    assert make_screen({"rules": [rule]}).screen_request(asked).action == "withheld"


def test_the_places_decide_the_request_half_of_a_rule_of_exchanges():
    rule = {"id": "both", "request": "open sesame", "reply": "roses"}
    asked, said = request_with("tool-descriptions"), Reply(text="Roses are red")
    for places, action in ((PLACES, "withheld"), (["user"], "passed")):
        layer = make_screen({"rules": [rule], "places": list(places)})
        assert layer.screen_reply(asked, said).action == action
        scan = layer.open_scan(asked, "text")
        stops = [scan.feed(piece) for piece in ("Roses are red", "." * 90)]
        assert (None in stops) == (action == "withheld")


@pytest.mark.parametrize("place", PLACES)
def test_the_expert_is_shown_the_places(place):
    asked = request_with(place)
    for places, shown in ((PLACES, True), ([name for name in PLACES if name != place], False)):
        expert = Listening()
        layer = Screen(ScreenOptions(places=tuple(places)), RuleSet([]), None, expert)
        engine = GuardEngine([layer])
        admission = asyncio.run(drive(engine.admit(asked)))
        asyncio.run(drive(engine.release(admission, Reply(text="an answer"))))
        assert [MARK in question for question in expert.asked] == [shown, shown]


def probing(places, **options):
    """A screen whose probe has an opinion of the pair `zz` alone."""
    made = pair_probe(3000)
    settings = ScreenOptions(probe=ProbeOptions(places=tuple(places)), **options)
    return Screen(settings, RuleSet([]), Probe(made, open_scorer(made.weights), 100))


@pytest.mark.parametrize("place", PLACES)
def test_the_probe_scores_the_places_it_is_told_to(place):
    asked = request_with(place, "zzzzzzzz " * 8)
    assert probing(PLACES).screen_request(asked).action == "withheld"
    assert probing([place]).screen_request(asked).action == "withheld"
    others = probing([name for name in PLACES if name != place])
    assert others.screen_request(asked).action == "passed"
    usual = probing(ProbeOptions().places)
    assert usual.screen_request(asked).action == ("withheld" if place == "user" else "passed")


def test_an_answer_is_scored_beside_the_user_only_where_the_user_is_looked_at():
    asked = Request(messages=(Message(role="user", content="zzzzzzzz " * 8),))
    assert probing(["user"]).screen_reply(asked, Reply(text="fine")).action == "withheld"
    assert probing(["system"]).screen_reply(asked, Reply(text="fine")).action == "passed"


def test_places_are_part_of_the_identity_and_their_order_is_not():
    rules = [RULE]
    identities = [
        make_screen({"rules": rules, "places": places}).identity().configuration
        for places in (["user"], ["user", "system"], list(PLACES))
    ]
    assert len(set(identities)) == 3
    turned = make_screen({"rules": rules, "places": ["system", "user"]}).identity().configuration
    assert turned == identities[1]
    assert make_screen({"rules": rules}).identity().configuration == identities[2]
    one, other = (probing(places).identity().configuration for places in (["user"], PLACES))
    assert one != other


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"places": []}, "needs at least one place"),
        ({"places": ["user", "user"]}, "each once"),
        ({"places": ["tools"]}, "places"),
        ({"places": ["system"], "probe": {}}, "`probe.places` names `user`"),
        ({"probe": {"places": []}}, "`probe.places` needs at least one place"),
    ],
)
def test_places_that_cannot_be_are_refused(options, complaint):
    with pytest.raises(Problem, match=r".") as caught:
        make_screen(options)
    assert complaint in caught.value.render()


def test_rules_rule_over_a_place_before_anybody_is_asked():
    expert = Listening()
    layer = Screen(ScreenOptions(), make_screen({"rules": [RULE]}).rules, None, expert)
    assert layer.screen_request(request_with("tool-descriptions")).action == "withheld"
    assert isinstance(layer.screen_request(request_with("user", "plain")), Delegated)
    assert expert.asked == []
