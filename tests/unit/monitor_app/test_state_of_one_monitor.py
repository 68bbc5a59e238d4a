"""A state holds the counts of one monitor: another one, or another reading, is refused."""

import os

import pytest

from live_traffic import MONITOR, write_monitor
from shipworthy.app.live.monitoring.opening import open_monitor
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Problem, Registry, SystemClock

MAPPED = MONITOR.replace(
    'paths = ["traffic*.jsonl"]',
    'paths = ["traffic*.jsonl"]\n[source.mapping]\nat = "at"\nreply = "answer"',
)


def opened(path):
    around = Surroundings(Registry.installed(), os.environ, SystemClock())
    return open_monitor(path, around).open_state()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"answer"', '"text"', "`[source.mapping]`"),
        ('name = "desk"', 'name = "other"', "`name` of the monitor"),
    ],
)
def test_a_state_that_was_counted_otherwise_is_refused(tmp_path, right, wrong, said):
    path = write_monitor(tmp_path, MAPPED)
    opened(path).close()
    path.write_text(MAPPED.replace(right, wrong))
    with pytest.raises(Problem, match="was counted with another") as caught:
        opened(path)
    found = caught.value.diagnostics[0]
    assert said in found.message
    assert found.code == "monitor-other"
    assert str(path) in str(found.location)


def test_the_log_of_another_deployment_is_not_counted_in_with_it(tmp_path):
    path = write_monitor(tmp_path, MAPPED)
    opened(path).close()
    named = tmp_path / "deployment.toml"
    named.write_text(named.read_text().replace('name = "desk"', 'name = "bar"'))
    with pytest.raises(Problem, match="was counted with another"):
        opened(path)


def test_more_files_and_other_bands_go_on_with_the_same_state(tmp_path):
    path = write_monitor(tmp_path, MAPPED)
    opened(path).close()
    path.write_text(MAPPED.replace("traffic*", "traffic-2*").replace('"0.02"', '"0.03"'))
    opened(path).close()
