"""Sealed probes in a bundle: outcomes cannot be dressed up, nor promises made after the fact.

The adversary holds the runner's key and reseals the bundle. What he cannot change is what the log
held when somebody took a checkpoint of it: the heads that were signed while the watch ran.
"""

import json

import pytest
from msgspec.structs import replace

from said_confirmation import said_of
from tampered_live import UNCOUNTED, Live
from tampered_watch import BASE, BEGAN, Probes, linked


@pytest.fixture
def probes(forge):
    return Probes(forge)


def codes(probes):
    Live(probes.forge).report_again()
    probes.forge.reseal()
    # The report was written before and cannot show what came after.
    return probes.forge.codes() - {UNCOUNTED}


@pytest.mark.parametrize("shown", [True, False])
def test_an_honest_watch_verifies(probes, shown):
    probes.shown = shown
    probes.put()
    assert codes(probes) == set()


def test_what_came_of_probes_is_shown_or_the_report_is_refused(probes):
    probes.put()
    probes.forge.reseal()
    assert UNCOUNTED in probes.forge.codes()


def end(probes, number, said):
    probes.outcomes[number - 1] = replace(probes.outcomes[number - 1], end=said)


def call_a_miss_caught(probes):
    end(probes, 3, "caught")


def call_it_caught_and_link_it(probes):
    end(probes, 3, "caught")
    probes.outcomes = linked(probes.outcomes)


def leave_the_miss_out(probes):
    probes.outcomes = linked([one for one in probes.outcomes if one.number != 3])


def swap_two(probes):
    found = probes.outcomes
    probes.outcomes = linked([found[1], found[0], *found[2:]])


def say_a_miss_twice(probes):
    probes.outcomes = linked([*probes.outcomes, replace(probes.outcomes[0], end="caught")])


def put_another_probe_in(probes):
    first = replace(probes.outcomes[2], scenario="s-easy", end="caught")
    probes.outcomes = linked([*probes.outcomes[:2], first, *probes.outcomes[3:]])


def invent_an_end(probes):
    end(probes, 3, "nearly")
    probes.outcomes = linked(probes.outcomes)


def cut_the_end_off(probes):
    probes.promises, probes.outcomes = probes.promises[:9], probes.outcomes[:9]


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (call_a_miss_caught, "SV-PROBE-OUTCOME"),
        (call_it_caught_and_link_it, "SV-PROBE-ANCHOR"),
        (leave_the_miss_out, "SV-PROBE-OUTCOME"),
        (swap_two, "SV-PROBE-OUTCOME"),
        (say_a_miss_twice, "SV-PROBE-OUTCOME"),
        (put_another_probe_in, "SV-PROBE-OUTCOME"),
        (invent_an_end, "SV-PROBE-OUTCOME"),
        (cut_the_end_off, "SV-PROBE-ANCHOR"),
    ],
)
def test_what_was_signed_while_the_watch_ran_is_still_there(probes, tamper, code):
    signed = probes.sign()
    tamper(probes)
    probes.put(signed)
    assert code in codes(probes)


def test_the_key_is_the_one_that_was_fixed_before(probes):
    probes.key = bytes(32)
    probes.put()
    assert codes(probes) == {"SV-PROBE-KEY"}


def test_the_probes_are_those_that_were_drawn_from(probes):
    probes.pool = probes.pool[1:]
    probes.put()
    assert codes(probes) == {"SV-PROBE-KEY"}


def test_a_promise_is_what_the_key_draws(probes):
    """An easier probe, promised, sent and answered in the place of what the key draws."""
    probes.promises[4] = replace(probes.promises[4], promise="sha256:" + "a" * 64)
    probes.put()
    assert codes(probes) == {"SV-PROBE-PROMISE"}


def test_a_watch_that_was_first_logged_after_its_promises_is_refused(probes):
    """The whole watch was written once all its outcomes were known."""
    probes.heads = [(10, 10, 11)]
    probes.put()
    assert codes(probes) == {"SV-PROBE-ANCHOR"}


def test_promises_that_are_older_than_what_was_signed_without_them_are_refused(probes):
    """At second 11 five promises were signed; the next is dated to second 6."""
    probes.heads = [(0, 0, 0), (5, 5, 11), (10, 10, 12)]
    probes.put()
    assert codes(probes) == {"SV-PROBE-PROMISE"}


def test_promises_that_are_younger_than_what_was_signed_with_them_are_refused(probes):
    probes.heads = [(0, 0, 0), (10, 10, 4)]
    probes.put()
    assert codes(probes) == {"SV-PROBE-PROMISE"}


def test_outcomes_that_were_signed_before_their_promise_are_refused(probes):
    probes.heads = [(0, 0, 0), (4, 6, 4), (10, 10, 12)]
    probes.put()
    assert codes(probes) == {"SV-PROBE-PROMISE"}


def test_an_outcome_is_not_older_than_its_promise(probes):
    early = replace(probes.outcomes[9], at_ms=BEGAN * 1000)
    probes.outcomes = linked([*probes.outcomes[:9], early])
    probes.put()
    assert codes(probes) == {"SV-PROBE-PROMISE"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("0002.dsse.json", "SV-PROBE-HIDDEN"),
        ("outcomes.jsonl", "SV-PROBE-HIDDEN"),
        ("revealed.json", "SV-PROBE-HIDDEN"),
        ("pool.json", "SV-PROBE-HIDDEN"),
        ("chain.jsonl", "SV-FILE-MISSING"),
    ],
)
def test_nothing_of_a_watch_is_held_back(probes, name, code):
    probes.put()
    del probes.forge.files[f"{BASE}/{name}"]
    assert code in codes(probes)


def test_a_watch_that_the_log_does_not_know_is_refused(probes):
    probes.put()
    probes.forge.edit_lines(
        "log/entries.jsonl",
        lambda entries: [one for one in entries if not one.get("kind", "").startswith("canary-")],
    )
    assert "SV-LIVE-UNLOGGED" in codes(probes)


# Confirmations: names, evidence and verdict follow from the counts.


def confirmation(forge, verdict, change):
    live = Live(forge)
    said = said_of("defect")
    change(said)
    live.confirm(verdict, **said)
    live.publish("no-go" if verdict == "defect" else "go", "✗" if verdict == "defect" else "✓")
    return forge.codes() - {UNCOUNTED}


def test_an_honest_defect_verifies(forge):
    assert confirmation(forge, "defect", lambda said: None) == set()


def nothing_found(said):
    for one in said["comparisons"]:
        one["found"] = False


def fewer_in_the_field(said):
    for one in said["comparisons"]:
        one["same"] += one["field_only"]
        one["field_only"] = 0


def no_groups(said):
    said["comparisons"] = []
    said["bounds"] |= {"groups": 0, "claimed": 0}


def nothing_claimed(said):
    for one in said["comparisons"]:
        one["claimed"] = False
    said["bounds"]["claimed"] = 0


def a_wider_margin(said):
    for one in said["comparisons"]:
        one["margin"] = "0.95"


def a_stricter_level(said):
    said["bounds"] |= {"worse": "0.0000001", "answers": "0.0499999"}
    nothing_found(said)


@pytest.mark.parametrize(
    "change",
    [nothing_found, fewer_in_the_field, no_groups, nothing_claimed, a_wider_margin],
)
def test_a_defect_is_not_called_confirmed(forge, change):
    found = confirmation(forge, "confirmed", change)
    assert found & {"SV-CONFIRMATION-FIGURE", "SV-CONFIRMATION-VERDICT"}


def test_a_path_that_can_do_more_is_not_confirmed_by_claiming_less(forge):
    live, said = Live(forge), said_of("stronger")
    for one in said["comparisons"]:
        if one["metric"] == "capability":
            one["claimed"] = one["found"] = False
    said["bounds"]["claimed"] = sum(one["claimed"] for one in said["comparisons"])
    live.confirm("confirmed", **said)
    live.publish("go", "✓")
    assert "SV-CONFIRMATION-FIGURE" in forge.codes()


def test_the_share_of_the_error_for_names_is_that_of_the_procedure(forge):
    assert "SV-CONFIRMATION-FIGURE" in confirmation(forge, "inconclusive", a_stricter_level)


def test_lines_of_a_chain_are_canonical(probes):
    probes.put()
    name = f"{BASE}/chain.jsonl"
    loose = [json.dumps(json.loads(line)) for line in probes.forge.files[name].splitlines()]
    probes.forge.files[name] = "".join(line + "\n" for line in loose).encode()
    assert "SV-CANONICAL" in codes(probes)
