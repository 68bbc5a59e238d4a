"""Can a deployment tell replays and probes from the ordinary messages around them?

What gives them away must be what they say and nothing else: an operator whose gateway treats
probes specially would otherwise be confirmed for what users never get.
"""

import asyncio
import random
import shutil

import pytest

from field_campaign import deployed_path, laboratory, open_tested, surroundings, write_deployment
from shipworthy.app.live.canaries.watching import WatchTerms, watch
from shipworthy.app.live.confirming.confirming import confirm
from shipworthy.app.live.filler import filler_messages
from telling_apart import area, envelope, repeated, said, words

ORDINARY = frozenset(filler_messages(None))
ROUTES = 'routes = ["chat", "chat.stream.tools", "messages.stream", "responses"]'
FAR = 0.60
"""Area from which an envelope counts as a mark; guessing has 0.5."""


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


def asked(campaign, run, prompt, extra=ROUTES):
    """Return bodies, headers, and which requests were replays, as the deployment saw them."""
    with deployed_path(campaign) as path:
        path.defects.identity = None
        file = write_deployment(campaign, path.url, extra=extra, prompt=prompt)
        text = file.read_text().replace("fillers_per_hundred = 20", "fillers_per_hundred = 100")
        file.write_text(text)
        run(open_tested(campaign, file))
        labels = [said(body) not in ORDINARY for body in path.bodies]
        return path.bodies, path.headers, labels


def confirmed(tested):
    asyncio.run(confirm(tested, surroundings()))


def watched(tested):
    terms = WatchTerms(per_hour=400_000, hours=0.0006, baseline="0.02")
    asyncio.run(watch(tested, terms, surroundings()))


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["sent", "deployment"])
@pytest.mark.parametrize("run", [confirmed, watched])
def test_the_envelope_of_a_replay_is_that_of_an_ordinary_message(campaign, run, prompt):
    bodies, headers, labels = asked(campaign, run, prompt)
    assert sum(labels) > 50
    assert len(labels) - sum(labels) > 30
    seen = [envelope(*one) for one in zip(bodies, headers, strict=True)]
    assert area(seen, labels) < FAR
    for name in seen[0]:
        assert area([{name: one[name]} for one in seen], labels) < FAR, name
    systems = repeated(bodies, lambda body: str(envelope(body, {})["system length"]))
    assert area(systems, labels) < FAR + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("run", [confirmed, watched])
def test_requests_are_dealt_among_the_users_whose_keys_are_given(campaign, run, monkeypatch):
    for number in range(3):
        monkeypatch.setenv(f"USER_{number}", f"key-of-user-{number}")
    users = 'key_variable = "USER_0"\nmore_keys = ["USER_1", "USER_2"]'
    bodies, headers, labels = asked(campaign, run, "sent", f"{ROUTES}\n{users}")
    accounts = [envelope(*one)["account"] for one in zip(bodies, headers, strict=True)]
    shares = [accounts.count(one) / len(accounts) for one in sorted(set(accounts))]
    assert len(shares) >= 3
    assert area([{"account": one.removeprefix("Bearer ")} for one in accounts], labels) < FAR
    for number in range(3):
        mine = sum(one.endswith(f"key-of-user-{number}") for one in accounts)
        assert 0.2 < mine / len(accounts) < 0.5


@pytest.mark.slow
def test_what_remains_is_what_is_said(campaign):
    """An attack is known by its words: nothing hides that, and the limitations say so."""
    bodies, _, labels = asked(campaign, confirmed, "deployment")
    assert area([words(body) for body in bodies], labels) > 0.9


def test_the_measure_sees_a_mark_where_there_is_one():
    draws = random.Random(5)
    labels = [draws.random() < 0.5 for _ in range(300)]
    marked = [{"agent": "probe" if one and draws.random() < 0.5 else "user"} for one in labels]
    plain = [{"length": draws.random()} for _ in labels]
    assert area(marked, labels) > 0.7
    assert 0.4 < area(plain, labels) < 0.6
