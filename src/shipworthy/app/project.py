"""Where an assessment keeps its files.

<project>/keys/runner.pem                 the key that signs evidence, never decisions
<project>/registry/                       the log of all campaigns, one entry each
<project>/<assessment>/<plan>/plan.json   the registered plan
                              log/        the evidence log
                              trials/     one segment a run
                              canaries/   what judges said of labelled items, one file a run
                              controls/   the test of controls: its file, and its record
                              transcripts/  what was said; stays here
                              live/       what was said of the deployment, signed
                              bundle/     what others verify
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.kernel import Digest, short

_LONGEST_ENTRY: Final = 4096


class _First(msgspec.Struct):
    """What is read of the first entry of a log."""

    at: str
    plan: str = ""


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

    @property
    def registry(self) -> Path:
        """Folder of the registry of submissions."""
        return self.root / "registry"

    def all_campaigns(self) -> Iterator["CampaignFolder"]:
        """Yield the campaigns of every assessment that have a log, in the order of their paths."""
        for path in sorted(self.root.glob("*/*/log/entries.jsonl")):
            yield CampaignFolder(path.parent.parent)

    def campaign(self, assessment: str, plan: Digest) -> "CampaignFolder":
        """Return the folder of one plan of one assessment."""
        return CampaignFolder(self.root / assessment / short(plan))

    def campaigns(self, assessment: str) -> list["CampaignFolder"]:
        """Return the campaign folders of an assessment, the one registered last first.

        The log says when that was; the time of a file changes with every copy.
        """
        plans = (self.root / assessment).glob("*/plan.json")
        found = [CampaignFolder(path.parent) for path in plans]
        return sorted(found, key=lambda one: one.registered, reverse=True)


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """The files of one campaign."""

    path: Path

    @property
    def project(self) -> Project:
        """The project that holds the campaign."""
        return Project(self.path.parent.parent)

    @property
    def registered(self) -> tuple[str, int]:
        """When the plan was registered by the log's first entry, then by the file's own time."""
        try:
            return self._first().at, self.plan.stat().st_mtime_ns
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return "", 0

    @property
    def registered_plan(self) -> Digest:
        """Digest of the plan that the log's first entry registers, or an empty string."""
        try:
            return self._first().plan
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return ""

    def _first(self) -> _First:
        with (self.log / "entries.jsonl").open("rb") as stream:
            return msgspec.json.decode(stream.readline(_LONGEST_ENTRY), type=_First)

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
    def canaries(self) -> Path:
        """Folder of what judges said of canaries, one file a run."""
        return self.path / "canaries"

    @property
    def controls(self) -> Path:
        """Record of the test of controls, canonical JSON."""
        return self.path / "controls" / "controls.json"

    @property
    def control_file(self) -> Path:
        """The file that says which controls are tested, as the user wrote it."""
        return self.path / "controls" / "controls.toml"

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
    def live(self) -> Path:
        """Folder of signed statements about the deployment."""
        return self.path / "live"

    @property
    def decision(self) -> Path:
        """The decision draft, canonical JSON."""
        return self.path / "decision.json"

    @property
    def bundle(self) -> Path:
        """Folder of the exported bundle."""
        return self.path / "bundle"
