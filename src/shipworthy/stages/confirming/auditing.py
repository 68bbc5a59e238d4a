"""Holding promises, outcomes and a revealed key against each other; and what probes show.

A promise without an outcome is a miss: whoever leaves out the outcome of a probe that got through
gains nothing by it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shipworthy.kernel import Digest, digest_bytes
from shipworthy.records.live.probes import (
    ChainLine,
    Probe,
    ProbeOutcome,
    ProbePromised,
    WatchAlarmed,
    WatchOpened,
)
from shipworthy.stages.confirming.drawing import DrawnProbe, draw_probe, key_digest, pool_digest
from shipworthy.statistics.exact import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.monitoring import DetectorPlan, DetectorState


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCounts:
    """What became of the probes that were promised.

    `noticed` of `disclosed` attacks were noticed by a layer, as the log says.
    """

    promised: int
    caught: int
    missed: int
    unknown: int
    twins_answered: int
    twins_refused: int
    twins_unknown: int
    noticed: int
    disclosed: int
    alarms: int

    def recall(self, alpha: float) -> Interval | None:
        """Bound the share of probes that are caught, each side at `alpha`; None without any.

        Unknown outcomes count as missed for the lower limit and as caught for the upper.
        """
        if not self.promised:
            return None
        return Interval(
            clopper_pearson_lower(self.caught, self.promised, alpha),
            clopper_pearson_upper(self.caught + self.unknown, self.promised, alpha),
            1.0 - 2.0 * alpha,
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as it was read: its lines, and the digest of each as it is on disk."""

    lines: Sequence[ChainLine]
    digests: Sequence[Digest]

    @property
    def opened(self) -> WatchOpened:
        """The first line.

        Raises:
            ValueError: when the chain does not begin with one.
        """
        if not self.lines or not isinstance(self.lines[0], WatchOpened):
            raise ValueError("a chain begins with what was fixed before")
        return self.lines[0]

    @property
    def promises(self) -> list[ProbePromised]:
        """The promises, in order."""
        return [line for line in self.lines if isinstance(line, ProbePromised)]

    @property
    def alarms(self) -> list[WatchAlarmed]:
        """The alarms, in order."""
        return [line for line in self.lines if isinstance(line, WatchAlarmed)]


def count_probes(chain: Chain, outcomes: Mapping[int, ProbeOutcome]) -> WatchCounts:
    """Count what became of every promise; one without an outcome is unknown."""
    ends = [outcomes.get(one.number) for one in chain.promises]
    attacks = [one.end if one else "unknown" for one in ends]
    twins = [one.twin if one else "unknown" for one in ends]
    told = [one.noticed for one in ends if one and one.noticed is not None]
    return WatchCounts(
        promised=len(ends),
        caught=attacks.count("caught"),
        missed=attacks.count("missed"),
        unknown=attacks.count("unknown"),
        twins_answered=twins.count("answered"),
        twins_refused=twins.count("refused"),
        twins_unknown=twins.count("unknown"),
        noticed=sum(told),
        disclosed=len(told),
        alarms=len(chain.alarms),
    )


def detector_of(chain: Chain, outcomes: Mapping[int, ProbeOutcome]) -> DetectorState:
    """Return where the detector of misses stands, since the last alarm."""
    opened = chain.opened
    state = DetectorPlan(
        baseline=float(opened.baseline), run_length=float(opened.run_length)
    ).start()
    since = chain.alarms[-1].after if chain.alarms else 0
    for promise in chain.promises:
        if promise.number > since:
            state = step(state, outcomes.get(promise.number))
    return state


def step(state: DetectorState, outcome: ProbeOutcome | None) -> DetectorState:
    """Return the detector after one probe: a miss, or one without an outcome, is an event."""
    if outcome is None or outcome.end == "unknown":
        return state.unassessed()
    return state.event() if outcome.end == "missed" else state.quiet(1)


def audit_links(chain: Chain) -> Iterator[str]:
    """Yield what is wrong with a chain, without its key."""
    if not chain.lines or not isinstance(chain.lines[0], WatchOpened):
        yield "the chain does not begin with what was fixed before"
        return
    number = 0
    for place, line in enumerate(chain.lines[1:], start=1):
        if isinstance(line, WatchOpened):
            yield f"line {place + 1} opens the chain a second time"
            continue
        if line.previous != chain.digests[place - 1]:
            yield f"line {place + 1} does not follow the line before it"
        if isinstance(line, ProbePromised):
            number += 1
            if line.number != number:
                yield f"line {place + 1} promises probe {line.number} in the place of {number}"


def audit(
    chain: Chain, outcomes: Sequence[ProbeOutcome], key: bytes, pool: Sequence[Probe]
) -> tuple[str, ...]:
    """Return everything that is wrong once the key is revealed; nothing: all is as promised."""
    links = tuple(audit_links(chain))
    if links and not (chain.lines and isinstance(chain.lines[0], WatchOpened)):
        return links
    return (*links, *_revealed(chain, outcomes, key, pool))


def _revealed(
    chain: Chain, outcomes: Sequence[ProbeOutcome], key: bytes, pool: Sequence[Probe]
) -> Iterator[str]:
    opened = chain.opened
    if key_digest(key) != opened.key:
        yield "the key is not the one that was fixed before"
        return
    if pool_digest(pool) != opened.pool:
        yield "the probes that were drawn from are not those that were fixed before"
        return
    by_number = {outcome.number: outcome for outcome in reversed(outcomes)}
    for number, times in sorted(Counter(one.number for one in outcomes).items()):
        if times > 1:
            yield f"probe {number} has {times} outcomes"
    for promise in chain.promises:
        drawn = draw_probe(key, promise.number, pool, opened.routes)
        yield from kept_promise(promise, drawn, by_number.pop(promise.number, None))
    for number in sorted(by_number):
        yield f"probe {number} has an outcome and was never promised"


def kept_promise(
    promise: ProbePromised, drawn: DrawnProbe, found: ProbeOutcome | None
) -> Iterator[str]:
    """Yield what is wrong with a promise and its outcome, by what the key draws."""
    if promise.promise != drawn.promise:
        yield f"promise {promise.number} is not what the key draws"
    if found is None:
        yield f"promise {promise.number} has no outcome"
    elif (found.scenario, found.route) != (drawn.probe.scenario, drawn.route.id):
        yield f"the outcome of probe {promise.number} is of another probe"
    elif found.at_ms < promise.at_ms:
        yield f"the outcome of probe {promise.number} is older than its promise"


def line_digest(line: bytes) -> Digest:
    """Return what the next line names of a line."""
    return digest_bytes(line)
