"""Step 13: the queue is the one that plan and trials give, and labels are all that were given."""

import re
from collections.abc import Iterator
from typing import Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.reading import Json, canonical, digest, digest_of
from shipworthy_verify.recount.labels.drawing import queue_records
from shipworthy_verify.recount.labels.plans import read_declared

QUEUE: Final = "labels/queue.jsonl"
READERS: Final = "labels/readers/"
_READER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FIELDS: Final = {"item", "item_digest", "reader", "answer", "at", "previous"}
_ANSWERS: Final = {"yes", "no", "unsure"}


def labels_of(bundle: Bundle) -> list[Json]:
    """Return all labels of a bundle, reader by reader."""
    return [label for own in _readers(bundle).values() for label in own]


def _readers(bundle: Bundle) -> dict[str, list[Json]]:
    paths = bundle.under(READERS, ".jsonl")
    return {reader: [label for _, label in bundle.lines(path)] for reader, path in paths.items()}


def check_labels(bundle: Bundle, refuse: Refuse, trials: list[Json]) -> str:
    """13. Queue drawn again; registered before labels; labels chained, of items, none held back."""
    plan = bundle.json("plan.json")
    declared = read_declared(plan)
    queues, given = bundle.logged("queue-registered"), bundle.logged("labels-registered")
    readers = _readers(bundle)
    if declared is None:
        if queues or given or readers or QUEUE in bundle.files:
            refuse("SV-LABEL-UNPLANNED", "there are labels, and the plan declares no reading")
        return "the plan declares no reading"
    wanted = queue_records(declared, plan, bundle.plan_digest, trials)
    _check_queue(bundle, wanted, queues, refuse)
    _check_order(bundle, refuse)
    items = {item["id"]: item for item in wanted[1:]}
    for reader, labels in readers.items():
        for code, message in _faults(reader, labels, items):
            refuse(code, message)
    _check_registered(readers, given, refuse)
    at = queues[0]["at"] if queues else ""
    end = given[-1]["at"] if given else ""
    if any(not at <= label["at"] <= end for own in readers.values() for label in own):
        refuse("SV-LABEL-LATE", "a label is older than the queue, or younger than its entry")
    count = sum(map(len, readers.values()))
    return f"{len(items)} items, {count} labels of {len(readers)} readers"


def _check_queue(bundle: Bundle, wanted: list[Json], queues: list[Json], refuse: Refuse) -> None:
    ours = b"".join(canonical(record) + b"\n" for record in wanted)
    if len(queues) > 1:
        refuse("SV-LABEL-QUEUE", f"the log registers {len(queues)} queues, not one")
    if bool(queues) != (QUEUE in bundle.files):
        refuse("SV-LABEL-QUEUE", f"`{QUEUE}` and an entry of the log come together or not at all")
    for entry in queues:
        if entry["queue"] != digest(ours) or entry["plan"] != bundle.plan_digest:
            refuse("SV-LABEL-QUEUE", "the log registers another queue than plan and trials give")
    if bundle.files.get(QUEUE, ours) != ours:
        refuse("SV-LABEL-QUEUE", f"`{QUEUE}` is not the queue that plan and trials give")


def _check_order(bundle: Bundle, refuse: Refuse) -> None:
    """Trials end before the queue is registered, and the queue before labels are."""
    rank = {"run-started": 0, "run-ended": 0, "queue-registered": 1, "labels-registered": 2}
    ranks = [rank[entry["type"]] for entry in bundle.entries if entry["type"] in rank]
    if ranks != sorted(ranks) or (2 in ranks and 1 not in ranks):
        refuse("SV-LABEL-LATE", "runs, the queue and labels are not in this order in the log")


def _faults(reader: str, labels: list[Json], items: dict[str, Json]) -> Iterator[tuple[str, str]]:
    if not _READER.fullmatch(reader):
        yield "SV-LABEL-ALTERED", f"`{reader}` names no reader"
    previous, seen = "", set()
    for number, label in enumerate(labels, start=1):
        where = f"label {number} of `{reader}`"
        if set(label) != _FIELDS or label["answer"] not in _ANSWERS or label["reader"] != reader:
            yield "SV-LABEL-ALTERED", f"{where} is no label of this reader"
        if label["previous"] != previous:
            yield "SV-LABEL-ALTERED", f"{where} does not follow the one before it"
        previous = digest_of(label)
        item = items.get(label["item"])
        if item is None or digest_of(item) != label["item_digest"] or label["item"] in seen:
            yield "SV-LABEL-ITEM", f"{where} is about no item of the queue, or again about one"
        seen.add(label["item"])


def _check_registered(readers: dict[str, list[Json]], given: list[Json], refuse: Refuse) -> None:
    """The log knows these labels, and every label that it ever knew is here."""
    for entry in given:
        for reader, known in entry["readers"].items():
            labels, count = readers.get(reader, []), known["labels"]
            if not 0 < count <= len(labels) or digest_of(labels[count - 1]) != known["last"]:
                refuse("SV-LABEL-HIDDEN", f"labels of `{reader}` that the log knows are not here")
    last = given[-1]["readers"] if given else {}
    ours = {reader: len(labels) for reader, labels in readers.items()}
    if ours != {reader: known["labels"] for reader, known in last.items()}:
        refuse("SV-LABEL-UNLOGGED", "the labels are not those that the log registers last")
