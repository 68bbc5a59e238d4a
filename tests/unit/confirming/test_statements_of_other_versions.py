"""A confirmation that another version signed is no defect of this one."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from shipworthy.app.live.confirming import tries
from shipworthy.kernel import Problem


def test_a_confirmation_that_lacks_fields_of_this_version_is_named_as_such(monkeypatch):
    older = SimpleNamespace(statement=SimpleNamespace(predicate=b'{"verdict": "confirmed"}'))
    monkeypatch.setattr(tries, "live_statements", lambda campaign, only: [older])
    campaign = SimpleNamespace(folder=SimpleNamespace(live=Path("runs/desk/plan/live")))
    with pytest.raises(Problem) as caught:
        tries.tries_of(campaign, "desk")
    found = caught.value.diagnostics[0]
    assert found.code == "record-version"
    assert "runs/desk/plan/live" in str(found.location)
