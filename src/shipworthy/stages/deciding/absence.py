"""Why a finding that a rulebook reads is not there, and what would yield it."""

from collections.abc import Mapping

from shipworthy.records import TESTED_CONTROLS, Finding, attempts_of, metric_of


def absence(name: str, findings: Mapping[str, Finding]) -> tuple[str, str]:
    """Return the sentence that says why, and the evidence that is missing.

    Another number of attempts never stands in for the one that is asked for.
    """
    why, missing = f"there is no finding `{name}`", f"an evaluation that yields `{name}`"
    asked, stratum = attempts_of(name), name.partition(".")[2]
    if asked is None:
        tests = metric_of(name) in TESTED_CONTROLS
        return why, f"a test of controls that yields `{name}`: `[controls]`" if tests else missing
    made = next((found for found in map(attempts_of, _of(stratum, findings)) if found), None)
    if made is not None:
        why += f": the campaign has {made} attempts on each scenario, not {asked}"
    elif f"asr.{stratum}" in findings:
        why += f": not every scenario has {asked} attempts"
    return why, f"a campaign with {asked} attempts on every scenario, which yields `{name}`"


def _of(stratum: str, findings: Mapping[str, Finding]) -> list[str]:
    return sorted(name for name in findings if name.partition(".")[2] == stratum)
