"""Archives from strangers: what is read, and what is refused before it costs anything."""

import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_samples import LOGS, a_header, a_sample, write_log
from shipworthy.instruments.inspect_logs import archive as archives
from shipworthy.instruments.inspect_logs import open_log
from shipworthy.instruments.inspect_logs.archive import Archive
from shipworthy.kernel import Problem


def refused(path):
    with pytest.raises(Problem) as caught:
        list(open_log(path).samples())
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help
    return diagnostic


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_what_the_standard_library_reads(tmp_path, method):
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample(), a_sample("b")], method)
    with Archive(path) as ours, zipfile.ZipFile(path) as theirs:
        assert list(ours.members) == theirs.namelist()
        for name in theirs.namelist():
            assert ours.read(name) == theirs.read(name)


def test_a_log_of_inspect_is_packed_with_zstd_and_every_member_has_its_checksum():
    with Archive(LOGS / "bare.eval") as archive:
        assert {member.compress_type for member in archive.members.values()} == {93}
        for name, member in archive.members.items():
            assert zlib.crc32(archive.read(name)) == member.CRC


def test_a_bomb_is_refused_by_what_it_says_it_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_MEMBER", 1000)
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample(answer="a" * 5000)])
    assert "MiB unpacked" in refused(path).message


def test_a_bomb_that_lies_about_its_size_is_stopped_where_the_lie_ends(tmp_path):
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample(answer="a" * 5_000_000)])
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.infolist()[0].file_size
    at = data.rindex(struct.pack("<L", size))
    data[at : at + 4] = struct.pack("<L", 300)
    path.write_bytes(data)
    assert "longer than it says" in refused(path).message


def test_a_damaged_member_is_refused(tmp_path):
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample()], zipfile.ZIP_STORED)
    data = path.read_bytes().replace(b"I will not.", b"I will now.", 1)
    path.write_bytes(data)
    assert "is not what was packed" in refused(path).message


def test_two_members_of_one_name_are_refused(tmp_path):
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample()])
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("samples/0_epoch_1.json", "{}")
    assert "two members have one name" in refused(path).message


def test_a_directory_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_DIRECTORY", 100)
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample()])
    assert "directory is too large" in refused(path).message


def test_a_name_that_climbs_out_of_the_folder_writes_nothing(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "a.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", '{"version": 2, "eval": {"task": "t", "model": "m"}}')
        archive.writestr("samples/../../evil.json", '{"id": 1, "epoch": 1, "input": "a"}')
    assert [one.sample.id for one in open_log(path).samples()] == [1]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.eval", "in"]


def test_an_unknown_packing_is_named(tmp_path):
    path = write_log(tmp_path / "a.eval", a_header(), [a_sample()], zipfile.ZIP_BZIP2)
    assert "packed by method 12" in refused(path).message


def test_without_zstandard_the_help_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    diagnostic = refused(LOGS / "bare.eval")
    assert diagnostic.code == "extra-missing"
    assert "shipworthy[inspect]" in diagnostic.help


def read_or_refused(path):
    """What came of reading: anything but a problem of ours would end the test."""
    try:
        return {"samples"} if len(list(open_log(path).samples())) <= 9 else {"too many"}
    except Problem as problem:
        named = {one.code.partition("-")[0] for one in problem.diagnostics}
        return {"refused"} if named == {"inspect"} else named


@given(
    source=st.sampled_from(["faults.eval", "stopped.eval"]),
    start=st.floats(0, 1, exclude_max=True),
    patch=st.binary(min_size=1, max_size=12),
    cut=st.booleans(),
)
def test_damage_gives_samples_or_a_problem_and_nothing_else(
    tmp_path_factory, source, start, patch, cut
):
    data = bytearray((LOGS / source).read_bytes())
    at = int(start * len(data))
    data[at : at + len(patch)] = patch
    path = tmp_path_factory.mktemp("damaged") / "a.eval"
    path.write_bytes(data[:at] if cut else data)
    assert read_or_refused(path) <= {"samples", "refused"}
