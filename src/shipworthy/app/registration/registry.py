"""The registry of a project: one entry for every campaign, appended before its first request.

It is a log of its own beside the campaigns, signed by the runner. Which submission of its question
a campaign is follows from it, so an entry that is gone would make error look unspent. What can be
noticed here is noticed: entries that are not those signed, and campaigns that it does not know.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.project import CampaignFolder, Project
from shipworthy.evidence import (
    CHECKPOINT,
    ENTRIES,
    Ledger,
    Signer,
    one_at_a_time,
    segment_lines,
    tampered,
)
from shipworthy.kernel import Digest, Problem, digest_bytes
from shipworthy.records import CampaignPlan, CampaignRegistered, LogEntry

ORIGIN: Final = "shipworthy.dev/registry"
"""Origin line of the registry's checkpoints: none of a campaign's log can stand in for one."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The campaigns of a project, in the order in which they were registered."""

    folder: Path
    entries: tuple[CampaignRegistered, ...] = ()

    def of(self, question: Digest) -> tuple[CampaignRegistered, ...]:
        """Return the submissions of a question."""
        return tuple(entry for entry in self.entries if entry.question == question)

    def entry(self, plan: Digest) -> CampaignRegistered | None:
        """Return the entry of a plan."""
        return next((entry for entry in self.entries if entry.plan == plan), None)

    def before(self, plan: Digest) -> tuple[CampaignRegistered, ...]:
        """Return the earlier submissions of the question of a registered plan."""
        own = self.entry(plan)
        return () if own is None else self.of(own.question)[: own.number - 1]

    def after(self, plan: Digest) -> tuple[CampaignRegistered, ...]:
        """Return the later submissions of the question of a registered plan."""
        own = self.entry(plan)
        return () if own is None else self.of(own.question)[own.number :]

    def elsewhere(self, plan: Digest) -> tuple[CampaignRegistered, ...]:
        """Return the entries of other questions before that of a registered plan."""
        plans = [entry.plan for entry in self.entries]
        earlier = self.entries[: plans.index(plan)] if plan in plans else self.entries
        own = self.entry(plan)
        return tuple(entry for entry in earlier if own is None or entry.question != own.question)

    def check(self, plan: CampaignPlan) -> None:
        """Refuse a plan that the registry does not have as the submission that it says it is.

        Raises:
            Problem: `registry-altered` (integrity).
        """
        own, submission = self.entry(plan.digest), plan.submission
        said = (submission.question.digest, submission.number, submission.spending)
        if own is None or (own.question, own.number, own.spending) != said:
            raise tampered(
                "registry-altered",
                f"the registry does not have plan `{plan.digest}` as submission "
                f"{submission.number} of its question",
                str(self.folder),
            )


def held(project: Project) -> AbstractContextManager[None]:
    """Keep other processes out of the registry while a number is found and taken; they wait."""
    return one_at_a_time(project.registry)


def read_registry(project: Project, public: bytes | None) -> Registry:
    """Read the registry and hold it against its checkpoint and the campaigns on disk.

    `public` is the runner's raw key; without it the checkpoint's signature is not checked.

    Raises:
        Problem: `registry-altered`, `log-altered` or `checkpoint-invalid` (integrity).
    """
    folder = project.registry
    registry = Registry(folder, tuple(_entries(folder, public)))
    plans = {entry.plan for entry in registry.entries}
    for campaign in project.all_campaigns():
        if not _plans_of(campaign) <= plans:
            raise tampered(
                "registry-altered",
                f"the registry does not know the campaign in `{campaign.path}`",
                str(folder),
            )
    return registry


def _plans_of(campaign: CampaignFolder) -> set[Digest]:
    """Return the plans that a campaign has on disk: an entry that is spoilt hides none."""
    found = {campaign.registered_plan} - {""}
    if campaign.plan.is_file():
        found.add(digest_bytes(campaign.plan.read_bytes()))
    return found


def enter(
    project: Project, registry: Registry, entry: CampaignRegistered, signer: Signer
) -> Registry:
    """Append an entry, unless its plan has one, and sign; call it while the registry is `held`.

    Raises:
        Problem: `log-altered` or `checkpoint-invalid` (integrity).
    """
    ledger = Ledger.open(project.registry, signer.public, ORIGIN)
    if not ledger.signed:
        # from the first entry on, a checkpoint that is missing is one that was taken away
        ledger.checkpoint(signer)
    if registry.entry(entry.plan) is not None:
        ledger.checkpoint(signer)
        return registry
    ledger.append(entry)
    ledger.checkpoint(signer)
    return Registry(registry.folder, (*registry.entries, entry))


def signed_files(project: Project, signer: Signer) -> tuple[Registry, Mapping[str, bytes]]:
    """Return the registry as it is now, and its files under a checkpoint over all entries.

    Raises:
        Problem: as `read_registry`.
    """
    with held(project):
        registry = read_registry(project, signer.public)
        note = Ledger.open(project.registry, signer.public, ORIGIN).checkpoint(signer)
        lines = segment_lines(project.registry / ENTRIES)
        return registry, {ENTRIES: b"".join(one + b"\n" for one in lines), CHECKPOINT: note}


def _entries(folder: Path, public: bytes | None) -> Iterator[CampaignRegistered]:
    if not (folder / ENTRIES).exists() and not (folder / CHECKPOINT).exists():
        return
    ledger = Ledger.open(folder, public, ORIGIN)
    if ledger.size and not ledger.signed:
        raise _altered(folder, "its checkpoint is gone")
    yield from _numbered(folder, ledger.entries())


def _numbered(folder: Path, entries: Iterable[LogEntry]) -> Iterator[CampaignRegistered]:
    """Yield the entries, each with the number that the earlier ones give it."""
    asked: Counter[Digest] = Counter()
    plans: set[Digest] = set()
    for entry in entries:
        if not isinstance(entry, CampaignRegistered):
            raise _altered(folder, "it holds an entry that registers no campaign")
        asked[entry.question] += 1
        if entry.number != asked[entry.question] or entry.plan in plans:
            raise _altered(folder, f"the entry of plan `{entry.plan}` is out of place")
        plans.add(entry.plan)
        yield entry


def _altered(folder: Path, what: str) -> Problem:
    return tampered("registry-altered", f"the registry was altered: {what}", str(folder))
