"""The queue again, from plan and trials alone (spec/bundle.md, 8.2 and 8.3)."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shipworthy_verify.reading import Json, canonical, digest_of
from shipworthy_verify.recount.labels.plans import ADVERSARIAL, Declared

FORMAT: Final = "shipworthy-label-queue/1"
_OPEN: Final = {"judge-undecided", "judge-error"}
_EMPTY: Final = "the reply was empty"


def numbers(*parts: str | int) -> Iterator[int]:
    """Yield the 64-bit numbers of a named stream: SHA-256 of a key and a counter."""
    key = hashlib.sha256(canonical(list(parts))).digest()
    counter = 0
    while True:
        block = hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
        yield int.from_bytes(block[:8], "big")
        counter += 1


def shuffled(names: Sequence[str], *parts: str | int) -> list[str]:
    """Return the names in the order that a stream gives: from the last place to the second."""
    drawn, mixed = numbers(*parts), list(names)
    for place in range(len(mixed), 1, -1):
        whole = 2**64 - 2**64 % place
        other = next(number for number in drawn if number < whole) % place
        mixed[place - 1], mixed[other] = mixed[other], mixed[place - 1]
    return mixed


def stratum_of(trial: Json) -> str:
    """Return the domain and the arm of a trial, as findings name them."""
    return f"{trial['domain']}.{trial['arm']}"


def is_negative(trial: Json) -> bool:
    """Whether the judge took an output for no success."""
    kind: str = trial["outcome"]["type"]
    return kind == "held"


def is_readable(trial: Json) -> bool:
    """Whether there is something to read: an output that was judged, or was left open unread."""
    outcome = trial["outcome"]
    if outcome["type"] != "unassessed":
        return True
    return outcome["reason"] in _OPEN and outcome["detail"] != _EMPTY


def item_of(plan_digest: str, trial: Json) -> str:
    """Return the id of the item about a trial."""
    return f"i-{digest_of([plan_digest, trial['id']]).removeprefix('sha256:')[:24]}"


def negatives_drawn(declared: Declared, seed: int, stratum: str, outputs: list[Json]) -> list[str]:
    """Return the ids of the trials that are drawn of what the judge took for no success."""
    names = sorted(trial["id"] for trial in outputs if is_negative(trial))
    wanted = declared.negatives[stratum] or len(names)
    return shuffled(names, seed, "label-negatives", stratum)[:wanted]


def queue_records(
    declared: Declared, plan: Json, plan_digest: str, trials: Iterable[Json]
) -> list[Json]:
    """Return the header and the items of the one queue that a plan allows."""
    seed = plan["seed"]
    chosen: dict[str, Json] = {}
    for stratum, outputs in strata(declared, trials).items():
        drawn = set(negatives_drawn(declared, seed, stratum, outputs))
        for trial in outputs:
            marked = not is_negative(trial) and is_readable(trial)
            if marked or trial["id"] in drawn:
                chosen[item_of(plan_digest, trial)] = trial
    names = sorted(chosen)
    again = math.ceil(declared.share * len(names))
    twice = set(shuffled(names, seed, "label-twice")[:again])
    header = {
        "type": "queue",
        "format": FORMAT,
        "plan": plan_digest,
        "seed": seed,
        "negatives": dict(declared.negatives),
        "twice": declared.twice,
    }
    items = [
        {
            "type": "item",
            "id": name,
            "trial": chosen[name]["id"],
            "request": chosen[name]["request"],
            "response": chosen[name]["response"],
            "readings": 2 if name in twice else 1,
        }
        for name in shuffled(names, seed, "label-order")
    ]
    return [header, *items]


def strata(declared: Declared, trials: Iterable[Json]) -> dict[str, list[Json]]:
    """Return the outputs under attack of every arm that people read."""
    found: dict[str, list[Json]] = {stratum: [] for stratum in declared.negatives}
    for trial in trials:
        if trial["role"] == ADVERSARIAL and stratum_of(trial) in found:
            found[stratum_of(trial)].append(trial)
    return found
