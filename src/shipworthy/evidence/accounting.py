"""Trials that count: each is of a run in the log and of a cell of the plan, and of no other.

Whoever can write to the project folder can add, cut or copy segments. The log knows the length and
the root of every run that ended, so what was changed after the fact is refused before it is
counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from shipworthy.evidence.files import tampered
from shipworthy.evidence.merkle import Tree
from shipworthy.evidence.segments import Seal, read_segment, seal_of
from shipworthy.kernel import Digest
from shipworthy.records import (
    CampaignPlan,
    LogEntry,
    RunEnded,
    RunStarted,
    Trial,
    plan_cells,
    trial_id,
)

_Cell = tuple[str, str, str, str, str, int]
"""Scenario, domain, attack, role, arm and seed."""


def accounted_trials(
    segments: Iterable[Path], entries: Iterable[LogEntry], plan: CampaignPlan
) -> Iterator[Trial]:
    """Yield the trials of the segments in order, each checked against the log and the plan.

    A run that has not ended has no seal yet: its trials are checked against the plan alone.

    Raises:
        Problem: `segment-altered` (integrity), and what `read_segment`
            raises.
    """
    seals, started = _runs(entries)
    cells = _cells(plan)
    seen: set[str] = set()
    found: set[str] = set()
    for path in segments:
        run = path.stem
        found.add(run)
        if run not in started:
            raise tampered("segment-altered", f"the log knows no run `{run}`", str(path))
        tree = Tree()
        for number, trial in enumerate(read_segment(path, tree), start=1):
            complaint = _complaint(trial, run, cells, seen)
            if complaint:
                raise tampered("segment-altered", complaint, str(path), number)
            seen.add(trial.id)
            yield trial
        if run in seals and seal_of(tree) != seals[run]:
            message = f"not the {seals[run].trials} trials that the log sealed for this run"
            raise tampered("segment-altered", message, str(path))
    for run in sorted(seals.keys() - found):
        raise tampered("segment-altered", f"the trials of run `{run}` are gone", run)


def _runs(entries: Iterable[LogEntry]) -> tuple[dict[str, Seal], set[str]]:
    seals: dict[str, Seal] = {}
    started: set[str] = set()
    for entry in entries:
        match entry:
            case RunStarted():
                started.add(entry.run)
            case RunEnded():
                seals[entry.run] = Seal(entry.trials, entry.root)
            case _:
                pass
    return seals, started


def _cells(plan: CampaignPlan) -> dict[str, tuple[_Cell, Digest]]:
    """Return each cell of the plan and what is asked in it, by the id of its trial."""
    digest = plan.digest
    return {
        trial_id(digest, item, arm): (
            (
                item.scenario,
                item.domain,
                item.attack,
                item.role.value,
                arm.value,
                item.seed,
            ),
            item.request,
        )
        for item, arm in plan_cells(plan)
    }


def _complaint(
    trial: Trial, run: str, cells: Mapping[str, tuple[_Cell, Digest]], seen: set[str]
) -> str:
    """Return why a trial does not count, or an empty string."""
    cell = (
        trial.scenario,
        trial.domain,
        trial.attack,
        trial.role.value,
        trial.arm.value,
        trial.seed,
    )
    if trial.id not in cells:
        return f"trial `{trial.id}` is no cell of the plan"
    if trial.id in seen:
        return f"trial `{trial.id}` is there twice"
    planned, request = cells[trial.id]
    if planned != cell:
        return f"trial `{trial.id}` says another cell than its id"
    if trial.request != request:
        return f"trial `{trial.id}` asked something else than the plan registered"
    return "" if trial.run == run else f"trial `{trial.id}` is of another run"
