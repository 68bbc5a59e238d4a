"""The content-addressed store."""

import pytest

from shipworthy.evidence import BlobStore, write_atomically
from shipworthy.kernel import ExitCode, Problem, digest_bytes


def test_what_was_put_comes_back_under_its_digest(tmp_path):
    store = BlobStore(tmp_path)
    digest = store.put(b"a reply")
    assert digest == digest_bytes(b"a reply")
    assert store.has(digest)
    assert store.get(digest) == b"a reply"


def test_putting_twice_keeps_one_file(tmp_path):
    store = BlobStore(tmp_path)
    store.put(b"a reply")
    store.put(b"a reply")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_an_altered_blob_is_an_integrity_problem(tmp_path):
    store = BlobStore(tmp_path)
    store.put(b"a reply")
    next(path for path in tmp_path.rglob("*") if path.is_file()).write_bytes(b"another")
    with pytest.raises(Problem) as caught:
        store.get(digest_bytes(b"a reply"))
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert caught.value.diagnostics[0].code == "blob-altered"


def test_a_missing_blob_is_inconclusive_not_empty(tmp_path):
    store = BlobStore(tmp_path)
    missing = digest_bytes(b"never put")
    assert not store.has(missing)
    with pytest.raises(Problem) as caught:
        store.get(missing)
    assert caught.value.exit_code is ExitCode.INCONCLUSIVE


def test_a_name_that_is_no_digest_never_reaches_the_file_system(tmp_path):
    with pytest.raises(Problem) as caught:
        BlobStore(tmp_path).get("sha256:../../secret")
    assert caught.value.diagnostics[0].code == "digest-invalid"


def test_a_written_file_can_be_read_by_others_and_leaves_no_temporary_file(tmp_path):
    write_atomically(tmp_path / "deep" / "report.html", b"page")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["report.html"]
    assert (tmp_path / "deep" / "report.html").stat().st_mode & 0o777 == 0o644
