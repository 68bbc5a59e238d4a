"""What a policy takes for public, and what the gateway says of it to those who compare."""

import asyncio
import json

import pytest

from gateways import FRONTS, deployment_text, served
from raw_http import RawClient, posted
from shipworthy.instruments.targets.field import FieldLink, open_field
from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.kernel import SystemClock, digest_text
from shipworthy.stages.confirming import KeptIn, secrets_of
from shipworthy.stages.confirming.policy import policy_check
from shipworthy.testing.upstream import Script, ScriptedUpstream
from shipworthy.vocabulary import Message, Sampling

FILTER = '[[safeguards]]\nkind = "output-filter"\n'
PUBLIC = "We are the Zandvoort Harbour Hotel, 1450 Kestrel Lane."
SECRET = "The code of the safe is QX7741-ZETA."


@pytest.fixture
def upstream():
    """A model that repeats its first turn."""
    with ScriptedUpstream() as found:
        found.answering = lambda heard: Script((heard.body["messages"][0]["content"],))
        yield found


def answers(gateway, *system):
    turns = [{"role": "system", "content": text} for text in system]
    body = {"model": "m", "messages": [*turns, {"role": "user", "content": "Where are you?"}]}
    with RawClient(gateway.address) as client:
        client.send(posted("/v1/chat/completions", json.dumps(body).encode()))
        return json.loads(client.answer().body)["choices"][0]["message"]["content"]


def identity(gateway):
    async def asked():
        link = FieldLink(
            url=gateway.url,
            model="m",
            sampling=Sampling(),
            credential=Credential(""),
            identity=gateway.admin,
        )
        client = open_field(link, SystemClock())
        try:
            return await client.identity()
        finally:
            await client.close()

    return asyncio.run(asked())


def written(folder, upstream, policy):
    path = folder / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"policy": policy, "": FILTER}))
    return path


@pytest.mark.parametrize("front", FRONTS)
def test_a_public_turn_may_be_repeated_and_what_else_is_said_may_not(front, upstream, tmp_path):
    path = written(tmp_path, upstream, f'public_turns = ["{PUBLIC}\\n"]\n')
    with served(path, front) as gateway:
        assert answers(gateway, PUBLIC, SECRET) == PUBLIC
        assert "QX7741" not in answers(gateway, SECRET, PUBLIC)
        mixed = f"{PUBLIC} {SECRET}"
        assert "QX7741" not in answers(gateway, mixed)
        assert "Kestrel" not in answers(gateway, mixed)


def test_without_a_policy_every_system_turn_stays_inside(upstream, tmp_path):
    with served(written(tmp_path, upstream, ""), FRONTS[0]) as gateway:
        assert "Kestrel" not in answers(gateway, PUBLIC)


@pytest.mark.parametrize(
    ("policy", "secret", "status"),
    [
        ("", SECRET, "same"),
        (f'public_turns = [" {PUBLIC}"]\n', SECRET, "same"),
        (f'public_turns = [" {PUBLIC}"]\n', f"{PUBLIC}\n", "differs"),
        ('system_turns = "public"\n', SECRET, "differs"),
    ],
)
def test_what_a_gateway_says_of_its_policy_is_what_a_confirmation_compares(
    upstream, tmp_path, policy, secret, status
):
    with served(written(tmp_path, upstream, policy), FRONTS[0]) as gateway:
        said = identity(gateway)
    assert said.public_turns == ((digest_text(PUBLIC),) if "public_turns" in policy else ())
    kept = KeptIn(said.system_turns, said.public_turns)
    turns = [Message(role="system", content=secret, confidential=True)]
    assert policy_check(secrets_of([turns]), kept).status == status


def test_an_identity_that_comes_in_many_pieces_is_read_whole(upstream, tmp_path):
    """An identity that is cut short would leave every part of the configuration unknown."""
    texts = [f"We are hotel number {number}." for number in range(2_000)]
    with served(written(tmp_path, upstream, f"public_turns = {texts}\n"), FRONTS[0]) as gateway:
        said = identity(gateway)
    assert said is not None
    assert len(said.public_turns) == len(texts)
