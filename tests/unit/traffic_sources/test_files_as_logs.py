"""Files of lines and of columns, read as logs: everything once, nothing lost, places known."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem
from shipworthy.traffic.sources import (
    ColumnReader,
    LineReader,
    Positions,
    named_files,
    shared_out,
)


def bodies(reader, most=1000):
    return [entry.body for entry in asyncio.run(reader.poll(most, 0.0))]


def lines_of(folder: Path, *patterns: str) -> LineReader:
    return LineReader(named_files(folder, patterns), Positions(folder / "state"))


def test_lines_are_read_once_and_in_order(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"n":1}\n\n{"n":2}\r\n')
    (tmp_path / "b.jsonl").write_bytes(b'{"n":3}\n')
    reader = lines_of(tmp_path, "*.jsonl")
    assert bodies(reader) == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert bodies(reader) == []


def test_a_line_that_is_being_written_waits_and_a_whole_one_does_not(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":')
    reader = lines_of(tmp_path, "a.jsonl")
    assert bodies(reader) == [b'{"n":1}']
    with path.open("ab") as stream:
        stream.write(b"2}")
    assert bodies(reader) == [b'{"n":2}']


@given(
    lengths=st.lists(st.integers(0, 30), max_size=30),
    reads=st.lists(st.integers(1, 7), min_size=1, max_size=40),
)
def test_whatever_was_committed_a_later_reader_begins_after_it(tmp_path_factory, lengths, reads):
    folder = tmp_path_factory.mktemp("lines")
    texts = [b'"' + b"x" * length + b'"' for length in lengths]
    (folder / "a.jsonl").write_bytes(b"".join(text + b"\n" for text in texts))
    found = []
    for most in reads:
        reader = lines_of(folder, "a.jsonl")
        entries = asyncio.run(reader.poll(most, 0.0))
        found += [entry.body for entry in entries]
        asyncio.run(reader.commit({entry.partition: entry.offset + 1 for entry in entries[-1:]}))
    assert found == texts[: sum(reads)]


def test_a_file_that_became_shorter_is_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":2}\n')
    reader = lines_of(tmp_path, "a.jsonl")
    last = asyncio.run(reader.poll(10, 0.0))[-1]
    asyncio.run(reader.commit({last.partition: last.offset + 1}))
    path.write_bytes(b"{}\n")
    with pytest.raises(Problem, match="are left"):
        lines_of(tmp_path, "a.jsonl")


def test_a_place_is_file_and_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n2\n3\n")
    reader = lines_of(tmp_path, "a.jsonl")
    third = asyncio.run(reader.poll(10, 0.0))[2]
    place = reader.where(third.partition, third.offset)
    assert (place.file, place.line) == (str(path), 3)


def test_members_share_files_and_every_file_has_one(tmp_path):
    for name in "abcdefg":
        (tmp_path / f"{name}.jsonl").write_bytes(b"1\n")
    files = named_files(tmp_path, ["*.jsonl"])
    shares = [shared_out(files, member, 3) for member in range(3)]
    assert sorted(number for share in shares for number in share) == sorted(files)


def test_a_pattern_that_names_nothing_says_what_is_near(tmp_path):
    (tmp_path / "traffic.jsonl").write_bytes(b"")
    with pytest.raises(Problem) as caught:
        named_files(tmp_path, ["trafic.jsonl"])
    assert caught.value.diagnostics[0].code == "source-missing"
    assert "traffic.jsonl" in caught.value.render()


def test_rows_of_parquet_are_read_by_row_group_from_where_it_was_left(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"id": [f"x{n}" for n in range(10)], "n": list(range(10))})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=3)
    files = named_files(tmp_path, ["a.parquet"])
    reader = ColumnReader(files, Positions(tmp_path / "state"))
    first = asyncio.run(reader.poll(4, 0.0))
    assert [msgspec.json.decode(entry.body)["n"] for entry in first] == [0, 1, 2, 3]
    asyncio.run(reader.commit({first[-1].partition: first[-1].offset + 1}))
    again = ColumnReader(files, Positions(tmp_path / "state"))
    rest = asyncio.run(again.poll(100, 0.0))
    assert [entry.offset for entry in rest] == [4, 5, 6, 7, 8, 9]
    assert again.where(rest[0].partition, rest[0].offset).line == 5


def test_a_file_that_is_no_parquet_is_said_to_be_none(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"not columns")
    with pytest.raises(Problem) as caught:
        ColumnReader(named_files(tmp_path, ["a.parquet"]), Positions(tmp_path / "state"))
    assert caught.value.diagnostics[0].code == "source-columns"
