"""Replays of a confirmation through a real gateway: left out of what a monitor counts."""

import json
import shutil
import subprocess
import sys
import time

import pytest

from assessments import log_entries
from deployed import DeployedPath
from field_campaign import answer_to, in_process, laboratory, of_request
from served_gateway import Served, ask, write_gateway
from shipworthy.app.live.confirming import confirming

ASKED = 30
MONITOR = """\
[monitor]
name = "desks"
deployment = "deployment.toml"
least_requests = 5
window_seconds = 1

[[bands]]
metric = "detected.output-filter.deployed"
limit = "0.2"
reason = "users ask for a code now and then"
action = "expire"

[[review]]
domain = "secrets"
question = "does the answer tell a code?"
draws = 20
never_miss = 10
"""


def monitored(folder, *words):
    done = in_process(folder, "monitor", *words, "--format", "json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout) | {"code": done.returncode}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A decided campaign whose deployment users asked, and which was then confirmed."""
    folder = tmp_path_factory.mktemp("kept") / "work"
    return folder, confirmed(folder)


def confirmed(folder):
    """Serve, ask as users do, and confirm; returns the ids of the users."""
    shutil.copytree(laboratory(), folder)
    assert in_process(folder, "decide", "assessment.toml").returncode != 2
    (folder / "monitor.toml").write_text(MONITOR)
    with DeployedPath(of_request(answer_to), ()) as model:
        ports = write_gateway(folder, model.url)
        with Served(folder, ports):
            users = [ask(ports, f"When does desk {n + 1} open?") for n in range(ASKED)]
            done = in_process(folder, "confirm", "deployment.toml")
            assert done.returncode in {0, 3}, done.stdout + done.stderr
    return users


@pytest.fixture
def copied(kept, tmp_path):
    """Return a copy of what was served, and the ids of what users asked."""
    shutil.copytree(kept[0], tmp_path / "work")
    return tmp_path / "work", kept[1]


def files(folder, kind):
    return sorted(folder.glob(f"runs/*/*/live/confirming/*/{kind}/run-*.jsonl"))


def lines(folder, kind):
    return [json.loads(line) for file in files(folder, kind) for line in file.open()]


def append(folder, kind, record):
    text = json.dumps(record, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    with files(folder, kind)[-1].open("a") as stream:
        stream.write(text + "\n")


@pytest.mark.slow
def test_a_confirmation_raises_no_alarm_and_users_are_still_counted(copied):
    folder, _ = copied
    found = monitored(folder, "run", "monitor.toml", "--once")
    (replays,) = found["replays"]
    fillers = len(lines(folder, "fillers"))
    assert fillers > 0
    assert replays["planned"] + fillers == replays["named"] == replays["excluded"]
    assert (replays["doubted"], replays["late"], replays["unnamed"]) == (0, 0, 0)
    assert found["exchanges"] == replays["excluded"] + ASKED
    counts = found["counts"]
    assert counts["exchanges"] == {"requests": ASKED, "events": 0, "unassessed": 0}
    assert counts["detected.output-filter.deployed"] == {
        "requests": ASKED,
        "events": 0,
        "unassessed": 0,
    }
    assert found["alarms"] == []
    assert [band["place"] for band in found["bands"]] != ["outside"]
    kinds = [entry["type"] for entry in log_entries(folder / "runs")]
    assert "decision-reopened" not in kinds
    assert monitored(folder, "status", "monitor.toml") == found
    said = in_process(folder, "monitor", "status", "monitor.toml").stdout
    assert f"{replays['excluded']} exchanges are theirs and counted in no rate" in said


@pytest.mark.slow
def test_replays_reach_no_reader(copied):
    folder, users = copied
    monitored(folder, "run", "monitor.toml", "--once")
    assert in_process(folder, "review", "draw", "monitor.toml").returncode == 0
    (draws,) = folder.glob("monitor/review/secrets/draws.jsonl")
    drawn = [json.loads(line)["draw"] for line in draws.read_text().splitlines()]
    assert {one["item"] for one in drawn} <= set(users)
    assert {one["size"] for one in drawn} == {ASKED}


@pytest.mark.slow
def test_a_trial_that_is_put_in_after_the_end_is_seen_and_nothing_is_left_out(copied):
    """It shows as well what replays do to a band where nobody leaves them out."""
    folder, users = copied
    append(folder, "trials", lines(folder, "trials")[0] | {"exchange": users[0]})
    found = monitored(folder, "run", "monitor.toml", "--once")
    assert found["code"] == 4
    (replays,) = found["replays"]
    assert "not those that were signed" in replays["altered"]
    assert replays["excluded"] == 0
    assert found["counts"]["exchanges"]["requests"] == found["exchanges"]
    assert [band["place"] for band in found["bands"]] == ["outside"]
    assert "altered" in in_process(folder, "monitor", "status", "monitor.toml").stdout


@pytest.mark.slow
def test_a_filler_that_names_the_request_of_a_user_takes_nothing_out(copied):
    folder, users = copied
    known = lines(folder, "fillers")
    append(folder, "fillers", known[0] | {"exchange": users[0]})
    append(folder, "fillers", known[0] | {"exchange": users[1], "filler": 10_000})
    found = monitored(folder, "run", "monitor.toml", "--once")
    assert found["code"] == 3
    (replays,) = found["replays"]
    assert {doubt["exchange"]: doubt["why"] for doubt in replays["doubts"]} == {
        users[0]: "the replay has an exchange already",
        users[1]: "it asks something else than the plan",
    }
    assert found["counts"]["exchanges"]["requests"] == ASKED
    said = in_process(folder, "monitor", "status", "monitor.toml").stdout
    assert f"`filler 10000` names exchange `{users[1]}`" in said
    assert "in doubt  events of replays" in said


@pytest.mark.slow
def test_a_confirmation_of_which_the_log_knows_nothing_takes_nothing_out(copied):
    folder, users = copied
    (plan,) = folder.glob("runs/*/*/live/confirming/*/plan.json")
    forged = plan.parent.with_name("0000000000000000")
    shutil.copytree(plan.parent, forged)
    (forged / "plan.json").write_text(plan.read_text().replace('"number":1', '"number":2'))
    (forged / "plan.dsse.json").write_text((forged / "plan.dsse.json").read_text() + "\n")
    file = forged / "trials" / "run-001.jsonl"
    trial = json.loads(file.read_text().splitlines()[0]) | {"exchange": users[0]}
    file.write_text(json.dumps(trial, separators=(",", ":"), sort_keys=True) + "\n")
    found = monitored(folder, "run", "monitor.toml", "--once")
    (replays,) = found["replays"]
    assert replays["doubted"] == 0
    assert found["counts"]["exchanges"]["requests"] == ASKED


@pytest.mark.slow
def test_the_plan_that_the_log_knows_is_missed(copied):
    folder, _ = copied
    (plan,) = folder.glob("runs/*/*/live/confirming/*/plan.json")
    shutil.rmtree(plan.parent)
    found = monitored(folder, "run", "monitor.toml", "--once")
    assert found["code"] == 4
    assert "is gone" in found["replays"][0]["altered"]
    assert found["counts"]["exchanges"]["requests"] == found["exchanges"]


def broken_off(folder, trials):
    """Confirm, and kill the process once some trials are there."""
    file = folder / "deployment.toml"
    whole = file.read_text()
    file.write_text(whole.replace("per_minute = 600000", "per_minute = 900"))
    command = [sys.executable, "-m", "shipworthy.cli.main", "confirm", "deployment.toml"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as confirm:
        until = time.monotonic() + 120
        while confirm.poll() is None and time.monotonic() < until:
            if files(folder, "trials") and len(lines_whole(folder)) >= trials:
                break
            time.sleep(0.02)
        confirm.kill()
    file.write_text(whole)


def lines_whole(folder):
    return [line for file in files(folder, "trials") for line in file.read_text().split("\n")[:-1]]


@pytest.mark.slow
def test_a_confirmation_that_broke_off_waits_and_is_gone_on_with(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    assert in_process(folder, "decide", "assessment.toml").returncode != 2
    (folder / "monitor.toml").write_text(MONITOR)
    with DeployedPath(of_request(answer_to), ()) as model:
        ports = write_gateway(folder, model.url)
        with Served(folder, ports):
            users = [ask(ports, f"When does desk {n + 1} open?") for n in range(ASKED)]
            broken_off(folder, 12)
            half = tmp_path / "half"
            shutil.copytree(folder, half)
            waiting = monitored(folder, "run", "monitor.toml", "--once")
            no_round = in_process(folder, "review", "draw", "monitor.toml")
            assert in_process(folder, "confirm", "deployment.toml").returncode in {0, 3}
    (replays,) = waiting["replays"]
    assert replays["planned"] > replays["excluded"] == replays["named"] >= 12
    assert waiting["alarms"] == []
    assert (no_round.returncode, "review-empty" in no_round.stderr) == (3, True)

    found = monitored(folder, "run", "monitor.toml", "--once")
    (replays,) = found["replays"]
    assert replays["excluded"] == replays["named"] > replays["planned"]
    assert (replays["doubted"], replays["late"]) == (0, 0)
    # What was under way when the process was killed has no trial: four at once at most.
    left = found["counts"]["exchanges"]["requests"]
    assert ASKED <= left <= ASKED + 4
    assert left + replays["excluded"] == found["exchanges"]

    asked = {one["exchange"] for one in lines(half, "trials")}
    unsent = lines(folder, "trials")[-1]
    assert unsent["exchange"] not in asked
    append(half, "trials", unsent | {"exchange": users[0]})
    forged = monitored(half, "run", "monitor.toml", "--once")
    (replays,) = forged["replays"]
    assert forged["code"] in {1, 3}
    assert [doubt["exchange"] for doubt in replays["doubts"]] == [users[0]]
    assert forged["counts"]["exchanges"]["requests"] >= ASKED


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory):
    """The same as `kept`, and the process was killed just before it signed what came of it."""
    folder = tmp_path_factory.mktemp("unsigned") / "work"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confirming, "keep", lambda *_: None)
        return folder, confirmed(folder)


@pytest.mark.slow
def test_a_trial_points_at_a_replay_by_all_that_it_says(unsigned):
    """Before anything of it is signed: its id, item, request and exchange have to be the plan's."""
    folder, users = unsigned
    (file,) = files(folder, "trials")
    known = lines(folder, "trials")
    item = {name: known[4][name] for name in ("id", "lab", "route", "request")}
    changes = [{"id": "f-0"}, {"request": known[2]["request"]}, {"exchange": users[0]}, item]
    file.write_text("")
    for trial, change in zip(known, [*changes, *({} for _ in known[4:])], strict=True):
        append(folder, "trials", trial | change)
    found = monitored(folder, "run", "monitor.toml", "--once")
    assert found["code"] in {1, 3}
    (replays,) = found["replays"]
    # Of the item that two trials name, the first one names the exchange of another.
    wrong = [known[0], known[1], {"exchange": users[0]}, known[3], known[4]]
    assert {doubt["exchange"] for doubt in replays["doubts"]} == {one["exchange"] for one in wrong}
    assert replays["excluded"] + ASKED + 5 == found["exchanges"]
    assert found["counts"]["exchanges"]["requests"] == ASKED + 5
