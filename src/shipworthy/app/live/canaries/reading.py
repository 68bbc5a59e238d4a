"""Watches as a monitor reads them: every probe as the sealed key draws it, with its outcome.

Nothing of it is told to anybody who answers or judges: a monitor reads it after it has looked at
the exchanges, to leave probes out of what it counts as traffic.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.app.live.asked import asked_digest
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.app.live.confirming.preparing import Prepared, prepare
from shipworthy.app.registration.watches import WatchFolder, audit_watches, audited, watches_of
from shipworthy.instruments.targets.field.routes import carries
from shipworthy.kernel import Digest, Problem
from shipworthy.records.live.probes import Probe, ProbeOutcome, ProbePromised, WatchOpened
from shipworthy.stages.confirming import (
    Chain,
    CoverMessage,
    DrawnProbe,
    Sending,
    WatchCounts,
    count_probes,
    draw_cover,
    draw_probe,
    key_digest,
    pool_digest,
)
from shipworthy.stages.confirming.auditing import kept_promise
from shipworthy.vocabulary import Message

GONE: Final = "gone"
"""In the place of a name, where a watch is nowhere that the log knows of."""


@dataclass(frozen=True, slots=True)
class ReadProbe:
    """A promise, what the key draws for it, and its outcome where there is one.

    `since_ms`: when the outcome before it was written; its cover is sent from then on.
    """

    promise: ProbePromised
    drawn: DrawnProbe
    cover: tuple[CoverMessage, ...]
    since_ms: int
    outcome: ProbeOutcome | None


@dataclass(frozen=True, slots=True)
class ReadWatch:
    """A watch of a deployment.

    `altered`: why it cannot be believed. `blocked`: why its probes cannot be drawn; without probes
    then. `open`: its key is not revealed.
    """

    key: str
    opened: WatchOpened
    counts: WatchCounts
    probes: tuple[ReadProbe, ...]
    altered: tuple[str, ...] = ()
    blocked: str = ""
    open: bool = True


@dataclass(slots=True)
class WatchBook:
    """The watches of a deployment; what did not change since is not worked out again."""

    tested: Tested
    _known: dict[str, tuple[object, ReadWatch]] = field(default_factory=dict)
    _drawn: dict[tuple[str, int], tuple[DrawnProbe, tuple[CoverMessage, ...]]] = field(
        default_factory=dict
    )
    _digests: dict[Sending, Digest] = field(default_factory=dict)
    _frames: dict[tuple[int, str], tuple[Digest, ...]] = field(default_factory=dict)
    _prepared: Prepared | None = None
    _seen: list[object] | None = None
    _gone: str = ""

    def watches(self) -> tuple[ReadWatch, ...]:
        """Read every watch of the deployment that was begun for this campaign.

        What the log knows of watches and is nowhere, is a watch that was altered.
        """
        found, marks = list[ReadWatch](), list[object]()
        for folder in watches_of(self.tested.campaign.folder):
            files = (folder.chain, folder.outcomes, folder.revealed, folder.key, folder.pool)
            mark = [_mark(file) for file in files]
            marks.append(mark)
            known = self._known.get(folder.path.name)
            if known is None or known[0] != mark:
                known = self._known[folder.path.name] = (mark, self._read(folder))
            if self._is_ours(known[1]):
                found.append(known[1])
        if self._seen != marks:
            self._seen, self._gone = marks, self._look_for_gone()
        if self._gone and not any(watch.altered for watch in found):
            found.append(_unreadable(GONE, self._gone))
        return tuple(found)

    def requests(self, probe: ReadProbe) -> tuple[tuple[str, Digest], ...]:
        """Return digests of what the key drew, by role, as the gateway's log writes them.

        Raises:
            Problem: where the campaign cannot be replayed any more.
        """
        drawn = probe.drawn
        return (
            ("attack", self._digest(Sending(drawn.probe.attack, drawn.route))),
            ("twin", self._digest(Sending(drawn.probe.twin, drawn.route))),
        )

    def covers(self, probe: ReadProbe) -> tuple[tuple[str, Digest], ...]:
        """Return the same of the ordinary messages that are sent around a probe.

        The key draws text and route. In the frame of which replay it is said follows from the plan
        of the moment, so each has a digest for every frame.

        Raises:
            Problem: as `requests`.
        """
        return tuple(
            (f"cover {place}", digest)
            for place, one in enumerate(probe.cover, start=1)
            for digest in self._framed(one)
        )

    def _look_for_gone(self) -> str:
        why = ""
        # Twice: a watch that goes on may have signed something between two looks.
        for _ in range(2):
            try:
                audit_watches(self.tested.campaign)
            except Problem as problem:
                why = problem.diagnostics[0].message
            else:
                return ""
        return why

    def _is_ours(self, watch: ReadWatch) -> bool:
        name = self.tested.deployed.header.name
        return not watch.opened.deployment or watch.opened.deployment == name

    def _replays(self) -> Prepared:
        if self._prepared is None:
            self._prepared = prepare(self.tested)
        return self._prepared

    def _digest(self, sending: Sending) -> Digest:
        if sending not in self._digests:
            replays = self._replays()
            # The deployment's routes may have changed since: what is no longer sent is compared
            # with nothing, and its exchange stays in doubt.
            known = sending.lab in replays.items
            request = replays.request(sending) if known else None
            self._digests[sending] = (
                asked_digest(self.tested, sending.route, request) if request else ""
            )
        return self._digests[sending]

    def _framed(self, cover: CoverMessage) -> tuple[Digest, ...]:
        replays, route = self._replays(), cover.route
        text = cover.text % len(replays.fillers)
        place = (text, route.id)
        if place not in self._frames:
            said = Message(role="user", content=replays.fillers[text])
            frames = (replays.request(Sending(name, route)) for name in sorted(replays.items))
            found = {
                asked_digest(self.tested, route, framed)
                for one in frames
                if carries(route, one)
                for system in [[turn for turn in one.messages if turn.role == "system"]]
                for framed in [msgspec.structs.replace(one, messages=(*system, said))]
            }
            self._frames[place] = tuple(sorted(found))
        return self._frames[place]

    def _read(self, folder: WatchFolder) -> ReadWatch:
        name = folder.path.name
        try:
            # Outcomes first: each of them then has its promise in the chain.
            outcomes = folder.read_outcomes()
            chain = folder.read_chain()
            opened = chain.opened
            complaints = audited(self.tested.campaign, folder).complaints
            if complaints:
                # A watch that goes on may have written between two looks: only what stays is wrong.
                complaints = audited(self.tested.campaign, folder).complaints
        except (Problem, ValueError) as error:
            return _unreadable(name, str(error))
        first = {one.number: one for one in reversed(outcomes)}
        counts = count_probes(chain, first)
        try:
            key, pool = folder.read_key(), folder.read_pool()
        except OSError:
            blocked = "its key or its pool is not here, so that nobody can tell its probes"
            return ReadWatch(name, opened, counts, (), complaints, blocked)
        except Problem as problem:
            return ReadWatch(name, opened, counts, (), (str(problem),))
        wrong = [*complaints, *_about_seals(chain, key, pool, self.tested)]
        if wrong:
            return ReadWatch(name, opened, counts, (), tuple(dict.fromkeys(wrong)))
        try:
            probes = tuple(self._probes(name, chain, key, pool, first))
        except ValueError as error:
            return ReadWatch(name, opened, counts, (), (str(error),))
        wrong = list(_about_outcomes(chain, outcomes))
        for probe in probes:
            if probe.outcome is not None:
                wrong += kept_promise(probe.promise, probe.drawn, probe.outcome)
        is_open = not folder.revealed.exists()
        return ReadWatch(
            *(name, opened, counts, () if wrong else probes, tuple(wrong)), open=is_open
        )

    def _probes(
        self,
        name: str,
        chain: Chain,
        key: bytes,
        pool: Sequence[Probe],
        outcomes: Mapping[int, ProbeOutcome],
    ) -> Iterator[ReadProbe]:
        per_hundred, routes = self.tested.deployed.asking.fillers_per_hundred, chain.opened.routes
        since_ms = 0
        for promise in chain.promises:
            place, number = (name, promise.number), promise.number
            if place not in self._drawn:
                cover = draw_cover(key, number, per_hundred, routes)
                self._drawn[place] = draw_probe(key, number, pool, routes), cover
            outcome = outcomes.get(number)
            yield ReadProbe(promise, *self._drawn[place], since_ms, outcome)
            since_ms = outcome.at_ms if outcome else promise.at_ms


def _about_seals(chain: Chain, key: bytes, pool: Sequence[Probe], tested: Tested) -> Iterator[str]:
    opened = chain.opened
    if opened.plan != tested.campaign.plan_digest:
        yield "it was begun for another campaign"
    if key_digest(key) != opened.key:
        yield "the key is not the one that was fixed before"
    if pool_digest(pool) != opened.pool:
        yield "the probes that were drawn from are not those that were fixed before"


def _about_outcomes(chain: Chain, outcomes: Sequence[ProbeOutcome]) -> Iterator[str]:
    """Yield which outcomes have no promise, or are not the only one of it."""
    promised = {promise.number for promise in chain.promises}
    for number, times in sorted(Counter(one.number for one in outcomes).items()):
        if times > 1:
            yield f"probe {number} has {times} outcomes"
        if number not in promised:
            yield f"probe {number} has an outcome and was never promised"


def _unreadable(name: str, why: str) -> ReadWatch:
    nothing = WatchOpened(
        plan="",
        deployment="",
        key="",
        pool="",
        routes=(),
        per_hour=0,
        baseline="",
        run_length=0,
        at="",
    )
    return ReadWatch(name, nothing, count_probes(Chain((), ()), {}), (), (why,))


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns
