import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from enum import Enum
from importlib.metadata import EntryPoint
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import (
    Diagnostic,
    ExitCode,
    Location,
    Problem,
    Record,
    Registry,
    Stream,
    convert_record,
    derive_id,
    did_you_mean,
    digest_bytes,
    digest_file,
    digest_text,
    is_digest,
    read_record,
    timestamp,
    worst_exit,
)


def test_a_digest_is_sha256_in_hex(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    expected = f"sha256:{hashlib.sha256(b'abc').hexdigest()}"
    assert digest_bytes(b"abc") == digest_file(path) == digest_text("abc") == expected
    assert is_digest(expected)
    assert not is_digest(expected.upper())
    assert not is_digest("sha256:" + "g" * 64)


def test_broken_model_output_still_has_a_digest():
    assert is_digest(digest_text("half a pair \ud83d"))


def test_ids_depend_on_every_part_and_on_their_borders():
    ids = {
        derive_id("t", "ab", "c"),
        derive_id("t", "a", "bc"),
        derive_id("t", "abc"),
        derive_id("t", "ab", "c", 1),
    }
    assert len(ids) == 4
    assert derive_id("t", "ab", "c") == derive_id("t", "ab", "c")


def test_a_diagnostic_says_where_and_what_would_be_right():
    diagnostic = Diagnostic(
        "x-code", "no level `hgh`", Location("f.yaml", 3, 7), "did you mean `high`?"
    )
    assert diagnostic.render() == (
        "f.yaml:3:7: error[x-code]: no level `hgh`\n  help: did you mean `high`?"
    )


def test_a_problem_without_a_diagnostic_cannot_be_made():
    with pytest.raises(ValueError, match="at least one"):
        Problem([])


@pytest.mark.parametrize(
    ("word", "legal", "advice"),
    [
        ("hgh", ["low", "high"], "did you mean `high`?"),
        ("zzz", ["low", "high"], "one of `high`, `low`"),
        ("zzz", [], ""),
        ("zzz", [f"level{n:02}" for n in range(14)], "and 2 more"),
    ],
)
def test_advice_names_the_nearest_legal_word_or_all_of_them(word, legal, advice):
    assert did_you_mean(word, legal).endswith(advice)


def test_integrity_outranks_every_other_exit_and_nothing_is_inconclusive():
    assert worst_exit(ExitCode) is ExitCode.INTEGRITY
    assert worst_exit([ExitCode.YES, ExitCode.INCONCLUSIVE]) is ExitCode.INCONCLUSIVE
    assert worst_exit([ExitCode.NO, ExitCode.INCONCLUSIVE]) is ExitCode.NO
    assert worst_exit([]) is ExitCode.INCONCLUSIVE
    assert worst_exit([ExitCode.YES]) is ExitCode.YES


def test_a_timestamp_is_utc_with_whole_seconds():
    assert timestamp(datetime(2026, 11, 22, 5, 4, 3, 999, tzinfo=UTC)) == "2026-11-22T05:04:03Z"


class Sample(Record, frozen=True, kw_only=True):
    name: str
    count: int = 0


def test_a_record_refuses_unknown_fields_and_wrong_types():
    for text in ('{"name": "a", "nmae": 1}', '{"count": 1}', '{"name": 3}', "not json", b"\xff"):
        with pytest.raises(Problem) as caught:
            read_record(text, Sample, "sample.json")
        assert caught.value.diagnostics[0].location == Location("sample.json")
    assert read_record('{"name": "a"}', Sample, "s") == convert_record({"name": "a"}, Sample, "s")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"name": "a", "cuont": 1}, "unknown field `cuont`; did you mean `count`?"),
        ({"count": 1}, "`name` is missing; add `name = ...`"),
        ({"name": 3}, "`name` is a whole number; write text in quotes"),
        ({"name": "a", "count": ["x"]}, "`count` is a list; write a whole number"),
    ],
)
def test_what_a_person_wrote_wrong_is_answered_in_words(written, said):
    with pytest.raises(Problem) as caught:
        convert_record(written, Sample, "options")
    (found,) = caught.value.diagnostics
    assert f"{found.message}; {found.help}" == said


def test_a_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        Sample(name="a").name = "b"


@given(st.integers(0, 2**40), st.integers(1, 1000))
def test_draws_stay_below_their_bound_and_repeat(seed, bound):
    drawn = [Stream(seed, "x").below(bound) for _ in range(2)]
    assert drawn[0] == drawn[1] < bound


def test_draws_are_uniform():
    stream = Stream(7, "uniform")
    counts = [0] * 6
    for _ in range(6000):
        counts[stream.below(6)] += 1
    chi_square = sum((count - 1000) ** 2 / 1000 for count in counts)
    assert chi_square < 20.5  # 99.9 % point of chi-square with 5 degrees of freedom


@given(st.lists(st.integers(), max_size=30), st.integers(0, 99))
def test_a_shuffle_keeps_every_item(items, seed):
    assert sorted(Stream(seed).shuffled(items)) == sorted(items)


def test_draws_do_not_change_between_versions():
    stream = Stream(20261122, "frozen")
    assert [stream.below(100) for _ in range(6)] == [89, 63, 33, 19, 45, 71]


def _point(name, value, group="shipworthy.targets"):
    return EntryPoint(name=name, value=value, group=group)


def test_a_plugin_that_fails_to_load_is_a_usage_error():
    registry = Registry([_point("bad", "no_such_module_at_all:thing")])
    with pytest.raises(Problem) as caught:
        registry.find("shipworthy.targets", "bad").load()
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.diagnostics[0].code == "plugin-load"


def test_a_plugin_loads_by_name_and_unknown_names_get_advice():
    registry = Registry([_point("ordered", "collections:OrderedDict")])
    assert registry.find("shipworthy.targets", "ordered").load().__name__ == "OrderedDict"
    with pytest.raises(Problem) as caught:
        registry.find("shipworthy.targets", "orderd")
    assert caught.value.diagnostics[0].help == "did you mean `ordered`?"


def test_two_plugins_may_not_claim_one_name():
    with pytest.raises(Problem, match="registered by both"):
        Registry([_point("a", "json:loads"), _point("a", "json:dumps")])


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, shipworthy; "
        "heavy = {'aiohttp', 'yaml', 'jinja2', 'cryptography', 'click'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


class Shape(Enum):
    SQUARE = "square"
    CIRCLE = "circle"


class Choosing(Record):
    colours: tuple[Literal["red", "green"], ...] = ()
    shape: Shape | None = None


@pytest.mark.parametrize(
    ("written", "nearest"),
    [({"colours": ["red", "gren"]}, "green"), ({"shape": "sqare"}, "square")],
)
def test_a_word_that_is_none_of_a_few_is_told_the_nearest(written, nearest):
    with pytest.raises(Problem) as found:
        convert_record(written, Choosing, "options")
    assert found.value.diagnostics[0].help == f"did you mean `{nearest}`?"
