"""Holding a watch against what was signed and logged of it while it ran.

A chain alone shows only that its lines follow each other: who holds all files could write it anew.
Heads of the chain and of the outcomes are therefore signed and logged again and again, and the log
only grows. What was signed once has to be there for good, and nothing that was signed may speak of
what was promised later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shipworthy.kernel import Digest, canonical_bytes, digest_bytes
from shipworthy.records.live.probes import ProbeOutcome, ProbePromised
from shipworthy.stages.confirming.auditing import Chain

_MS = 1000


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a signed statement fixed: the last line of the chain, and the last outcome.

    `at` is when it was logged, RFC 3339. `outcomes` is the root of the outcomes before there is
    any, and empty where the statement names none.
    """

    at: str
    head: Digest
    outcomes: Digest


def outcome_digests(outcomes: Sequence[ProbeOutcome]) -> tuple[Digest, ...]:
    """Return what the next outcome names of each."""
    return tuple(digest_bytes(canonical_bytes(one)) for one in outcomes)


def audit_outcomes(outcomes: Sequence[ProbeOutcome], root: Digest) -> Iterator[str]:
    """Yield where outcomes do not follow each other from the root that the key gives.

    Nobody without the key knows the root, so nobody can tell an outcome by a digest of it.
    """
    previous, number = root, 0
    for place, one in enumerate(outcomes, start=1):
        if one.previous != previous:
            yield f"outcome {place} does not follow the one before it"
        if one.number <= number:
            yield f"outcome {place} is of probe {one.number}, after probe {number}"
        (previous,) = outcome_digests([one])
        number = one.number


def audit_anchors(
    chain: Chain, outcomes: Sequence[ProbeOutcome] | None, root: Digest, anchors: Sequence[Anchor]
) -> Iterator[str]:
    """Yield what was signed and is no longer so, and promises that were made after the fact.

    Without outcomes, as a stranger meets a watch that is not revealed, the chain alone is checked.
    """
    if not anchors:
        yield "the log knows no head of this chain"
        return
    if anchors[0].head != chain.digests[0]:
        yield "the watch was not logged before its first promise"
    before = 0
    for anchor in anchors:
        if anchor.head not in chain.digests:
            yield f"the head of the chain that was signed at {anchor.at} is not in it"
            continue
        place = chain.digests.index(anchor.head)
        if place < before:
            yield f"the head that was signed at {anchor.at} lies before an earlier one"
        yield from _dated(chain, before, place, anchor)
        if outcomes is not None:
            yield from _answered(chain, outcomes, (root, place), anchor)
        before = max(before, place)


def _dated(chain: Chain, before: int, place: int, anchor: Anchor) -> Iterator[str]:
    """What an anchor covers is not younger than it, and what it does not cover not older."""
    at = int(datetime.fromisoformat(anchor.at).timestamp())
    for line in chain.lines[before + 1 : place + 1]:
        if isinstance(line, ProbePromised) and line.at_ms // _MS > at:
            yield f"promise {line.number} is dated after the statement of {anchor.at} that holds it"
    for line in chain.lines[place + 1 :]:
        if isinstance(line, ProbePromised) and line.at_ms // _MS < at:
            yield f"promise {line.number} is dated before {anchor.at}, when it was not there"


def _answered(
    chain: Chain, outcomes: Sequence[ProbeOutcome], fixed: tuple[Digest, int], anchor: Anchor
) -> Iterator[str]:
    """Every outcome that was signed is there, and answers what was promised by then."""
    root, place = fixed
    heads = (root, *outcome_digests(outcomes))
    if anchor.outcomes not in heads:
        yield f"outcomes that were signed at {anchor.at} are not there, or others"
        return
    promised = {line.number for line in chain.lines[: place + 1] if isinstance(line, ProbePromised)}
    for one in outcomes[: heads.index(anchor.outcomes)]:
        if one.number not in promised:
            yield f"probe {one.number} had an outcome at {anchor.at}, before it was promised"
