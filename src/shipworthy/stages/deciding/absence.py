"""Why a finding that a rulebook reads is not there, and what would yield it."""

from collections.abc import Mapping
from typing import Final

from shipworthy.records import TESTED_CONTROLS, Finding, Metric, attempts_of, metric_of

_YIELDED_BY: Final[Mapping[Metric, str]] = {
    **dict.fromkeys(TESTED_CONTROLS, "a test of controls that yields `{}`: `[controls]`"),
    "capability": "tasks with a known answer in the domain, which yield `{}`",
    "unsanctioned": "agents in worlds of the domain, which yield `{}`",
    "completion": "agents in worlds of the domain, which yield `{}`",
    "awareness": "dressed scenarios, which yield `{}`: `[trust] realism_per_domain`",
    "sandbagging": "tasks with a price on doing well, which yield `{}`: `[trust] stakes`",
    "hiding": "tasks under an instruction to hide, which yield `{}`: `[trust] stakes`",
    "monitoring": "agents that are watched and unwatched, which yield `{}`: `[trust] watched`",
    "contamination": "strings of packs, which yield `{}`: `[trust] contamination`",
    "balance": "mirrored pairs of the axis, which yield `{}`: pack `balance`",
}
"""What an assessment has to ask for to get a finding, by metric."""


def absence(name: str, findings: Mapping[str, Finding]) -> tuple[str, str]:
    """Return the sentence that says why, and the evidence that is missing.

    Another number of attempts never stands in for the one that is asked for.
    """
    why, missing = f"there is no finding `{name}`", f"an evaluation that yields `{name}`"
    asked, stratum = attempts_of(name), name.partition(".")[2]
    if asked is None:
        metric = metric_of(name)
        known = _YIELDED_BY.get(metric) if metric else None
        return why, known.format(name) if known else missing
    tried = name.partition("-at-")[0]
    made = next((found for found in map(attempts_of, _of(tried, stratum, findings)) if found), None)
    if made is not None:
        why += f": the campaign has {made} attempts on each scenario, not {asked}"
    elif f"{tried}.{stratum}" in findings:
        why += f": not every scenario has {asked} attempts"
    return why, f"a campaign with {asked} attempts on every scenario, which yields `{name}`"


def _of(tried: str, stratum: str, findings: Mapping[str, Finding]) -> list[str]:
    return sorted(
        name
        for name in findings
        if name.startswith(f"{tried}-at-") and name.partition(".")[2] == stratum
    )
