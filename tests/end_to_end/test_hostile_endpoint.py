"""Whatever the far side does: the right reason, bounded time and memory, no secret anywhere."""

import asyncio
import gc
import logging
import time
import tracemalloc

import pytest

from shipworthy.instruments.targets import TargetContext, open_openai
from shipworthy.kernel import canonical_bytes, digest_text
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.testing.endpoint_faults import Fault
from shipworthy.vocabulary import Failure, Message, Reply, Request

SECRET = "sk-made-up-7f3a9c0e5d"
QUICK = {"attempts": 2, "base_ms": 1, "cap_ms": 2, "retry_after_cap_ms": 50}


def ask(text="hello", seed=0):
    return Request(messages=(Message(role="user", content=text),), seed=seed)


async def opened(endpoint, **options):
    table = {
        "model": "simulated",
        "base_url": endpoint.url,
        "key_variable": "MADE_UP_KEY",
        "timeout_seconds": 1,
        "deadline_seconds": 5,
        "retries": QUICK,
        **options,
    }
    return await open_openai(table, TargetContext(environment={"MADE_UP_KEY": SECRET}))


def converse(endpoint, requests, **options):
    """Ask all requests at once; return the results and the target, closed."""

    async def scene():
        target = await opened(endpoint, **options)
        try:
            return await asyncio.gather(*(target.respond(request) for request in requests)), target
        finally:
            await target.close()

    return asyncio.run(scene())


def one(fault, **options):
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(fault)
        (result,), target = converse(endpoint, [ask()], **options)
        return result, target, endpoint


FAILURES = [
    (Fault.GARBAGE, "response-malformed", 1),
    (Fault.NOT_HTTP, "response-malformed", 1),
    (Fault.SERVER_ERROR, "target-error", 2),
    (Fault.TOO_MANY, "target-error", 2),
    (Fault.UNAUTHORISED, "target-error", 1),
    (Fault.HANG, "target-timeout", 1),
    (Fault.RESET, "target-unreachable", 2),
    (Fault.CUT_OFF, "response-truncated", 1),
    (Fault.ENDLESS, "response-too-large", 1),
    (Fault.DRIP, "target-timeout", 1),
    (Fault.HUGE, "response-too-large", 1),
    (Fault.TRUNCATED_JSON, "response-truncated", 1),
    (Fault.WRONG_SHAPE, "response-malformed", 1),
    (Fault.NO_CHOICES, "response-malformed", 1),
    (Fault.NULL_CONTENT, "response-malformed", 1),
    (Fault.EMPTY_CONTENT, "response-malformed", 1),
    (Fault.NO_FINISH, "response-malformed", 1),
    (Fault.FILTERED, "filtered-upstream", 1),
    (Fault.FILTERED_400, "filtered-upstream", 1),
    (Fault.NO_TOOLS, "target-error", 1),
    (Fault.HTML, "target-error", 2),
    (Fault.HTML_200, "response-malformed", 1),
    (Fault.REDIRECT, "target-error", 1),
    (Fault.NOT_UTF8, "response-malformed", 1),
    (Fault.DEEP, "response-malformed", 1),
    (Fault.COMPRESSED, "response-malformed", 1),
    (Fault.ECHO_KEY, "response-malformed", 1),
]
ANSWERED = [Fault.WRONG_TYPE, Fault.LENGTH, Fault.HUGE_USAGE, Fault.ODD_USAGE, Fault.TWICE_USAGE]


def test_every_fault_has_its_expectation():
    assert {fault for fault, _, _ in FAILURES} | set(ANSWERED) == set(Fault)


@pytest.mark.parametrize(("fault", "reason", "attempts"), FAILURES, ids=str)
def test_a_fault_is_a_failure_with_its_reason(fault, reason, attempts):
    result, target, endpoint = one(fault)
    assert isinstance(result, Failure)
    assert result.reason == reason
    assert endpoint.requests == target.account.requests == attempts
    assert target.account.retries == attempts - 1


@pytest.mark.parametrize(("fault", "reason", "attempts"), FAILURES, ids=str)
def test_no_fault_brings_the_key_or_the_address_into_a_result(fault, reason, attempts, caplog):
    caplog.set_level(logging.DEBUG)
    result, target, endpoint = one(fault)
    written = repr(result) + repr(target.account) + repr(target.health) + caplog.text
    written += canonical_bytes(target.identity(digest_text(""))).decode()
    assert SECRET not in written
    assert SECRET not in repr(vars(target))
    assert endpoint.url.split("/")[2] not in repr(result) + repr(target.health)
    assert "\n" not in result.detail


@pytest.mark.parametrize("fault", ANSWERED, ids=str)
def test_a_harmless_oddity_is_still_an_answer(fault):
    result, _, _ = one(fault)
    assert isinstance(result, Reply)


def test_the_token_limit_is_kept_as_the_reason_for_the_end():
    result, _, _ = one(Fault.LENGTH)
    assert result.finish == "length"


@pytest.mark.parametrize("fault", [Fault.HUGE_USAGE, Fault.ODD_USAGE], ids=str)
def test_unbelievable_counts_are_zero_and_reported_as_missing(fault):
    result, target, _ = one(fault)
    assert result.usage.prompt_tokens == result.usage.completion_tokens == 0
    assert target.account.unreported == 1


def test_a_body_of_50_mb_is_cut_off_without_being_held():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.HUGE)
        gc.collect()
        tracemalloc.start()
        (result,), _ = converse(endpoint, [ask()])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert result.reason == "response-too-large"
    # Limit 2 MiB, a growing buffer may double, and both ends of the connection are in here.
    assert peak < 12 * 1024 * 1024


def test_a_small_limit_is_kept_to_the_byte():
    with SimulatedEndpoint(answer=lambda _: "x" * 1000) as endpoint:
        (short,), _ = converse(endpoint, [ask()], response_limit_bytes=1024)
        (long,), _ = converse(endpoint, [ask()], response_limit_bytes=4096)
    assert short.reason == "response-too-large"
    assert isinstance(long, Reply)


def test_a_hanging_endpoint_cannot_outlast_the_deadline():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.HANG)
        started = time.monotonic()
        patient = {"attempts": 20, "base_ms": 1}
        (result,), _ = converse(endpoint, [ask()], deadline_seconds=2, retries=patient)
        elapsed = time.monotonic() - started
    assert result.reason == "target-timeout"
    assert elapsed < 4


def test_a_slow_answer_is_not_asked_for_until_it_is_fast():
    """A breach is longer than a refusal: a deadline between the two must not choose."""
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.DRIP, 1)
        patient = {"attempts": 20, "base_ms": 1}
        (result,), _ = converse(endpoint, [ask()], retries=patient)
    assert result.reason == "target-timeout"
    assert endpoint.requests == 1


def test_an_endpoint_that_recovers_is_answered_and_the_retries_are_counted():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.SERVER_ERROR, times=2)
        (result,), target = converse(endpoint, [ask()], retries={**QUICK, "attempts": 3})
    assert isinstance(result, Reply)
    assert (target.account.requests, target.account.retries) == (3, 2)
    assert target.health.consecutive == 0


def test_retry_after_is_honoured_up_to_the_cap():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.TOO_MANY, times=1, retry_after="3600")
        started = time.monotonic()
        (result,), _ = converse(endpoint, [ask()], retries={**QUICK, "retry_after_cap_ms": 300})
        elapsed = time.monotonic() - started
    assert isinstance(result, Reply)
    assert 0.3 <= elapsed < 2


def test_the_retry_budget_of_the_campaign_bounds_the_load():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.SERVER_ERROR)
        requests = [ask(seed=n) for n in range(50)]
        policy = {**QUICK, "attempts": 10, "budget_floor": 5, "budget_percent": 10}
        converse(endpoint, requests, retries=policy, stop_after_failures=1000)
    assert 50 < endpoint.requests <= 50 + 5 + 5


def test_the_breaker_stops_the_campaign_and_says_so():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.RESET)
        requests = [ask(seed=n) for n in range(40)]
        results, target = converse(endpoint, requests, stop_after_failures=4, concurrency=2)
    assert target.health.unreachable
    assert {result.reason for result in results} == {"target-unreachable"}
    assert endpoint.requests <= 2 * (4 + 2)
    assert results[-1].detail.startswith("not sent")


def test_a_refusing_port_is_unreachable():
    with SimulatedEndpoint() as endpoint:
        pass
    (result,), target = converse(endpoint, [ask()], stop_after_failures=1)
    assert result.reason == "target-unreachable"
    assert target.health.unreachable


UNUSABLE = [Fault.GARBAGE, Fault.HTML_200, Fault.NULL_CONTENT, Fault.EMPTY_CONTENT]


def one_by_one(endpoint, answers, **options):
    """Ask one thing after the other, with a usable answer where `answers` says so."""

    async def scene(fault):
        target = await opened(endpoint, **options)
        results = []
        for number, usable in enumerate(answers):
            endpoint.switch(None if usable else fault)
            results.append(await target.respond(ask(seed=number)))
        await target.close()
        return results, target

    return scene


@pytest.mark.parametrize("fault", UNUSABLE)
def test_malformed_answers_never_open_the_breaker_once_there_was_a_usable_one(fault):
    with SimulatedEndpoint() as endpoint:
        scene = one_by_one(endpoint, [False, True, *[False] * 5], stop_after_failures=2)
        _, target = asyncio.run(scene(fault))
    assert not target.health.unreachable
    assert target.account.failures == 6


@pytest.mark.parametrize("fault", UNUSABLE)
def test_nothing_but_malformed_answers_from_the_first_request_on_open_the_breaker(fault):
    with SimulatedEndpoint() as endpoint:
        scene = one_by_one(endpoint, [False] * 6, stop_after_failures=3)
        results, target = asyncio.run(scene(fault))
        assert endpoint.requests == 3
    assert target.health.unreachable
    assert [result.reason for result in results[:3]] == ["response-malformed"] * 3
    assert results[3].reason == "target-unreachable"
    assert "gave up after 3 consecutive conversations without a usable answer" in results[3].detail


def test_a_filter_that_stops_everything_is_a_service():
    with SimulatedEndpoint() as endpoint:
        scene = one_by_one(endpoint, [False] * 6, stop_after_failures=2)
        results, target = asyncio.run(scene(Fault.FILTERED_400))
    assert not target.health.unreachable
    assert {result.reason for result in results} == {"filtered-upstream"}


def test_concurrency_is_bounded_and_connections_are_reused():
    with SimulatedEndpoint(delay_seconds=0.01) as endpoint:
        requests = [ask(f"question {n}", n) for n in range(60)]
        results, _ = converse(endpoint, requests, concurrency=4)
    assert endpoint.peak == 4
    assert endpoint.connections == 4
    expected = [f"You said: question {n}" for n in range(60)]
    assert [result.text for result in results] == expected


def test_a_fault_in_one_conversation_leaves_the_others_alone():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.SERVER_ERROR, times=3)
        requests = [ask(f"question {n}", n) for n in range(20)]
        results, _ = converse(endpoint, requests, retries={**QUICK, "attempts": 5})
    expected = [f"You said: question {n}" for n in range(20)]
    assert [result.text for result in results] == expected


def test_cancelling_a_conversation_is_not_a_failure():
    async def scene(endpoint):
        target = await opened(endpoint)
        task = asyncio.create_task(target.respond(ask()))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await target.close()
        return target

    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.HANG)
        target = asyncio.run(scene(endpoint))
    assert target.account.failures == 0
