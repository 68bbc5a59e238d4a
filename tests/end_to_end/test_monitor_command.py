"""`shipworthy monitor` as a process: bands, alarms, kill -9, several processes, bad input."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from assessments import shipworthy
from live_traffic import MONITOR, exchange, write_monitor, write_traffic


def status(folder, name="monitor.toml"):
    return json.loads(shipworthy("monitor", "status", folder / name, "--format", "json").stdout)


@pytest.fixture
def quiet(tmp_path):
    """Traffic inside its bands."""
    write_traffic(
        tmp_path / "traffic1.jsonl", [exchange(n, held=n % 500 == 0) for n in range(1500)]
    )
    write_monitor(tmp_path)
    return tmp_path


def test_inside_its_bands_it_ends_with_0(quiet):
    done = shipworthy("monitor", "run", quiet / "monitor.toml", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every band is shown to be kept" in done.stdout


def test_with_too_little_traffic_nothing_is_shown(tmp_path):
    write_traffic(tmp_path / "traffic1.jsonl", [exchange(n) for n in range(40)])
    write_monitor(tmp_path)
    done = shipworthy("monitor", "run", tmp_path / "monitor.toml", "--once")
    assert done.returncode == 3
    assert "not-shown" in done.stdout


def test_records_of_another_deployment_are_not_counted_as_those_of_this_one(quiet):
    named = quiet / "deployment.toml"
    named.write_text(named.read_text().replace('name = "desk"', 'name = "bar"'))
    done = shipworthy("monitor", "run", quiet / "monitor.toml", "--once")
    assert done.returncode == 3, done.stdout
    assert "exchanges  0, unreadable 1500" in done.stdout
    assert "it is of the deployment `desk`, not of `bar`" in done.stdout


def test_a_band_of_a_layer_that_is_not_there_names_the_one_that_is(quiet):
    wrong = MONITOR.replace("detected.output-filter.", "detected.output-filtre.", 1)
    (quiet / "monitor.toml").write_text(wrong)
    done = shipworthy("monitor", "run", quiet / "monitor.toml", "--once")
    assert done.returncode == 3
    assert (
        "nothing is counted in it; did you mean `detected.output-filter.deployed`?" in done.stdout
    )


def test_a_rise_raises_one_alarm_however_often_it_is_read(quiet):
    more = [exchange(n, held=n % 8 == 0) for n in range(1500, 2500)]
    write_traffic(quiet / "traffic2.jsonl", more)
    for _ in range(2):
        done = shipworthy("monitor", "run", quiet / "monitor.toml", "--once")
        assert done.returncode == 1, done.stdout + done.stderr
    found = status(quiet)
    assert [one["alarm"]["metric"] for one in found["alarms"]] == [
        "detected.output-filter.deployed"
    ]
    assert found["alarms"][0]["action"] == "page-only"


def test_two_processes_give_the_figures_of_one(quiet):
    for part in range(3):
        records = [
            exchange(n, held=n % 40 == 0) for n in range(2000 + part * 300, 2300 + part * 300)
        ]
        write_traffic(quiet / f"traffic-more{part}.jsonl", records)
    (quiet / "two.toml").write_text(
        MONITOR.replace('name = "desk"', 'name = "desk"\nstate = "two"', 1)
    )
    one = shipworthy("monitor", "run", quiet / "monitor.toml", "--once", "--format", "json")
    two = shipworthy(
        "monitor", "run", quiet / "two.toml", "--once", "--processes", "2", "--format", "json"
    )
    assert json.loads(one.stdout) == json.loads(two.stdout)


@pytest.mark.slow
def test_killed_at_any_point_every_exchange_counts_once(tmp_path):
    """The last kill comes late enough for something to have been counted in most runs."""
    total = 24_000
    lines = [exchange(n, held=n % 100 == 0) for n in range(2000)]
    import msgspec

    records = [
        msgspec.structs.replace(lines[n % 2000], id=f"k-{n}", at_ms=1_790_000_000_000 + n * 10)
        for n in range(total)
    ]
    write_traffic(tmp_path / "traffic1.jsonl", records)
    write_monitor(tmp_path)
    command = [
        sys.executable,
        "-m",
        "shipworthy.cli.main",
        "monitor",
        "run",
        "monitor.toml",
        "--once",
    ]
    counted = []
    for delay in (0.0, 0.3, 0.7):
        running = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for_state(tmp_path, running)
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        counted.append(status(tmp_path)["exchanges"])
    assert counted == sorted(counted)
    done = shipworthy("monitor", "run", tmp_path / "monitor.toml", "--once", "--format", "json")
    found = json.loads(done.stdout)
    assert found["exchanges"] == total
    assert found["read_again"] == 0
    assert found["counts"]["exchanges"] == {"requests": total, "events": 0, "unassessed": 0}
    assert found["counts"]["detected.output-filter.deployed"]["events"] == total // 100


def wait_for_state(folder, running):
    """Wait until the process has made its state, or ended."""
    for _ in range(400):
        if (folder / "monitor" / "state.sqlite").exists() or running.poll() is not None:
            return
        time.sleep(0.05)


def test_told_to_end_it_ends_and_says_that_the_source_fell_silent(quiet):
    command = [sys.executable, "-m", "shipworthy.cli.main", "monitor", "run", "monitor.toml"]
    running = subprocess.Popen(
        command, cwd=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_for_state(quiet, running)
        time.sleep(1.0)
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
    finally:
        running.kill()
    found = status(quiet)
    assert found["exchanges"] == 1500
    assert [one["alarm"]["kind"] for one in found["alarms"]] == ["silence"]
    assert running.returncode == 1


def test_what_cannot_be_read_is_named_by_file_and_line(quiet):
    with (quiet / "traffic1.jsonl").open("ab") as stream:
        stream.write(b'{"id": "x"}\n')
    done = shipworthy("monitor", "run", quiet / "monitor.toml", "--once")
    assert "traffic1.jsonl:1501" in done.stdout
    assert status(quiet)["unreadable"] == 1


def test_a_wrong_file_is_explained_with_its_place(tmp_path):
    path = write_monitor(tmp_path, MONITOR.replace("least_requests", "least_request"))
    done = shipworthy("monitor", "status", path)
    assert done.returncode == 2
    assert "monitor.toml:5" in done.stderr
    assert "least_requests" in done.stderr


def test_a_band_that_was_widened_is_named_ever_after(quiet):
    path = quiet / "monitor.toml"
    assert shipworthy("monitor", "run", path, "--once").returncode == 0
    text = path.read_text()
    path.write_text(text.replace('limit = "0.02"', 'limit = "0.5"', 1))
    done = shipworthy("monitor", "run", path, "--once")
    said = "widened  detected.output-filter.deployed: up to 0.02 was accepted before, 0.5 is now"
    assert said in done.stdout, done.stdout + done.stderr
    path.write_text(text[: text.index("[[bands]]")])
    assert "recheck: up to 0.02 was accepted before, and nothing is said now" in (
        shipworthy("monitor", "status", path).stdout
    )
    path.write_text(text)
    assert status(quiet)["widened"] == []
