"""Runs of a campaign: their start and end in the log, their trials and transcripts on disk."""

from types import TracebackType
from typing import Self

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.evidence import Seal, SegmentWriter, seal_segment
from shipworthy.kernel import canonical_bytes
from shipworthy.records import RunEnded, RunStarted, Trial
from shipworthy.stages.evaluating import Transcript


class RunRecorder:
    """One run: its start and end in the log, its trials and transcripts on disk."""

    def __init__(self, campaign: OpenCampaign) -> None:
        _close_interrupted(campaign)
        self._campaign = campaign
        number = 1 + sum(isinstance(e, RunStarted) for e in campaign.ledger.entries())
        self.run = f"run-{number:03}"
        campaign.ledger.append(
            RunStarted(plan=campaign.plan_digest, run=self.run, at=campaign.now())
        )
        self._segment = SegmentWriter(campaign.folder.trials / f"{self.run}.jsonl")
        campaign.folder.transcripts.mkdir(parents=True, exist_ok=True)
        transcripts = campaign.folder.transcripts / f"{self.run}.jsonl"
        self._transcripts = transcripts.open("xb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transcripts.close()
        self._segment.close()

    def write(self, trial: Trial, transcript: Transcript) -> None:
        """Write what was said, then the trial: a trial on disk always has its transcript."""
        self._transcripts.write(canonical_bytes(transcript) + b"\n")
        self._segment.append(trial)

    def end(self, how: str) -> None:
        """Seal the trials in the log."""
        _log_end(self._campaign, self.run, how, self._segment.close())
        self._campaign.ledger.checkpoint(self._campaign.signer)


def _close_interrupted(campaign: OpenCampaign) -> None:
    """Account for runs that died: seal what had reached the disk."""
    entries = campaign.ledger.entries()
    ended = {entry.run for entry in entries if isinstance(entry, RunEnded)}
    for entry in entries:
        if isinstance(entry, RunStarted) and entry.run not in ended:
            segment = campaign.folder.trials / f"{entry.run}.jsonl"
            if not segment.exists():
                segment.parent.mkdir(parents=True, exist_ok=True)
                segment.touch()
            _log_end(campaign, entry.run, "interrupted", seal_segment(segment))


def _log_end(campaign: OpenCampaign, run: str, how: str, seal: Seal) -> None:
    campaign.ledger.append(
        RunEnded(
            plan=campaign.plan_digest,
            run=run,
            how=how,
            trials=seal.trials,
            root=seal.root,
            at=campaign.now(),
        )
    )
