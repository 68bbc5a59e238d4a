"""Changes of the deployment file while it is being written, read or built from."""

import threading
import time

import pytest

from gateways import LEAK_FILTER, deployment_text, served
from shipworthy.app.live.gateway import running as running_module
from shipworthy.testing.upstream import ScriptedUpstream

TWO = LEAK_FILTER + LEAK_FILTER.replace("\n", '\nname = "second"\n', 1)


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture
def by_hand(monkeypatch):
    """Nobody looks at the file but the test."""
    monkeypatch.setattr(running_module, "_LOOK_S", 3600)


def layers(gateway):
    return [one.enforcement.name for one in gateway.gateway.serving.engine.layers]


def write(path, upstream, safeguards):
    path.write_text(deployment_text(upstream.url, {"": safeguards}))


def test_a_change_during_a_build_is_built_after_it(upstream, tmp_path, by_hand):
    path = tmp_path / "deployment.toml"
    write(path, upstream, TWO)
    with served(path, "portable") as gateway:
        building, go_on = threading.Event(), threading.Event()
        build = gateway.running._build

        def slow():
            found = build()
            building.set()
            go_on.wait(20)
            return found

        gateway.running._build = slow
        write(path, upstream, LEAK_FILTER)
        gateway.call(gateway.running.reload)
        assert building.wait(20)
        # The person sees the mistake at once and puts the second layer back.
        write(path, upstream, TWO)
        gateway.call(gateway.running.reload)
        go_on.set()
        until(lambda: sum("reloaded" in line for line in gateway.lines) == 2)
        assert layers(gateway) == ["output-filter", "second"]


def test_half_a_file_is_not_served(upstream, tmp_path, by_hand):
    path = tmp_path / "deployment.toml"
    write(path, upstream, TWO)
    whole = path.read_bytes()
    with served(path, "portable") as gateway:
        half = whole[: whole.rindex(b"[[safeguards]]")]
        path.write_bytes(half)
        gateway.call(gateway.running.look)
        path.write_bytes(whole + b"# the rest\n")
        gateway.call(gateway.running.look)
        assert not any("reloaded" in line for line in gateway.lines)
        gateway.call(gateway.running.look)
        until(lambda: any("reloaded" in line for line in gateway.lines))
        assert layers(gateway) == ["output-filter", "second"]
        # Left alone it is what the person wrote, however weak.
        path.write_bytes(half)
        gateway.call(gateway.running.look)
        gateway.call(gateway.running.look)
        until(lambda: layers(gateway) == ["output-filter"])


def test_a_file_that_changed_while_its_stack_was_built_is_read_again(
    upstream, tmp_path, by_hand, monkeypatch
):
    path = tmp_path / "deployment.toml"
    write(path, upstream, LEAK_FILTER)
    opened = running_module.Running.__init__

    def late(self, file, gateway, inside):
        write(path, upstream, TWO)
        opened(self, file, gateway, inside)

    monkeypatch.setattr(running_module.Running, "__init__", late)
    with served(path, "portable") as gateway:
        assert layers(gateway) == ["output-filter"]
        gateway.call(gateway.running.look)
        gateway.call(gateway.running.look)
        until(lambda: layers(gateway) == ["output-filter", "second"])
