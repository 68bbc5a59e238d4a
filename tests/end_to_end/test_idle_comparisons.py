"""A comparison that nothing is there for is refused, and not left out without a word."""

import pytest

from assessments import shipworthy
from shipworthy.kernel import ExitCode

ASSESSMENT = """\
[assessment]
name = "idle"
framework = "starter"
deployment = "limited"
seed = 7

[subject]
name = "A script"
target = "always-refuses"

[campaign]
scenarios = ["{pack}"]
{attacks}

[trust]
{key}
"""


@pytest.mark.parametrize(
    ("pack", "key", "named"),
    [
        ("vault", "stakes = true", "stakes"),
        ("vault", "watched = true", "watched"),
        ("capability", "realism_per_domain = 3", "realism_per_domain"),
    ],
)
def test_what_nothing_is_there_for_is_refused(tmp_path, pack, key, named):
    attacks = 'attacks = ["plain"]' if pack == "vault" else ""
    (tmp_path / "a.toml").write_text(ASSESSMENT.format(pack=pack, key=key, attacks=attacks))
    done = shipworthy("plan", "a.toml", cwd=tmp_path)
    assert done.returncode == ExitCode.USAGE.value
    assert "campaign-idle" in done.stderr
    assert f"`{named}` asks for a comparison" in done.stderr
