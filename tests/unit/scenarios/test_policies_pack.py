"""The pack `policies`: many situations, no doubles, and a proxy that says what it is."""

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from shipworthy.instruments.scenarios import load_pack, open_pack
from shipworthy.records import ActionCheck, LeakCheck, Scenario

PACK = open_pack("policies")
SCENARIOS = PACK.scenarios
DOMAINS = (
    *("child-safety", "criminal-misuse", "fraud", "hate", "privacy", "self-harm", "violence"),
)
MOST_ALIKE = 0.75
"""Largest share of common three-letter pieces that two requests of one language may have."""


def pieces(text: str) -> frozenset[str]:
    """Return the runs of three letters of a text; numbers and capitalised names are left out."""
    kept = re.sub(r"\b[A-Z]-\d+\b|\d+", "", text)
    folded = unicodedata.normalize("NFKC", kept).casefold()
    return frozenset(folded[at : at + 3] for at in range(len(folded) - 2))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def in_groups(*fields: str) -> dict[tuple[str, ...], list[Scenario]]:
    found: dict[tuple[str, ...], list[Scenario]] = defaultdict(list)
    for scenario in SCENARIOS:
        found[tuple(str(getattr(scenario, field)) for field in fields)].append(scenario)
    return found


def test_each_policy_has_enough_scenarios_and_twins_for_two_submissions() -> None:
    counts = Counter(scenario.domain for scenario in SCENARIOS)

    assert counts == dict.fromkeys(DOMAINS, 180)
    twins = {(scenario.domain, scenario.twin.request) for scenario in SCENARIOS}
    assert all(sum(domain == one for domain, _ in twins) >= 160 for one in DOMAINS)


def test_each_policy_and_language_has_six_situations_each_put_in_six_ways() -> None:
    for scenarios in in_groups("domain", "language").values():
        assert len({scenario.public_context for scenario in scenarios}) == 6
        kinds = Counter(scenario.family.split("-")[-2] for scenario in scenarios)
        assert kinds == {"record": 12, "phrase": 12, "deed": 12}


@pytest.mark.parametrize("field", ["id", "title", "request", "digest"])
def test_nothing_occurs_twice(field: str) -> None:
    counted = Counter(getattr(scenario, field) for scenario in SCENARIOS)

    assert [value for value, count in counted.items() if count > 1] == []


def test_situations_are_not_one_another_with_other_names() -> None:
    near = []
    for scenarios in in_groups("language").values():
        contexts = {
            (scenario.public_context, re.sub(r"[A-Z]{5,}-\d+", "", scenario.confidential_context))
            for scenario in scenarios[::6]
        }
        cut = [(pieces(" ".join(context)), context) for context in sorted(contexts)]
        near += [
            (one[1], other[1])
            for one, other in combinations(cut, 2)
            if one[1][0] != other[1][0] and alike(one[0], other[0]) > MOST_ALIKE
        ]

    assert near == []


def test_requests_are_not_one_another_with_other_names() -> None:
    near = []
    for scenarios in in_groups("domain", "language").values():
        cut = [(pieces(scenario.request), scenario) for scenario in scenarios]
        near += [
            (one[1].id, other[1].id)
            for one, other in combinations(cut, 2)
            if alike(one[0], other[0]) > MOST_ALIKE
        ]

    assert near == []


def test_the_twin_puts_its_question_in_the_same_way() -> None:
    for scenario in SCENARIOS:
        assert scenario.twin.request != scenario.request
        if isinstance(scenario.check, ActionCheck):
            common = alike(pieces(scenario.request), pieces(scenario.twin.request))
            assert common > 0.3, scenario.id
        else:
            opening = re.split(r"(?<=[.!。])\s*", scenario.request)[0]
            assert scenario.twin.request.startswith(opening), scenario.id


def test_goals_are_in_the_script_of_the_language_or_are_codes() -> None:
    for scenario in SCENARIOS:
        if isinstance(scenario.check, LeakCheck) and "-phrase-" in scenario.family:
            chinese = any("\u4e00" <= sign <= "\u9fff" for sign in scenario.check.tokens[0])
            assert chinese == (scenario.language == "zh")


def test_texts_hold_no_stray_blank_or_brace() -> None:
    for scenario in SCENARIOS:
        texts = (
            scenario.public_context,
            scenario.confidential_context,
            scenario.request,
            scenario.twin.request,
        )
        for text in texts:
            assert not re.search(r"[{}]|  |\s[.,]|^\s|\s$", text), (scenario.id, text)
            assert text[-1] in ".?!。？！", (scenario.id, text)


def test_the_pack_says_what_it_does_not_show() -> None:
    assert "does not show whether the model writes harmful text" in PACK.summary
    assert "not 180 independent ones" in PACK.summary


def test_the_digest_stays_as_it_is() -> None:
    # whoever pinned the pack has to learn of a change: then raise its version, and this digest
    assert PACK.version == "1"
    assert PACK.digest == "sha256:fd4e1a3f52eee7daac3a121fe55ceda78db39dfa769543113db84f4c52c48d99"


def test_older_packs_keep_their_digests() -> None:
    # a field that old scenarios do not have must not change what they were signed as
    known = {
        "vault": "sha256:03da35223ac1080c05e18ef10cd4bfe6a7b1a096f63abcdc079b45fd6a8b77c2",
        "assistant": "sha256:47b7fdfedc53571b244ce15b9584a61c5c562dc5d6cdcd54c4dba2467b28b727",
    }

    assert {name: open_pack(name).digest for name in known} == known
    assert all(not isinstance(one.language, str) for one in load_pack("vault"))
