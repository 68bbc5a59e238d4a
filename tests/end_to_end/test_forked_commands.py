"""Commands that tests fork are what a user starts, and every command starts on its own."""

import subprocess
import sys

import pytest

from assessments import COMMANDS, shipworthy
from forked_commands import ForkServer
from shipworthy.cli.main import cli

OTHERS = ["aiohttp", "asyncio", "click", "jinja2", "msgspec", "yaml"]


@pytest.fixture(scope="module")
def bare():
    """A server that has imported nothing of ours, so that a command has to import what it needs."""
    server = ForkServer(sys.executable, "shipworthy.cli.main", OTHERS)
    yield server
    server.close()


@pytest.mark.xdist_group("bare-commands")
@pytest.mark.parametrize("name", sorted(cli._entries))
def test_a_command_imports_what_it_needs_and_explains_itself(bare, name):
    told = bare.run([name, "--help"], None, {}, 60)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"Usage: shipworthy {name}")
    assert told.stderr == ""


@pytest.mark.parametrize(
    "words", [("attack", "list"), ("nothing",), ("verify", "/nowhere"), ("plan", "absent.toml")]
)
def test_a_fork_says_and_returns_what_a_new_process_does(tmp_path, words):
    command = [sys.executable, "-m", "shipworthy.cli.main", *words]
    new = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    fork = shipworthy(*words, cwd=tmp_path)
    assert (fork.args, fork.returncode) == (new.args, new.returncode)
    assert (fork.stdout, fork.stderr) == (new.stdout, new.stderr)


def test_a_command_that_takes_too_long_is_ended():
    with pytest.raises(subprocess.TimeoutExpired):
        shipworthy("attack", "list", timeout=0.001)


def test_no_two_commands_in_a_row_come_from_one_interpreter():
    first, second, third = (COMMANDS._next() for _ in range(3))
    assert first is not second
    assert third is first
