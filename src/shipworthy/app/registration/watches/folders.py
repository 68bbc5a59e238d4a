"""Where a watch keeps its chain, its outcomes and its key.

live/canaries/<key digest>/key             the sealed key; readable by its owner alone
                           pool.json       the probes that are drawn from; sealed as well
                           chain.jsonl     what was promised, each line after the digest of the last
                           outcomes.jsonl  what came of it, chained as well; no gateway reads it
                           anchors/        heads of both that were signed and logged
                           revealed.json   the key, once it is revealed
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shipworthy.app.project import CampaignFolder
from shipworthy.evidence import tampered
from shipworthy.evidence.files import complete_lines
from shipworthy.kernel import Digest, Problem, Record, read_record
from shipworthy.records.live.probes import ChainLine, Probe, ProbeOutcome
from shipworthy.stages.confirming import Chain, line_digest, outcomes_root


class SealedPool(Record, frozen=True, kw_only=True):
    """`pool.json`."""

    probes: tuple[Probe, ...]


class RevealedKey(Record, frozen=True, kw_only=True):
    """`revealed.json`: the key in hexadecimal, when, and the last line of the chain then."""

    key: str
    head: Digest
    at: str


@dataclass(frozen=True, slots=True)
class WatchFolder:
    """The files of one watch."""

    path: Path

    @property
    def key(self) -> Path:
        """The sealed key."""
        return self.path / "key"

    @property
    def pool(self) -> Path:
        """The probes that are drawn from."""
        return self.path / "pool.json"

    @property
    def chain(self) -> Path:
        """What was promised."""
        return self.path / "chain.jsonl"

    @property
    def outcomes(self) -> Path:
        """What came of it."""
        return self.path / "outcomes.jsonl"

    @property
    def anchors(self) -> Path:
        """The folder of signed heads."""
        return self.path / "anchors"

    @property
    def revealed(self) -> Path:
        """The key, once it is revealed."""
        return self.path / "revealed.json"

    def read_key(self) -> bytes:
        """Read the sealed key."""
        return self.key.read_bytes()

    def read_revealed(self) -> RevealedKey | None:
        """Read the key that was revealed; None while it is sealed.

        Raises:
            Problem: `canary-altered` (integrity) when it is no key.
        """
        if not self.revealed.exists():
            return None
        try:
            shown = read_record(self.revealed.read_bytes(), RevealedKey, str(self.revealed))
            bytes.fromhex(shown.key)
        except (Problem, ValueError):
            message = "the revealed key cannot be read"
            raise tampered("canary-altered", message, str(self.revealed)) from None
        return shown

    def known_key(self) -> bytes | None:
        """Return the key where it is known here: revealed, or still sealed beside the chain."""
        shown = self.read_revealed()
        if shown is not None:
            return bytes.fromhex(shown.key)
        return self.read_key() if self.key.exists() else None

    def outcomes_head(self) -> Digest:
        """Return what the next outcome will name of the one before it."""
        known = watch_lines(self.outcomes)
        return line_digest(known[-1]) if known else outcomes_root(self.read_key())

    def read_pool(self) -> tuple[Probe, ...]:
        """Read the probes that are drawn from."""
        return read_record(self.pool.read_bytes(), SealedPool, str(self.pool)).probes

    def read_chain(self) -> Chain:
        """Read the chain.

        Raises:
            Problem: `canary-altered` (integrity) at a line that is none.
        """
        lines: list[ChainLine] = []
        digests = []
        for number, line in enumerate(watch_lines(self.chain), start=1):
            try:
                lines.append(msgspec.json.decode(line, type=ChainLine))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                message = "a line of the chain cannot be read"
                raise tampered("canary-altered", message, str(self.chain), number) from None
            digests.append(line_digest(line))
        return Chain(lines, digests)

    def read_outcomes(self) -> list[ProbeOutcome]:
        """Read the outcomes, in the order in which they came.

        Raises:
            Problem: `canary-altered` (integrity) at a line that is none.
        """
        return list(self._outcomes())

    def _outcomes(self) -> Iterator[ProbeOutcome]:
        for number, line in enumerate(watch_lines(self.outcomes), start=1):
            try:
                yield read_record(line, ProbeOutcome, str(self.outcomes))
            except Problem as problem:
                message = f"an outcome cannot be read: {problem.diagnostics[0].message}"
                raise tampered("canary-altered", message, str(self.outcomes), number) from None


def canary_folder(campaign: CampaignFolder) -> Path:
    """Return the folder of all watches of a campaign."""
    return campaign.live / "canaries"


def watches_of(campaign: CampaignFolder) -> tuple[WatchFolder, ...]:
    """Return the watches of a campaign that were begun, in the order of their paths."""
    chains = sorted(canary_folder(campaign).glob("*/chain.jsonl"))
    return tuple(WatchFolder(path.parent) for path in chains)


def watch_lines(path: Path) -> list[bytes]:
    """Return the whole lines of a file, none where it is not there."""
    return complete_lines(path.read_bytes()) if path.exists() else []
