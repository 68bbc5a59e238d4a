"""A watch with sealed probes in a bundle, as the product writes it, and open to any change."""

from datetime import UTC, datetime

import msgspec

from shipworthy.kernel import canonical_bytes, digest_bytes, digest_of
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.probes import Probe, ProbeOutcome, ProbePromised, WatchOpened
from shipworthy.stages.confirming import (
    draw_probe,
    key_digest,
    outcome_digests,
    outcomes_root,
    pool_digest,
)

LOG = "log/entries.jsonl"
BEGAN = int(datetime(2026, 11, 22, 8, 0, tzinfo=UTC).timestamp())
BASE = "live/probes/watch"
KEY = bytes(range(32))
ROUTES = (FieldRoute(dialect="chat"), FieldRoute(dialect="messages", stream=True))
POOL = tuple(
    Probe(scenario=f"s-{n}", domain="cyber", attack=f"a-{n}", twin=f"b-{n}", has_tools=False)
    for n in range(6)
)


def at(second):
    """Return a time, seconds after the beginning."""
    return datetime.fromtimestamp(BEGAN + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Probes:
    """A watch of `count` probes, a second each, whose heads are signed every four and at the end.

    Change `ends`, `key`, `outcomes` or what else is public, then `put` it into the forgery.
    """

    def __init__(self, forge, count=10, missed=(3,)):
        self.forge, self.count = forge, count
        self.plan = digest_bytes(forge.files["plan.json"])
        self.opened = WatchOpened(
            plan=self.plan,
            deployment="assistant",
            key=key_digest(KEY),
            pool=pool_digest(POOL),
            routes=ROUTES,
            per_hour=20,
            baseline="0.02",
            run_length=14_400,
            at=at(0),
        )
        self.key, self.pool = KEY, POOL
        self.promises = [self._promise(n) for n in range(1, count + 1)]
        self.outcomes = linked([self._outcome(n, missed) for n in range(1, count + 1)])
        self.heads = [(0, 0, 0), *((n, n, n + 1) for n in range(4, count, 4))]
        self.heads.append((count, count, count + 1))
        self.said = None
        self.shown = True

    def _promise(self, number):
        drawn = draw_probe(KEY, number, POOL, ROUTES)
        at_ms = (BEGAN + number) * 1000
        return ProbePromised(number=number, promise=drawn.promise, previous="", at_ms=at_ms)

    def _outcome(self, number, missed):
        drawn = draw_probe(KEY, number, POOL, ROUTES)
        return ProbeOutcome(
            number=number,
            scenario=drawn.probe.scenario,
            route=drawn.route.id,
            end="missed" if number in missed else "caught",
            twin="answered",
            noticed=None,
            exchanges=(),
            at_ms=(BEGAN + number) * 1000 + 500,
        )

    def chain(self):
        """Return the lines of the chain, linked."""
        lines = [canonical_bytes(self.opened)]
        for one in self.promises:
            follows = msgspec.structs.replace(one, previous=digest_bytes(lines[-1]))
            lines.append(canonical_bytes(follows))
        return lines

    def sign(self):
        """Return what is signed of it as it is now: places and seconds, with both heads."""
        lines = self.chain()
        fixed = (outcomes_root(KEY), *outcome_digests(self.outcomes))
        return [
            (second, {"chain.jsonl": digest_bytes(lines[place]), "outcomes.jsonl": fixed[done]})
            for place, done, second in self.heads
        ]

    def put(self, signed=None):
        """Write, sign and log it; `signed` are heads that were signed of it as it was before."""
        lines, files = self.chain(), self.forge.files
        files[f"{BASE}/chain.jsonl"] = joined(lines)
        for second, subjects in signed or self.sign():
            self._say("canary-chain", subjects, at(second))
        if self.shown:
            revealed = {"at": at(90), "head": digest_bytes(lines[-1]), "key": self.key.hex()}
            files[f"{BASE}/outcomes.jsonl"] = joined(map(canonical_bytes, self.outcomes))
            files[f"{BASE}/pool.json"] = canonical_bytes({"probes": list(self.pool)})
            files[f"{BASE}/revealed.json"] = canonical_bytes(revealed)
            heads = {"revealed.json": digest_of(revealed), "chain.jsonl": revealed["head"]}
            self._say("canary-key", heads, at(90))

    def _say(self, kind, subjects, when):
        signed = self.forge.signed(
            kind, subjects, {"plan": self.plan, "at": when}, self.forge.keys.runner
        )
        number = sum(path.startswith(f"{BASE}/") for path in self.forge.files)
        self.forge.files[f"{BASE}/{number:04}.dsse.json"] = signed
        entry = {"type": "statement", "kind": kind, "envelope": digest_bytes(signed), "at": when}
        self.forge.edit_lines(LOG, lambda entries: [*entries, entry])


def joined(lines):
    """Return lines as a file has them."""
    return b"".join(line + b"\n" for line in lines)


def linked(outcomes, root=None):
    """Return outcomes, each after the one before it."""
    previous, done = root or outcomes_root(KEY), []
    for one in outcomes:
        done.append(msgspec.structs.replace(one, previous=previous))
        (previous,) = outcome_digests(done[-1:])
    return done
