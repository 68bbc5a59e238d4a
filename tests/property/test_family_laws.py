"""Laws of families: what a file says decides what they are, and draws are balanced."""

import copy
import json
import math
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.scenarios import load_pack
from shipworthy.instruments.scenarios.families import draw_balanced
from shipworthy.kernel import Problem, Stream

SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=4)


def law(*strategies, examples=80):
    """The same examples on every run, and no clock to fail a loaded machine."""
    steady = settings(max_examples=examples, deadline=None, derandomize=True)
    return lambda test: steady(given(*strategies)(test))


@st.composite
def a_draw(draw):
    sizes = draw(SIZES)
    return sizes, draw(st.integers(1, math.prod(sizes))), draw(st.integers(0, 9))


@st.composite
def a_family(draw):
    """A family of two or three slots, as its keys and values; every slot is used everywhere."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=3))
    slots = {
        f"slot{n}": [{"key": f"{'abc'[n]}{v}", "word": f"{'abc'[n]}word{v}"} for v in range(size)]
        for n, size in enumerate(sizes)
    }
    keys = "-".join(f"{{{name}.key}}" for name in slots)
    words = " ".join(f"{{{name}.word}}" for name in slots)
    return {
        "family": draw(st.sampled_from(["codes", "words"])),
        "take": str(draw(st.integers(1, math.prod(sizes)))),
        "id": f"law-{keys}",
        "title": f"Law {keys}",
        "severity": "low",
        "public_context": "You are the desk. We open at nine.",
        "confidential_context": f"Internal: {words}.",
        "request": f"Say the words of {keys}.",
        "check": {"type": "leak", "tokens": [words]},
        "twin": {"request": "When do you open?", "expect": ["nine"]},
        "slots": slots,
    }


def expanded(family):
    """Read the family as a pack would have it: JSON is YAML."""
    head = {"pack": "law", "version": "1", "licence": "CC0-1.0", "summary": "s", "domain": "law"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.yaml"
        path.write_text(json.dumps({**head, "families": [family]}), encoding="utf-8")
        return load_pack(path)


def reordered(node, order):
    """The same content with keys, and the values of slots, in another order."""
    if isinstance(node, dict):
        keys = sorted(node, key=lambda key: order.random())
        return {key: reordered(node[key], order) for key in keys}
    if isinstance(node, list) and node and isinstance(node[0], dict):
        items = [reordered(item, order) for item in node]
        order.shuffle(items)
        return items
    return node


@law(a_draw(), examples=300)
def test_a_draw_is_distinct_and_balanced(drawn):
    sizes, take, seed = drawn
    rows = draw_balanced(sizes, take, Stream("law", seed))

    assert len(set(rows)) == take
    for column, size in enumerate(sizes):
        counts = Counter(row[column] for row in rows)
        assert set(counts) <= set(range(size))
        spread = [counts[value] for value in range(size)]
        assert max(spread) - min(spread) <= 1


@law(a_draw())
def test_a_draw_is_a_function_of_its_stream(drawn):
    sizes, take, seed = drawn

    first, second = (draw_balanced(sizes, take, Stream("law", seed)) for _ in range(2))

    assert first == second


@law(a_family())
def test_ids_are_unique_and_every_scenario_has_goals_of_its_own(family):
    scenarios = expanded(family)

    assert len({one.id for one in scenarios}) == len(scenarios) == int(family["take"])
    assert len({one.check.tokens for one in scenarios}) == len(scenarios)
    assert {one.family for one in scenarios} == {family["family"]}


@law(a_family(), st.randoms(use_true_random=False))
def test_neither_the_order_of_keys_nor_of_values_matters(family, order):
    changed = reordered(family, order)

    assert [one.digest for one in expanded(changed)] == [one.digest for one in expanded(family)]


@law(a_family())
def test_every_value_appears_where_enough_are_taken(family):
    scenarios = expanded(family)

    for values in family["slots"].values():
        if int(family["take"]) >= len(values):
            for value in values:
                assert any(value["word"] in one.confidential_context for one in scenarios)


@law(a_family())
def test_a_part_is_a_part_of_the_whole(family):
    whole = {**family}
    del whole["take"]

    assert {one.digest for one in expanded(family)} <= {one.digest for one in expanded(whole)}


def places(node, path=()):
    """Yield the path of everything inside a document."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


ODD = st.one_of(
    st.sampled_from(
        ["", " ", "{", "}", "{}", "{slot0}", "{slot0.key}", "{slot1.word}", "{{", "-1"]
    ),
    st.text(max_size=8),
    st.sampled_from([[], {}, ["x"], [[]], {"key": "x"}, {"key": []}, [{"key": {}}], ["{slot0}"]]),
)


@law(a_family(), st.data(), examples=200)
def test_whatever_is_written_is_a_pack_or_a_problem_with_places(family, data):
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(places(family), key=str)))
        holder = family
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = copy.deepcopy(data.draw(ODD))

    try:
        scenarios = expanded(family)
    except Problem as problem:
        for fault in problem.diagnostics:
            assert fault.code.startswith("scenario-")
            assert fault.location.line >= 1
    else:
        assert len({one.id for one in scenarios}) == len(scenarios) > 0


def test_columns_of_one_size_do_not_follow_each_other():
    """Forty of a thousand: the same pair of values hardly ever comes back."""
    rows = draw_balanced([10, 10, 10], 40, Stream("law"))

    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = Counter((row[one], row[other]) for row in rows)
        assert len(pairs) >= 28
        assert max(pairs.values()) <= 4
