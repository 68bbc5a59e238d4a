"""Sealed probes: what was promised is what was sent, and what was signed of it is still there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.live.draws import drawn, key_digest, outcomes_root
from shipworthy_verify.reading import Json, digest, digest_of
from shipworthy_verify.signatures import Statement, open_statement

FOLDER: Final = "live/probes/"
CHAIN: Final = "canary-chain"
KEY: Final = "canary-key"
_SEALED: Final = ("outcomes.jsonl", "pool.json", "revealed.json")
_ENDS: Final = {"caught", "missed", "unknown"}
_TWINS: Final = {"answered", "refused", "unknown"}


@dataclass(slots=True)
class Watch:
    """A watch as the bundle holds it; `heads` are what was signed of it, in the log's order."""

    name: str
    lines: list[Json]
    digests: list[str]
    heads: list[tuple[str, Statement]] = field(default_factory=list)
    reveals: list[Statement] = field(default_factory=list)
    outcomes: list[Json] | None = None
    fixed: list[str] = field(default_factory=list)
    """The root of the outcomes, and the digest of each; empty while the key is sealed."""

    @property
    def promises(self) -> list[Json]:
        """The promises, in order."""
        return [line for line in self.lines if line["type"] == "probe-promised"]


def check_probes(bundle: Bundle, refuse: Refuse) -> str:
    """Hold every watch against the log, and once its key is revealed against what it draws."""
    watches = read_watches(bundle, refuse)
    for watch in watches:
        _check_chain(bundle, watch, refuse)
        if watch.reveals:
            _check_revealed(bundle, watch, refuse)
        _check_heads(watch, refuse)
    shown = sum(watch.outcomes is not None for watch in watches)
    return f"{len(watches)} watches with sealed probes, {shown} revealed" if watches else ""


def revealed_watches(bundle: Bundle) -> list[Watch]:
    """Return all watches, with the outcomes of those whose key is revealed, for who counts."""
    watches = read_watches(bundle, _pass_over)
    for watch in watches:
        path = f"{FOLDER}{watch.name}/outcomes.jsonl"
        if watch.reveals and path in bundle.files:
            watch.outcomes = [outcome for _, outcome in bundle.lines(path)]
    return watches


def _pass_over(_code: str, _message: str) -> None:
    """Say nothing: what is wrong with a watch is refused where it is checked."""


def read_watches(bundle: Bundle, refuse: Refuse) -> list[Watch]:
    """Return the watches in the order in which the log first names them."""
    paths = {
        digest(bundle.files[path]): path for path in bundle.under(FOLDER, ".dsse.json").values()
    }
    logged = [e for e in bundle.logged("statement") if e["kind"] in {CHAIN, KEY}]
    if {entry["envelope"] for entry in logged} - set(paths):
        refuse("SV-PROBE-HIDDEN", "logged statements about sealed probes are held back")
    for strange in sorted(set(paths) - {entry["envelope"] for entry in logged}):
        refuse("SV-LIVE-UNLOGGED", f"`{paths[strange]}` is not in the log")
    found: dict[str, Watch] = {}
    for entry in logged:
        if entry["envelope"] not in paths:
            continue
        path = paths[entry["envelope"]]
        name = path.removeprefix(FOLDER).partition("/")[0]
        watch = found.setdefault(name, _read(bundle, name))
        said = open_statement(bundle.files[path], bundle.keys, path)
        honest = said.key == bundle.runner and said.kind == entry["kind"]
        if not honest or said.predicate["plan"] != bundle.plan_digest:
            refuse("SV-PROBE-ANCHOR", f"`{path}` is not what the log says that it is")
        if said.kind == KEY:
            watch.reveals.append(said)
        else:
            watch.heads.append((entry["at"], said))
    for path in bundle.under(FOLDER, "").values():
        if path.removeprefix(FOLDER).partition("/")[0] not in found:
            refuse("SV-LIVE-UNLOGGED", f"`{path}` is of no watch that the log knows")
    return list(found.values())


def _read(bundle: Bundle, name: str) -> Watch:
    path = f"{FOLDER}{name}/chain.jsonl"
    bundle.data(path)
    lines = bundle.lines(path)
    return Watch(name, [line for _, line in lines], [digest(data) for data, _ in lines])


def _check_chain(bundle: Bundle, watch: Watch, refuse: Refuse) -> None:
    opened, number = watch.lines[0], 0
    if opened["type"] != "watch-opened" or opened["plan"] != bundle.plan_digest:
        refuse("SV-PROBE-CHAIN", f"watch `{watch.name}` does not begin with what was fixed before")
    for place, line in enumerate(watch.lines[1:], start=1):
        if line["previous"] != watch.digests[place - 1]:
            refuse("SV-PROBE-CHAIN", f"line {place + 1} of `{watch.name}` follows another line")
        if line["type"] == "probe-promised":
            number += 1
            if line["number"] != number:
                refuse("SV-PROBE-CHAIN", f"a promise of `{watch.name}` has another number")
        elif line["type"] != "watch-alarmed":
            refuse("SV-PROBE-CHAIN", f"`{watch.name}` holds a line of unknown form")


def _check_revealed(bundle: Bundle, watch: Watch, refuse: Refuse) -> None:
    """Hold key, pool, promises and outcomes against each other."""
    base, opened = f"{FOLDER}{watch.name}/", watch.lines[0]
    for name in _SEALED:
        if base + name not in bundle.files:
            refuse("SV-PROBE-HIDDEN", f"`{base}{name}` of a revealed watch is held back")
            return
    shown = bundle.json(base + "revealed.json")
    signed = [one.subjects for one in watch.reveals]
    if digest_of(shown) not in [one["revealed.json"] for one in signed] or any(
        one["chain.jsonl"] != watch.digests[-1] for one in signed
    ):
        refuse("SV-PROBE-KEY", f"the key of `{watch.name}` was revealed otherwise than logged")
    key, pool = bytes.fromhex(shown["key"]), bundle.json(base + "pool.json")["probes"]
    if key_digest(key) != opened["key"] or digest_of(pool) != opened["pool"]:
        refuse("SV-PROBE-KEY", f"key or pool of `{watch.name}` are not those fixed before")
        return
    watch.outcomes, watch.fixed = [], [outcomes_root(key)]
    for data, outcome in bundle.lines(base + "outcomes.jsonl"):
        if outcome["previous"] != watch.fixed[-1]:
            refuse("SV-PROBE-OUTCOME", f"an outcome of `{watch.name}` follows another one")
        watch.outcomes.append(outcome)
        watch.fixed.append(digest(data))
    numbers = [outcome["number"] for outcome in watch.outcomes]
    promised = [promise["number"] for promise in watch.promises]
    if numbers != promised:
        refuse("SV-PROBE-OUTCOME", f"outcomes of `{watch.name}` are not one for each promise")
    for promise, outcome in zip(watch.promises, watch.outcomes, strict=False):
        for code, what in _kept(
            promise, outcome, drawn(key, promise["number"], pool, opened["routes"])
        ):
            refuse(code, f"probe {promise['number']} of `{watch.name}` {what}")


def _kept(promise: Json, outcome: Json, draw: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
    scenario, route, promised = draw
    if promise["promise"] != promised:
        yield "SV-PROBE-PROMISE", "is not what the key draws"
    if (outcome["scenario"], outcome["route"]) != (scenario, route):
        yield "SV-PROBE-OUTCOME", "has the outcome of another"
    if outcome["end"] not in _ENDS or outcome["twin"] not in _TWINS:
        yield "SV-PROBE-OUTCOME", "has an outcome that none can have"
    if outcome["at_ms"] < promise["at_ms"]:
        yield "SV-PROBE-PROMISE", "was promised after its outcome"


def _check_heads(watch: Watch, refuse: Refuse) -> None:
    """What was signed is there for good, and nothing was promised after the fact."""
    if not watch.heads or watch.heads[0][1].subjects["chain.jsonl"] != watch.digests[0]:
        refuse("SV-PROBE-ANCHOR", f"`{watch.name}` was not logged before its first promise")
    before = 0
    for at, said in watch.heads:
        head, ended = said.subjects["chain.jsonl"], said.subjects["outcomes.jsonl"]
        place = watch.digests.index(head) if head in watch.digests else -1
        if place < before:
            refuse("SV-PROBE-ANCHOR", f"what was signed of `{watch.name}` at {at} is not there")
            continue
        _check_times(watch, (before, place), at, refuse)
        before = place
        if not watch.fixed:
            continue
        if ended not in watch.fixed:
            refuse("SV-PROBE-ANCHOR", f"outcomes of `{watch.name}` signed at {at} are not there")
            continue
        promised = {line.get("number") for line in watch.lines[1 : place + 1]}
        answered = (watch.outcomes or [])[: watch.fixed.index(ended)]
        if any(outcome["number"] not in promised for outcome in answered):
            refuse("SV-PROBE-PROMISE", f"`{watch.name}` had outcomes before it promised, at {at}")


def _check_times(watch: Watch, places: tuple[int, int], at: str, refuse: Refuse) -> None:
    before, place = places
    signed = int(datetime.fromisoformat(at).timestamp())
    held = [line["at_ms"] // 1000 for line in watch.lines[before + 1 : place + 1]]
    later = [line["at_ms"] // 1000 for line in watch.lines[place + 1 :]]
    if any(second > signed for second in held) or any(second < signed for second in later):
        refuse("SV-PROBE-PROMISE", f"promises of `{watch.name}` are not of the time of {at}")
