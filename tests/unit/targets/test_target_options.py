"""Options are checked before the first request, and secrets stay where they are."""

import asyncio
import copy
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.targets import Price, RetryPolicy, TargetContext, open_openai
from shipworthy.instruments.targets.account import Bookkeeper, Health
from shipworthy.instruments.targets.openai.credential import Credential, credential_from
from shipworthy.instruments.targets.openai.retries import retry_after_ms
from shipworthy.kernel import ExitCode, Problem, Stream, digest_text
from shipworthy.vocabulary import Failure, Reply, Usage

GOOD = {"model": "m", "base_url": "https://models.example/v1"}
SECRET = "sk-made-up-4417aa"
NOW = datetime(2026, 11, 22, 5, 0, 0, tzinfo=UTC)


def opened(options, environment=None):
    async def scene():
        target = await open_openai(options, TargetContext(environment=environment or {}))
        await target.close()
        return target

    return asyncio.run(scene())


REFUSED = [
    ({"model": ""}, "record-invalid"),
    ({"modle": "m"}, "record-invalid"),
    ({"concurrency": -1}, "record-invalid"),
    ({"retries": {"attempts": 0}}, "record-invalid"),
    ({"price": {"prompt": "-1"}}, "record-invalid"),
    ({"base_url": "models.example"}, "target-option"),
    ({"base_url": "ftp://models.example"}, "target-option"),
    ({"base_url": "https://models.example:port/v1"}, "target-option"),
    ({"base_url": "https://me:hunter2@models.example/v1"}, "target-option"),
    ({"base_url": "https://models.example/v1?key=hunter2"}, "target-option"),
    ({"base_url": "http://models.example/v1", "key_variable": "KEY"}, "target-option"),
    ({"sampling": {"temperature": "warm"}}, "target-option"),
    ({"sampling": {"temperature": "-1"}}, "target-option"),
    ({"sampling": {"top_p": "nan"}}, "target-option"),
    ({"sampling": {"max_tokens": 0}}, "target-option"),
    ({"sampling": {"repeat_penalty": "1.1"}}, "target-option"),
    ({"key_variable": "ABSENT"}, "credential-missing"),
    ({"proxy_variable": "ABSENT"}, "target-option"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_options_that_cannot_work_are_refused_with_exit_2(change, code):
    with pytest.raises(Problem) as caught:
        opened({**GOOD, **change}, {"KEY": SECRET})
    assert caught.value.diagnostics[0].code == code
    assert caught.value.exit_code is ExitCode.USAGE
    assert "hunter2" not in caught.value.render()


def test_a_key_may_go_to_this_machine_without_encryption():
    options = {**GOOD, "base_url": "http://127.0.0.1:9/v1", "key_variable": "KEY"}
    assert SECRET not in repr(opened(options, {"KEY": SECRET}))


@pytest.mark.parametrize("secret", ["a b", "line\nbreak-in-it", "kéy-with-accent", "tab\tkey"])
def test_a_key_with_impossible_characters_is_refused_unseen(secret):
    with pytest.raises(Problem) as caught:
        credential_from({"KEY": secret}, "KEY", "assessment.toml")
    assert secret not in caught.value.render()
    assert "KEY" in caught.value.render()


def test_a_credential_does_not_show_or_copy_itself():
    credential = Credential(SECRET)
    assert SECRET not in f"{credential} {credential!r} {[credential]}"
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(credential)


def test_the_context_does_not_show_the_environment():
    assert SECRET not in repr(TargetContext(environment={"KEY": SECRET}))


def test_an_identity_names_what_is_not_disclosed_and_no_host():
    identity = opened({**GOOD, "engine": "vLLM 0.20"}).identity(digest_text("Be kind."))
    assert identity.unknown == ("weights", "quantisation", "template")
    assert identity.engine == "vLLM 0.20"
    assert "models.example" not in repr(identity)


def test_the_key_is_no_part_of_the_identity():
    first = opened({**GOOD, "key_variable": "KEY"}, {"KEY": SECRET}).identity(digest_text(""))
    second = opened({**GOOD, "key_variable": "KEY"}, {"KEY": "sk-other-one"}).identity(
        digest_text("")
    )
    assert first.digest == second.digest


@pytest.mark.parametrize(
    ("header", "milliseconds"),
    [
        ("3", 3000),
        (" 0.25 ", 250),
        ("Sun, 22 Nov 2026 05:00:10 GMT", 10_000),
        ("Sun, 22 Nov 2026 04:00:00 GMT", 0),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("9" * 400, 0),
        ("NaN", 0),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_is_no_wish(header, milliseconds):
    assert retry_after_ms(header, NOW) == milliseconds


@given(st.text(max_size=60))
def test_no_retry_after_header_breaks_the_reader(header):
    assert retry_after_ms(header, NOW) >= 0


@given(st.integers(0, 200), st.integers(0, 10**9), st.integers(0, 9))
def test_waits_stay_between_the_wish_and_the_caps(attempt, asked, seed):
    policy = RetryPolicy(base_ms=100, cap_ms=2000, retry_after_cap_ms=5000)
    wait = policy.wait_ms(attempt, asked, Stream("w", seed))
    assert min(asked, 5000) <= wait <= min(asked, 5000) + min(2000, 100 * 2**attempt)


def test_waits_are_reproducible_and_differ_between_conversations():
    policy = RetryPolicy()
    waits = [[policy.wait_ms(n, 0, Stream("w", seed)) for n in range(5)] for seed in (1, 1, 2)]
    assert waits[0] == waits[1] != waits[2]


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_retry_budget_is_the_floor_and_a_share(conversations, retries):
    policy = RetryPolicy(budget_floor=5, budget_percent=10)
    assert policy.affords(conversations, retries) == (retries < 5 + conversations // 10)


def test_the_account_adds_up_and_rounds_cost_up():
    books = Bookkeeper(Price(prompt="2.50", completion="10"))
    usage = Usage(prompt_tokens=1_000, completion_tokens=1)
    for _ in range(3):
        books.sent(retry=False)
        books.settled(Reply(text="x", usage=usage), ["m"])
    books.sent(retry=True)
    books.settled(Failure(reason="target-error", detail="HTTP 500"))
    account = books.snapshot()
    assert (account.requests, account.retries, account.replies, account.failures) == (4, 1, 3, 1)
    assert (account.prompt_tokens, account.completion_tokens) == (3000, 3)
    assert account.cost == "0.007530"
    assert account.served == ("m",)


def test_a_cost_below_the_last_place_is_not_free():
    books = Bookkeeper(Price(prompt="0.000001"))
    books.settled(Reply(text="x", usage=Usage(prompt_tokens=1, completion_tokens=1)))
    assert books.snapshot().cost == "0.000001"


def test_a_reply_without_counts_is_reported():
    books = Bookkeeper(Price())
    books.settled(Reply(text="x"))
    assert books.snapshot().unreported == 1


def test_health_ends_at_the_limit():
    assert [Health(n, 3).unreachable for n in range(5)] == [False, False, False, True, True]
