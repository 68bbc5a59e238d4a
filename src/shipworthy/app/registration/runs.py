"""Runs of a campaign: start and end in the log; trials, canaries and transcripts on disk."""

from pathlib import Path
from types import TracebackType
from typing import Self

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.evidence import Seal, SegmentWriter, seal_segment
from shipworthy.kernel import canonical_bytes
from shipworthy.records import CanaryAnswer, CanaryReply, RunEnded, RunStarted, Trial
from shipworthy.stages.evaluating import Canary, Transcript


class RunRecorder:
    """One run: its start and end in the log; its trials, canaries and transcripts on disk."""

    def __init__(self, campaign: OpenCampaign) -> None:
        _close_interrupted(campaign)
        self._campaign = campaign
        number = 1 + sum(isinstance(e, RunStarted) for e in campaign.ledger.entries())
        self.run = f"run-{number:03}"
        campaign.ledger.append(
            RunStarted(plan=campaign.plan_digest, run=self.run, at=campaign.now())
        )
        self._trials = 0
        self._segment = SegmentWriter(campaign.folder.trials / f"{self.run}.jsonl")
        self._canaries = SegmentWriter(campaign.folder.canaries / f"{self.run}.jsonl")
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
        self._canaries.close()
        self._segment.close()

    def write(self, trial: Trial, transcript: Transcript) -> None:
        """Write what was said, then the trial: a trial on disk always has its transcript."""
        if not self._trials:
            # what vouches for the judges of a run is durable before anything that they judged
            self._canaries.flush()
        self._transcripts.write(canonical_bytes(transcript) + b"\n")
        self._segment.append(trial)
        self._trials += 1

    def write_canary(self, canary: Canary, answer: CanaryReply) -> None:
        """Write what a judge said of a canary."""
        self._canaries.append(
            CanaryAnswer(
                run=self.run,
                judge=canary.judge,
                item=canary.keyed.item,
                expected=canary.keyed.answer,
                answer=answer,
                after=self._trials,
            )
        )

    def end(self, how: str) -> None:
        """Seal trials and canaries in the log."""
        _log_end(self._campaign, self.run, how, (self._segment.close(), self._canaries.close()))
        self._campaign.ledger.checkpoint(self._campaign.signer)


def _close_interrupted(campaign: OpenCampaign) -> None:
    """Account for runs that died: seal what had reached the disk."""
    entries = campaign.ledger.entries()
    ended = {entry.run for entry in entries if isinstance(entry, RunEnded)}
    for entry in entries:
        if isinstance(entry, RunStarted) and entry.run not in ended:
            folder, name = campaign.folder, f"{entry.run}.jsonl"
            seals = (_sealed(folder.trials / name), _sealed(folder.canaries / name))
            _log_end(campaign, entry.run, "interrupted", seals)


def _sealed(segment: Path) -> Seal:
    if not segment.exists():
        segment.parent.mkdir(parents=True, exist_ok=True)
        segment.touch()
    return seal_segment(segment)


def _log_end(campaign: OpenCampaign, run: str, how: str, seals: tuple[Seal, Seal]) -> None:
    trials, canaries = seals
    campaign.ledger.append(
        RunEnded(
            plan=campaign.plan_digest,
            run=run,
            how=how,
            trials=trials.trials,
            root=trials.root,
            canaries=canaries.trials,
            canaries_root=canaries.root,
            at=campaign.now(),
        )
    )
