"""What fewer attempts would have shown: the mean over tasks of at least one right among k.

With c right ones among n attempts, a random choice of k of them holds a right one in all but
C(n - c, k) of the C(n, k) cases, which estimates without bias what k fresh attempts bring (Chen et
al. 2021, arXiv 2107.03374). Only as many attempts as were made are spoken of.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from shipworthy.kernel import Digest
from shipworthy.records import CurveFinding, CurvePoint
from shipworthy.stages.evaluating.aggregation import Tally, TallyKey
from shipworthy.stages.evaluating.findings.at_least_one import attempts_each
from shipworthy.statistics.attempts.repeated import share_with_success
from shipworthy.vocabulary import Arm

_PLACES = 10**6


def curve_findings(tallies: Mapping[TallyKey, Tally], plan: Digest) -> tuple[CurveFinding, ...]:
    """Return the curve of each domain and arm whose tasks were all tried as often, by id."""
    found = []
    for key, tally in tallies.items():
        each = attempts_each([row[1] + row[2] for row in tally.clusters.values()])
        if key.metric != "capability" or each is None:
            continue
        alike = Counter((row[0], row[2]) for row in tally.clusters.values())
        found.append(
            CurveFinding(
                id=key.id,
                metric=key.metric,
                domain=key.domain,
                arm=Arm(key.arm),
                attempts=each,
                tasks=tuple((*kind, tasks) for kind, tasks in sorted(alike.items())),
                points=tuple(_point(alike, each, k) for k in range(1, each + 1)),
                plan=plan,
            )
        )
    return tuple(sorted(found, key=lambda one: one.id))


def _point(alike: Mapping[tuple[int, int], int], each: int, k: int) -> CurvePoint:
    tasks = sum(alike.values())
    lowest = sum(
        (share_with_success(each, right, k) * count for (right, _), count in alike.items()),
        Fraction(),
    )
    highest = sum(
        (
            share_with_success(each, right + unassessed, k) * count
            for (right, unassessed), count in alike.items()
        ),
        Fraction(),
    )
    return CurvePoint(k=k, lowest=_down(lowest / tasks), highest=_up(highest / tasks))


def _down(value: Fraction) -> str:
    return _written(value * _PLACES // 1)


def _up(value: Fraction) -> str:
    return _written(-(-value * _PLACES // 1))


def _written(millionths: int) -> str:
    return f"{millionths // _PLACES}.{millionths % _PLACES:06}"
