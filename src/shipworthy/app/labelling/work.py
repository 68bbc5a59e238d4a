"""A queue that is being read: which items are left, and the answers of people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from shipworthy.app.labelling.drawing import attacked_trials, readable_share
from shipworthy.app.labelling.transcripts import read_transcripts
from shipworthy.app.preparation import Design
from shipworthy.app.registration import OpenCampaign
from shipworthy.evidence import (
    LabelFolder,
    append_labels,
    labels_about,
    queue_bytes,
    queue_in,
    read_queue,
    tampered,
)
from shipworthy.kernel import Digest, ExitCode, Location, Problem, did_you_mean, digest_bytes
from shipworthy.records import Label, LabelAnswer, QueueHeader, QueueItem, Trial
from shipworthy.stages.evaluating.labelling import (
    JudgedOutput,
    PresentedItem,
    Reading,
    draw,
    gather,
    judged_outputs,
    next_items,
    present,
    registered_header,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says of an item, and where it was written, if anywhere."""

    item: str
    answer: LabelAnswer
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWork:
    """A queue that was found to be the one that its header draws from the campaign."""

    campaign: OpenCampaign
    design: Design
    folder: LabelFolder
    header: QueueHeader
    items: tuple[QueueItem, ...]
    strata: Mapping[str, tuple[JudgedOutput, ...]]

    @property
    def queue_digest(self) -> Digest:
        """Digest of the queue file."""
        return digest_bytes(queue_bytes(self.header, self.items))

    def item(self, name: str, location: Location | None = None) -> QueueItem:
        """Return the item with that id.

        Raises:
            Problem: `label-item` with the nearest id.
        """
        by_id = {item.id: item for item in self.items}
        if name not in by_id:
            raise Problem.of(
                "label-item",
                f"the queue has no item `{name}`",
                location=location,
                help=did_you_mean(name, by_id),
            )
        return by_id[name]

    def labels(self) -> tuple[Label, ...]:
        """Return all labels on disk, reader by reader.

        Raises:
            Problem: `label-altered` (integrity) for files that were changed, or labels of another
                queue.
        """
        if self.registered:
            known = self.campaign.labels(self.queue_digest, self.items)
            return tuple(label for own in known.values() for label in own)
        return tuple(label for reader in self.folder.readers for label in self._labels_of(reader))

    @property
    def registered(self) -> bool:
        """Whether the plan registers this reading, so that the gate reads the labels."""
        return self.campaign.plan.reading is not None

    def _labels_of(self, reader: str) -> tuple[Label, ...]:
        return labels_about(self.folder, reader, self.items)

    def reading(self) -> Reading:
        """Return everything that people have answered so far."""
        return gather(self.items, self.labels())

    def left_for(self, reader: str) -> tuple[QueueItem, ...]:
        """Return the items that still need this reader, in the order of the queue.

        Raises:
            Problem: `label-reader` for a name that cannot name a file.
        """
        self.folder.labels_of(reader)
        return tuple(next_items(self.items, self.reading().answers, reader))

    def present(self, items: Sequence[QueueItem]) -> Iterator[PresentedItem]:
        """Yield what a reader sees of the items.

        Raises:
            Problem: integrity when a transcript was changed or is gone.
        """
        trials = self._trials(items)
        texts = read_transcripts(self.campaign, trials.values())
        for item in items:
            scenario = self.design.scenarios[trials[item.id].scenario]
            yield present(item, scenario, texts[item.trial])

    def record(self, reader: str, answers: Sequence[Answer]) -> int:
        """Add a reader's answers, all or none, and return how many there are.

        Raises:
            Problem: `label-item`, `label-twice`, `label-reader`; integrity when what was said in an
                item was changed after the queue was drawn.
        """
        self.folder.labels_of(reader)
        items = [self.item(one.item, one.location) for one in answers]
        read_transcripts(self.campaign, self._trials(items).values())
        with self.folder.locked():
            before = self._labels_of(reader)
            given = {label.item for label in before}
            previous = before[-1].digest if before else ""
            fresh: list[Label] = []
            for answer, item in zip(answers, items, strict=True):
                if item.id in given:
                    _refuse_second(reader, answer)
                given.add(item.id)
                label = Label(
                    item=item.id,
                    item_digest=item.digest,
                    reader=reader,
                    answer=answer.answer,
                    at=self.campaign.now(),
                    previous=previous,
                )
                previous = label.digest
                fresh.append(label)
            append_labels(self.folder, reader, fresh)
        return len(fresh)

    def _trials(self, items: Iterable[QueueItem]) -> dict[str, Trial]:
        by_id = {one.trial.id: one.trial for group in self.strata.values() for one in group}
        return {item.id: by_id[item.trial] for item in items}


def _refuse_second(reader: str, answer: Answer) -> NoReturn:
    raise Problem.of(
        "label-twice",
        f"`{reader}` has labelled `{answer.item}` already",
        location=answer.location,
        help="a label is never changed; a doubt about it is settled by another reader",
    )


def open_work(campaign: OpenCampaign, design: Design) -> LabelWork:
    """Open the queue of a campaign after drawing it again from the trials.

    Raises:
        Problem: `label-queue-missing`; integrity: `label-queue-foreign` for the queue of another
            plan, `label-queue-altered` when its items are not those that its header draws or its
            header is not the one that the plan registers, `label-queue-unregistered` when the plan
            registers a reading and the log no queue.
    """
    folder = campaign.label_folder
    header, items = read_queue(folder)
    if header.plan != campaign.plan_digest:
        raise Problem.of(
            "label-queue-foreign",
            f"the queue belongs to plan `{header.plan}`, not to this campaign",
            location=Location(str(folder.queue), 1),
            help="take it away and draw one from this campaign",
            exit_code=ExitCode.INTEGRITY,
        )
    trials = attacked_trials(campaign)
    strata = judged_outputs(trials, header.seed)
    _check_registered(campaign, folder, header, items)
    if not _is_possible(header, strata) or draw(header, strata) != items:
        raise tampered(
            "label-queue-altered",
            "the queue is not the one that its first line draws from the trials",
            str(folder.queue),
        )
    return LabelWork(
        campaign=campaign, design=design, folder=folder, header=header, items=items, strata=strata
    )


def _check_registered(
    campaign: OpenCampaign,
    folder: LabelFolder,
    header: QueueHeader,
    items: tuple[QueueItem, ...],
) -> None:
    """Refuse a queue that is not the one which plan and log register, where they register one."""
    plan = campaign.plan
    if plan.reading is None:
        return
    registered = queue_in(campaign.ledger.entries())
    if registered is None:
        raise Problem.of(
            "label-queue-unregistered",
            "the log does not register this queue yet, and the gate reads no other",
            location=Location(str(folder.queue)),
            help="run `shipworthy label draw FILE`, before anybody reads",
            exit_code=ExitCode.INTEGRITY,
        )
    same = registered == digest_bytes(queue_bytes(header, items))
    if not same or header != registered_header(plan, plan.reading):
        raise tampered(
            "label-queue-altered",
            "the queue is not the one that plan and log register",
            str(folder.queue),
        )


def _is_possible(header: QueueHeader, strata: Mapping[str, object]) -> bool:
    counts = header.negatives.values()
    return (
        header.negatives.keys() <= strata.keys()
        and all(count >= 0 for count in counts)
        and readable_share(header.twice) is not None
    )
