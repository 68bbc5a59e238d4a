"""The bytes of the smallest report, pinned; set SHIPWORTHY_RENEW_GOLDEN=1 to renew them."""

import os
from pathlib import Path

import pytest

from shipworthy.stages.reporting import build_report, render_html, render_json
from shipworthy.testing.small_report import small_report

HERE = Path(__file__).parent / "reports"


@pytest.mark.parametrize(
    ("name", "render"), [("small.html", render_html), ("small.json", render_json)]
)
def test_the_small_report_has_the_pinned_bytes(name, render):
    pinned = HERE / name
    made = render(build_report(small_report()))
    if os.environ.get("SHIPWORTHY_RENEW_GOLDEN") == "1":
        pinned.parent.mkdir(exist_ok=True)
        pinned.write_bytes(made)

    assert made == pinned.read_bytes(), "renew with SHIPWORTHY_RENEW_GOLDEN=1 if this is meant"
