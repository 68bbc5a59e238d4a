"""Where an assessment keeps its files.

<project>/keys/runner.pem                 the key that signs evidence, never decisions
<project>/<assessment>/<plan>/plan.json   the registered plan
                              log/        the evidence log
                              trials/     one segment a run
                              transcripts/  what was said; stays here
                              bundle/     what others verify
"""

from dataclasses import dataclass
from pathlib import Path

from shipworthy.kernel import Digest, short


@dataclass(frozen=True, slots=True)
class Project:
    """A folder that holds assessments and the runner's key."""

    root: Path

    @property
    def runner_key(self) -> Path:
        """The private key that signs evidence."""
        return self.root / "keys" / "runner.pem"

    @property
    def store(self) -> Path:
        """Folder of the content-addressed store."""
        return self.root / "store"

    def campaign(self, assessment: str, plan: Digest) -> "CampaignFolder":
        """Return the folder of one plan of one assessment."""
        return CampaignFolder(self.root / assessment / short(plan))

    def latest(self, assessment: str) -> "CampaignFolder | None":
        """Return the campaign folder whose plan was registered last, if there is one."""
        plans = (self.root / assessment).glob("*/plan.json")
        newest = max(plans, key=lambda path: path.stat().st_mtime_ns, default=None)
        return CampaignFolder(newest.parent) if newest else None


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """The files of one campaign."""

    path: Path

    @property
    def plan(self) -> Path:
        """The registered plan, canonical JSON."""
        return self.path / "plan.json"

    @property
    def log(self) -> Path:
        """Folder of the evidence log."""
        return self.path / "log"

    @property
    def trials(self) -> Path:
        """Folder of trial segments, one a run."""
        return self.path / "trials"

    @property
    def transcripts(self) -> Path:
        """Folder of transcripts, one file a run."""
        return self.path / "transcripts"

    @property
    def statements(self) -> Path:
        """Folder of signed statements."""
        return self.path / "statements"

    @property
    def signoffs(self) -> Path:
        """Folder of signed sign-offs."""
        return self.path / "signoffs"

    @property
    def decision(self) -> Path:
        """The decision draft, canonical JSON."""
        return self.path / "decision.json"

    @property
    def bundle(self) -> Path:
        """Folder of the exported bundle."""
        return self.path / "bundle"
