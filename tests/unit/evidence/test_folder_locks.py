"""One process at a time: who waits, and who is told."""

import subprocess
import sys

import pytest

from shipworthy.evidence import one_at_a_time

HOLDER = """
import sys
from pathlib import Path
from shipworthy.evidence import one_at_a_time
with one_at_a_time(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.readline()
    Path(sys.argv[1], "done").touch()
"""


@pytest.fixture
def held(tmp_path):
    """A folder that is not there at first, with a process in it until a line is written to it."""
    folder = tmp_path / "a" / "b"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "in\n"
        yield folder, holder


def test_who_does_not_wait_is_told_and_who_waits_comes_after(held):
    folder, holder = held
    with pytest.raises(BlockingIOError), one_at_a_time(folder, wait=False):
        raise AssertionError("two are in")
    assert not (folder / "done").exists()
    holder.stdin.write("go\n")
    holder.stdin.flush()
    with one_at_a_time(folder):
        assert (folder / "done").exists()


def test_a_folder_is_free_again_after_a_failure(tmp_path):
    with pytest.raises(KeyError), one_at_a_time(tmp_path):
        raise KeyError
    with one_at_a_time(tmp_path, wait=False):
        pass
