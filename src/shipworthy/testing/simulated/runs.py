"""A run of a simulated campaign: its entries in the log, its trials and canaries on disk."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from shipworthy.evidence import Ledger, Seal, SegmentWriter
from shipworthy.kernel import Record
from shipworthy.records import AskedRun, CampaignPlan, RunEnded, RunStarted, Trial
from shipworthy.testing.campaigns import DRAFTED_AT, JUDGE
from shipworthy.testing.canaries import asked_run, example_key

REGISTERED_AT: Final = "2026-11-22T05:00:00Z"


def simulated_run(
    ledger: Ledger, folder: Path, plan: CampaignPlan, ran: tuple[Sequence[Trial], str]
) -> AskedRun:
    """Log a run, write its trials and what the example judge says of its canaries, and seal both.

    `ran` are the trials and how the run ended. The judge answers as its key has it.
    """
    trials, how = ran
    number = 1 + sum(isinstance(entry, RunStarted) for entry in ledger.entries())
    run = f"run-{number:03}"
    ledger.append(RunStarted(plan=plan.digest, run=run, at=REGISTERED_AT))
    asked = asked_run([example_key(JUDGE)], plan.seed, (run, how, len(trials)))
    seal = _segment(folder / "trials" / f"{run}.jsonl", [replace(one, run=run) for one in trials])
    canaries = _segment(folder / "canaries" / f"{run}.jsonl", asked.answers)
    ledger.append(
        RunEnded(
            plan=plan.digest,
            run=run,
            how=how,
            trials=seal.trials,
            root=seal.root,
            canaries=canaries.trials,
            canaries_root=canaries.root,
            at=DRAFTED_AT,
        )
    )
    return asked


def _segment(path: Path, records: Iterable[Record]) -> Seal:
    with SegmentWriter(path) as writer:
        for record in records:
            writer.append(record)
        return writer.seal()
