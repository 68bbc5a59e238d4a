"""Where a confirmation keeps its files, below the campaign's `live` folder.

live/confirming/<plan>/plan.json      what was fixed before the first replay
                       plan.dsse.json the same, signed; the log knows its digest
                       trials/        one segment a run
                       transcripts/   what was said; stays here
                       fillers/       ordinary messages among them, one segment a run; stays here
                       requests.jsonl what was sent in each run, in counts
                       confirmation.json
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shipworthy.app.project import CampaignFolder
from shipworthy.evidence.merkle import Tree
from shipworthy.evidence.segments import read_records, segment_lines
from shipworthy.kernel import Digest, read_record, short
from shipworthy.records.live.confirmations import (
    Confirmation,
    ConfirmationPlan,
    FieldTrial,
    FillerSent,
)


@dataclass(frozen=True, slots=True)
class ConfirmationFolder:
    """The files of one confirmation."""

    path: Path

    @property
    def name(self) -> str:
        """How a complaint names it."""
        return str(self.path)

    @property
    def plan(self) -> Path:
        """Its plan, canonical JSON."""
        return self.path / "plan.json"

    @property
    def envelope(self) -> Path:
        """Its plan, signed."""
        return self.path / "plan.dsse.json"

    @property
    def result(self) -> Path:
        """What was concluded, canonical JSON."""
        return self.path / "confirmation.json"

    @property
    def spent(self) -> Path:
        """What each run sent, one line a run."""
        return self.path / "requests.jsonl"

    def segments(self) -> list[Path]:
        """Return the files of trials, in the order of runs."""
        return sorted((self.path / "trials").glob("run-*.jsonl"))

    def trials(self) -> Iterator[FieldTrial]:
        """Yield the trials on disk, in the order of runs.

        Raises:
            Problem: `segment-altered` (integrity) at a line that is no trial.
        """
        for segment in self.segments():
            yield from read_records(segment, FieldTrial)

    def filler_segments(self) -> list[Path]:
        """Return the files of ordinary messages, in the order of runs."""
        return sorted((self.path / "fillers").glob("run-*.jsonl"))

    def fillers(self) -> Iterator[FillerSent]:
        """Yield the ordinary messages that went out, in the order of runs.

        Raises:
            Problem: `segment-altered` (integrity) at a line that is none.
        """
        for segment in self.filler_segments():
            yield from read_records(segment, FillerSent)

    def root(self, trials: int | None = None) -> Digest:
        """Return the Merkle root over the trials on disk, or over the first of them."""
        tree = Tree()
        lines = (line for path in self.segments() for line in segment_lines(path))
        for line in islice(lines, trials):
            tree.append(line)
        return f"sha256:{tree.root().hex()}"

    def read_plan(self) -> ConfirmationPlan:
        """Read the plan."""
        return read_record(self.plan.read_bytes(), ConfirmationPlan, str(self.plan))

    def read_result(self) -> Confirmation | None:
        """Read what was concluded; None while nothing is."""
        if not self.result.exists():
            return None
        return read_record(self.result.read_bytes(), Confirmation, str(self.result))


def confirming_folder(campaign: CampaignFolder) -> Path:
    """Return the folder of all confirmations of a campaign."""
    return campaign.live / "confirming"


def folder_of(campaign: CampaignFolder, plan: Digest) -> ConfirmationFolder:
    """Return the folder of a confirmation by the digest of its plan."""
    return ConfirmationFolder(confirming_folder(campaign) / short(plan))


def confirmations_of(campaign: CampaignFolder) -> tuple[ConfirmationFolder, ...]:
    """Return the confirmations of a campaign that have a plan, in the order of their paths."""
    plans = sorted(confirming_folder(campaign).glob("*/plan.json"))
    return tuple(ConfirmationFolder(path.parent) for path in plans)
