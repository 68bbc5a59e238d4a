"""Trials that count: each is of a run in the log and of a cell of the plan, and of no other.

Whoever can write to the project folder can add, cut or copy segments. The log knows the length and
the root of every run that ended, so what was changed after the fact is refused before it is
counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from shipworthy.evidence.files import tampered
from shipworthy.evidence.merkle import Tree
from shipworthy.evidence.segments import Seal, read_records, read_segment, seal_of
from shipworthy.kernel import Digest
from shipworthy.records import (
    AskedRun,
    CampaignPlan,
    CanaryAnswer,
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


def accounted_canaries(folder: Path, entries: Iterable[LogEntry]) -> tuple[AskedRun, ...]:
    """Return the runs of a log in order, with what judges said of canaries in each.

    `folder` holds a file for each run. A run without a file has no answers.

    Raises:
        Problem: `segment-altered` (integrity), when a file is not what the log accounts for.
    """
    known = tuple(entries)
    ends = {entry.run: entry for entry in known if isinstance(entry, RunEnded)}
    return tuple(
        _asked(folder / f"{entry.run}.jsonl", entry.run, ends.get(entry.run))
        for entry in known
        if isinstance(entry, RunStarted)
    )


def _asked(path: Path, run: str, end: RunEnded | None) -> AskedRun:
    tree = Tree()
    answers = tuple(read_records(path, CanaryAnswer, tree)) if path.exists() else ()
    if end is not None and seal_of(tree) != Seal(end.canaries, end.canaries_root):
        message = f"not the {end.canaries} canaries that the log sealed for this run"
        raise tampered("segment-altered", message, str(path))
    for number, answer in enumerate(answers, start=1):
        if answer.run != run:
            message = "this answer to a canary is of another run"
            raise tampered("segment-altered", message, str(path), number)
    if end is None:
        return AskedRun(run=run, how="", trials=0, answers=answers)
    return AskedRun(run=run, how=end.how, trials=end.trials, answers=answers)


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
