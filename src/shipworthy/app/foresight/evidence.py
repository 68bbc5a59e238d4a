"""The evidence of a finished campaign, from the project that ran it or from a published bundle."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from shipworthy.app.decisions import count_findings
from shipworthy.app.preparation import Design
from shipworthy.app.registration import OpenCampaign
from shipworthy.evidence import (
    RUNNER,
    Ledger,
    Manifest,
    accounted_trials,
    tampered,
)
from shipworthy.kernel import Digest, ExitCode, Location, Problem, Record, digest_bytes, read_record
from shipworthy.records import (
    CalibrationCard,
    CampaignPlan,
    Findings,
    LogEntry,
    PlanRegistered,
    RunEnded,
    Trial,
)
from shipworthy.stages.evaluating import Aggregate, Stopping, aggregate

MANIFEST: Final = "bundle.json"
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A finished campaign: plan, counts of its trials, findings and cards of its judges."""

    plan: CampaignPlan
    counts: Aggregate
    findings: Findings
    cards: Mapping[str, CalibrationCard]


def evidence_of_project(campaign: OpenCampaign, design: Design) -> Evidence:
    """Count a campaign of a project; nothing is written.

    Raises:
        Problem: as `count_findings`.
    """
    counted = count_findings(campaign, design)
    return Evidence(
        plan=campaign.plan,
        counts=counted.counts,
        findings=counted.findings,
        cards={name: card for name, card in design.cards.items() if name in campaign.plan.judges},
    )


def evidence_of_bundle(folder: Path) -> Evidence:
    """Count the trials of a published bundle, each checked against its log and its plan.

    What is read has the digests of the manifest. Signatures of statements are not looked at: that
    is what the verifier is for.

    Raises:
        Problem: `bundle-unreadable` when the folder holds no bundle; `bundle-altered` and
            `segment-altered` (integrity) when something in it is not what the manifest or the log
            accounts for; `campaign-incomplete` (environment) when cells have no trial.
    """
    bundle = _Bundle(folder, _manifest(folder))
    plan = bundle.record("plan.json", CampaignPlan)
    entries = bundle.entries()
    if [one.plan for one in entries if isinstance(one, PlanRegistered)] != [plan.digest]:
        raise tampered("bundle-altered", "the log registers another plan", str(folder))
    trials = bundle.trials(entries, plan)
    stopping = Stopping.after(plan, trials)
    counts = aggregate(trials, stopping.counts)
    ended = any(isinstance(one, RunEnded) and one.how == "completed" for one in entries)
    if not ended or counts.counted < stopping.due_cells():
        raise Problem.of(
            "campaign-incomplete",
            "the campaign of the bundle has cells without a trial, so its rates are not known",
            location=Location(str(folder)),
            help="ask for a bundle of the finished campaign",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return Evidence(
        plan=plan,
        counts=counts,
        findings=bundle.record("findings.json", Findings),
        cards={name: bundle.card(name, digest) for name, digest in plan.judges.items() if digest},
    )


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        within = folder / "bundle" / MANIFEST
        raise Problem.of(
            "bundle-unreadable",
            f"no `{MANIFEST}`, so this is no bundle",
            location=Location(str(folder)),
            help=f"give `{within.parent}`"
            if within.is_file()
            else "give the folder of a bundle, or the assessment file of a campaign",
        )
    return read_record(path.read_bytes(), Manifest, str(path))


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Files of a bundle, each read only with the digest that the manifest lists."""

    folder: Path
    manifest: Manifest

    def read(self, name: str) -> bytes:
        """Return the bytes of a listed file."""
        path = self.folder / name
        if not path.is_file():
            raise tampered("bundle-altered", "the file is not there", str(path))
        data = path.read_bytes()
        if digest_bytes(data) != self._listed(name):
            raise tampered("bundle-altered", "the manifest lists another digest", str(path))
        return data

    def record(self, name: str, kind: type[R]) -> R:
        """Return the record in a listed file."""
        return read_record(self.read(name), kind, str(self.folder / name))

    def entries(self) -> tuple[LogEntry, ...]:
        """Return the entries of the log, under the runner's checkpoint."""
        for name in ("log/entries.jsonl", "log/checkpoint"):
            self.read(name)
        return Ledger.open(self.folder / "log", self._runner()).entries()

    def trials(self, entries: tuple[LogEntry, ...], plan: CampaignPlan) -> list[Trial]:
        """Return the trials of every run, in the order of runs."""
        paths = sorted((self.folder / "trials").glob("*.jsonl"))
        for path in paths:
            self.read(f"trials/{path.name}")
        return list(accounted_trials(paths, entries, plan))

    def card(self, judge: str, digest: Digest) -> CalibrationCard:
        """Return the card of a judge, which the plan names by its digest."""
        card = self.record(f"cards/{judge}.json", CalibrationCard)
        if card.digest != digest:
            message = f"not the card of judge `{judge}` that the plan registers"
            raise tampered("bundle-altered", message, str(self.folder / f"cards/{judge}.json"))
        return card

    def _listed(self, name: str) -> Digest:
        return self.manifest.files.get(name, "")

    def _runner(self) -> bytes:
        keys = [key for key in self.manifest.keys.values() if RUNNER in key.roles]
        try:
            (runner,) = keys
            return base64.b64decode(runner.public, validate=True)
        except (ValueError, binascii.Error):
            message = "the manifest lists no readable key of one runner"
            raise tampered("bundle-altered", message, str(self.folder / MANIFEST)) from None
