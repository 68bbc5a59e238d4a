"""Files that are not those that were counted: said with exit 4, and nothing is counted."""

import json

import pytest

from field_campaign import in_process
from live_traffic import exchange, write_monitor, write_traffic


@pytest.fixture
def counted(tmp_path):
    write_traffic(tmp_path / "traffic1.jsonl", [exchange(n) for n in range(200)])
    write_monitor(tmp_path)
    run(tmp_path)
    return tmp_path


def run(folder):
    return in_process(folder, "monitor", "run", "monitor.toml", "--once", "--format", "json")


def status(folder):
    return json.loads(in_process(folder, "monitor", "status", "monitor.toml", "--format", "json").stdout)  # fmt: skip  # noqa: E501 - one call


def lines(folder):
    return (folder / "traffic1.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: found[::-1], "monitor-source"),
        (lambda found: found[1:] + found[:1], "monitor-source"),
        (lambda found: found[:-50], "source-cut"),
        (lambda found: [*found[50:], *found], "monitor-source"),
    ],
)
def test_a_file_that_was_written_anew_is_refused(counted, change, code):
    before = status(counted)
    changed = change(lines(counted))
    (counted / "traffic1.jsonl").write_bytes(b"".join(changed))
    done = run(counted)
    assert done.returncode == 4
    assert f"error[{code}]" in done.stderr
    assert "traffic1.jsonl" in done.stderr
    assert status(counted) == before


def test_a_file_that_grew_is_read_on_and_one_that_is_gone_is_not_missed(counted):
    more = [exchange(n) for n in range(200, 260)]
    write_traffic(counted / "traffic2.jsonl", more)
    assert run(counted).returncode in {0, 3}
    assert status(counted)["exchanges"] == 260
    (counted / "traffic1.jsonl").unlink()
    assert run(counted).returncode in {0, 3}
    assert status(counted)["exchanges"] == 260
