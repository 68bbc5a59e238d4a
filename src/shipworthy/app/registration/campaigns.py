"""Campaigns on disk: a registered plan, its evidence log, its statements."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration.registry import Registry
from shipworthy.evidence import (
    LabelFolder,
    Ledger,
    Signer,
    Statement,
    accounted_labels,
    accounted_trials,
    generate_key,
    load_signer,
    one_at_a_time,
    open_envelope,
    other_version,
    plan_statement,
    queue_in,
    tampered,
    write_atomically,
)
from shipworthy.kernel import (
    Clock,
    Digest,
    ExitCode,
    Location,
    Problem,
    canonical_bytes,
    digest_bytes,
    read_record,
    timestamp,
)
from shipworthy.records import (
    CampaignPlan,
    Label,
    LabelsRegistered,
    PlanRegistered,
    QueueItem,
    QueueRegistered,
    RegisteredLabels,
    RunEnded,
    RunStarted,
    Trial,
)


def runner_signer(path: Path) -> Signer:
    """Return the runner's key, made on first use; it signs evidence, never decisions."""
    return load_signer(path) if path.exists() else generate_key(path)


@contextmanager
def locked(folder: CampaignFolder) -> Iterator[None]:
    """Keep a second process out of a campaign: two runs at once would try cells twice.

    Raises:
        Problem: `campaign-busy` (environment) when another process holds it.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(one_at_a_time(folder.path, wait=False))
        except BlockingIOError:
            raise Problem.of(
                "campaign-busy",
                "another process is running this campaign",
                location=Location(str(folder.path)),
                help="wait for it to end",
                exit_code=ExitCode.ENVIRONMENT,
            ) from None
        yield


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A registered campaign: its files, its log, and who signs for it."""

    folder: CampaignFolder
    plan: CampaignPlan
    plan_digest: Digest
    ledger: Ledger
    registry: Registry
    signer: Signer
    clock: Clock

    def segments(self) -> list[Path]:
        """Return the trial segments in the order of their runs."""
        return sorted(self.folder.trials.glob("run-*.jsonl"))

    def trials(self) -> Iterator[Trial]:
        """Yield all trials on disk, in the order of runs.

        Raises:
            Problem: integrity, when a segment is not what the log and the plan account for.
        """
        return accounted_trials(self.segments(), self.ledger.entries(), self.plan)

    @property
    def label_folder(self) -> LabelFolder:
        """What people were asked to read, and their answers."""
        return LabelFolder(self.folder.path / "labels")

    def labels(self, queue: Digest, items: Sequence[QueueItem]) -> dict[str, tuple[Label, ...]]:
        """Return the labels of a registered reading, by reader; see `accounted_labels`."""
        return accounted_labels(self.label_folder, self.ledger.entries(), queue, items)

    def register_queue(self, queue: Digest) -> None:
        """Log the queue that people are to read, before anybody answers; call it locked.

        Raises:
            Problem: `label-queue-altered` (integrity) when another one is registered.
        """
        registered = queue_in(self.ledger.entries())
        if registered not in {None, queue}:
            raise tampered(
                "label-queue-altered",
                "the log registers another queue than the trials give",
                str(self.label_folder.queue),
            )
        if registered is None:
            self.ledger.append(QueueRegistered(plan=self.plan_digest, queue=queue, at=self.now()))
            self.ledger.checkpoint(self.signer)

    def register_labels(self, labels: Mapping[str, Sequence[Label]]) -> None:
        """Log the labels on which a draft rests, unless the same are logged; call it locked."""
        given = {
            reader: RegisteredLabels(labels=len(own), last=own[-1].digest)
            for reader, own in sorted(labels.items())
            if own
        }
        known = [one for one in self.ledger.entries() if isinstance(one, LabelsRegistered)]
        if given and (not known or known[-1].readers != given):
            self.ledger.append(
                LabelsRegistered(plan=self.plan_digest, readers=given, at=self.now())
            )

    @property
    def complete(self) -> bool:
        """Whether some run ended after the last cell."""
        return any(
            isinstance(entry, RunEnded) and entry.how == "completed"
            for entry in self.ledger.entries()
        )

    def statement_path(self, kind: str) -> Path:
        """Return where the latest statement of a kind is kept."""
        return self.folder.statements / f"{kind}.dsse.json"

    def attest(self, statement: Statement) -> bytes:
        """Sign a statement, log it and keep its envelope as the latest of its kind."""
        signed = self.ledger.attest(statement, self.signer, self.now())
        write_atomically(self.statement_path(statement.kind), signed)
        return signed

    def attest_once(self, statement: Statement) -> bytes:
        """Attest, unless the latest statement of the kind is about the same digests."""
        path = self.statement_path(statement.kind)
        if path.exists():
            signed = path.read_bytes()
            latest = open_envelope(signed, {self.signer.key_id: self.signer.public})
            if latest.subject == statement.subject:
                return signed
        return self.attest(statement)

    def now(self) -> str:
        """Return the time for an entry."""
        return timestamp(self.clock.now())


def register(
    folder: CampaignFolder,
    plan: CampaignPlan,
    registry: Registry,
    signer: Signer,
    clock: Clock,
) -> OpenCampaign:
    """Register a plan before its first request, or open it when it is registered already.

    Raises:
        Problem: `plan-changed` (integrity) when the registered plan is not this one,
            `log-altered` (integrity) when the log has runs and no checkpoint, `registry-altered`
            (integrity) when the project's registry does not have the plan's submission.
    """
    registry.check(plan)
    ledger = Ledger.open(folder.log, signer.public)
    if not ledger.signed and any(isinstance(entry, RunStarted) for entry in ledger.entries()):
        raise tampered("log-altered", "the checkpoint of the log is gone", str(folder.log))
    digest = plan.digest
    registered = [e.plan for e in ledger.entries() if isinstance(e, PlanRegistered)]
    if not registered:
        write_atomically(folder.plan, canonical_bytes(plan))
        ledger.append(PlanRegistered(plan=digest, at=timestamp(clock.now())))
    elif registered != [digest]:
        raise _plan_changed(folder)
    campaign = OpenCampaign(folder, plan, digest, ledger, registry, signer, clock)
    if not campaign.statement_path("plan").exists():
        campaign.attest(plan_statement(plan, campaign.now()))
        ledger.checkpoint(signer)
    return campaign


def reopen(
    folder: CampaignFolder, registry: Registry, signer: Signer, clock: Clock
) -> OpenCampaign:
    """Open a registered campaign from its folder alone.

    Raises:
        Problem: `campaign-missing`, or `plan-changed` (integrity) when the plan on disk is not
            the one in the log; and as `register`.
    """
    if not folder.plan.exists():
        raise Problem.of(
            "campaign-missing",
            "no campaign is registered here",
            location=Location(str(folder.path)),
            help="run `shipworthy evaluate FILE` first",
        )
    plan = read_plan(folder, registry)
    return register(folder, plan, registry, signer, clock)


def read_plan(folder: CampaignFolder, registry: Registry) -> CampaignPlan:
    """Read the plan of a campaign.

    A plan that is byte for byte the registered one, and that this version cannot read or would
    write otherwise, is another version's: nobody altered it, and it cannot be gone on with.

    Raises:
        Problem: `record-version`, or `record-invalid` for a file that was never registered.
    """
    data, source = folder.plan.read_bytes(), str(folder.plan)
    registered = registry.entry(digest_bytes(data)) is not None
    try:
        plan = read_record(data, CampaignPlan, source)
    except Problem as problem:
        if registered:
            raise other_version(problem.diagnostics[0].message, source) from None
        raise
    if registered and plan.digest != digest_bytes(data):
        raise other_version("this version would write the plan in other words", source)
    return plan


def _plan_changed(folder: CampaignFolder) -> Problem:
    return Problem.of(
        "plan-changed",
        "the plan on disk is not the one that was registered in the log",
        location=Location(str(folder.plan)),
        help="restore the plan; a different plan is a new campaign",
        exit_code=ExitCode.INTEGRITY,
    )
