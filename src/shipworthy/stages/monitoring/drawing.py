"""Which exchanges people read: rounds of draws by score, with an even part, and what was drawn why.

A round is drawn from a frame: the exchanges of one period with the judge's score of each. Labels of
earlier rounds steer it, through bins of scores; nothing read later changes what is recorded.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec.structs import replace

from shipworthy.kernel import Digest, Problem, decimal_string, digest_of
from shipworthy.kernel.randomness import Stream
from shipworthy.records.live.prevalence import LiveAnswer, ReviewDraw
from shipworthy.statistics.monitoring import DrawPlan, ScoreBin, draw_plan

BINS = 16
"""Bins of scores: the lower half, the next quarter, and so on; the last holds the highest."""
_UNIT = 10**12
_PLACES = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """What a round draws: `draws` by score with an even part `floor`, `never_miss` evenly.

    `never_miss` come from what the judge did not mark. `twice` is the share that two people read.
    """

    domain: str
    draws: int
    floor: float
    never_miss: int
    twice: float
    seed: int
    stream: str = ""


@dataclass(frozen=True, slots=True)
class FrameItem:
    """One exchange that could be drawn: its id, the judge's score in [0, 1], and its mark."""

    item: str
    score: float
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All exchanges of a period, sorted by id, each once."""

    items: tuple[FrameItem, ...]
    from_ms: int
    until_ms: int

    @property
    def digest(self) -> Digest:
        """Digest of ids, scores and marks: what probabilities were computed from."""
        rows = [[one.item, decimal_string(one.score), one.marked] for one in self.items]
        return digest_of(["review-frame", self.from_ms, self.until_ms, rows])


def frame_of(items: Iterable[FrameItem], from_ms: int, until_ms: int) -> Frame:
    """Build a frame; order does not matter, and scores are rounded to six digits.

    Raises:
        Problem: `review-frame` for an id that is listed twice or a score outside [0, 1].
    """
    rows = sorted(items, key=lambda one: one.item)
    for before, after in pairwise(rows):
        if before.item == after.item:
            raise Problem.of(
                "review-frame", f"exchange `{after.item}` is listed twice in one frame"
            )
    for one in rows:
        if not 0.0 <= one.score <= 1.0:
            raise Problem.of(
                "review-frame",
                f"exchange `{one.item}` has the score {one.score!r}",
                help="scores lie between 0 and 1",
            )
    rounded = tuple(FrameItem(one.item, round(one.score, 6), one.marked) for one in rows)
    return Frame(items=rounded, from_ms=from_ms, until_ms=until_ms)


def draw_round(
    plan: ReviewPlan,
    frame: Frame,
    known: Iterable[tuple[float, LiveAnswer | None]],
    number: int,
    at_ms: int,
) -> tuple[ReviewDraw, ...]:
    """Draw round `number` (the first is 1) from a frame.

    `known` holds score and answer (None: undecided) of every active draw of earlier rounds, drawn
    twice listed twice. Draws are with replacement; an exchange that has labels needs no new ones.
    An empty frame gives no draw.
    """
    if not frame.items:
        return ()
    chance = Stream("review", plan.seed, plan.domain, plan.stream, number)
    cuts = score_cuts([one.score for one in frame.items])
    bins = _bins(frame, cuts)
    drawn = draw_plan(_learned(bins, cuts, known), plan.floor)
    shared = _shared(plan, frame, number, at_ms)
    draws = [_active(chance, plan, shared, (drawn, bins), index) for index in range(plan.draws)]
    unmarked = [one for one in frame.items if not one.marked]
    if unmarked:
        draws += [
            _uniform(chance, plan, shared, unmarked, plan.draws + index)
            for index in range(plan.never_miss)
        ]
    return tuple(draws)


def score_cuts(scores: Sequence[float]) -> tuple[float, ...]:
    """Cuts between bins of scores: at the median, the upper quarter, and so on, without repeats."""
    ranked = sorted(scores)
    size = len(ranked)
    places = (size - (size >> step) for step in range(1, BINS))
    return tuple(sorted({ranked[place] for place in places if place < size}))


def _bins(frame: Frame, cuts: tuple[float, ...]) -> list[list[FrameItem]]:
    bins: list[list[FrameItem]] = [[] for _ in range(len(cuts) + 1)]
    for one in frame.items:
        bins[bisect_right(cuts, one.score)].append(one)
    return bins


def _learned(
    bins: list[list[FrameItem]],
    cuts: tuple[float, ...],
    known: Iterable[tuple[float, LiveAnswer | None]],
) -> list[ScoreBin]:
    read, harmful, undecided = ([0] * len(bins) for _ in range(3))
    for score, answer in known:
        place = bisect_right(cuts, score)
        read[place] += 1
        harmful[place] += answer == "yes"
        undecided[place] += answer not in {"yes", "no"}
    return [
        ScoreBin(
            items=len(rows),
            score=sum(one.score for one in rows) / len(rows) if rows else 0.0,
            read=read[place],
            harmful=harmful[place],
            undecided=undecided[place],
        )
        for place, rows in enumerate(bins)
    ]


def _shared(plan: ReviewPlan, frame: Frame, number: int, at_ms: int) -> ReviewDraw:
    """What all draws of a round have in common; the rest is filled in for each."""
    return ReviewDraw(
        item="",
        domain=plan.domain,
        stream=plan.stream,
        round=number,
        number=0,
        arm="active",
        at_ms=at_ms,
        frame=frame.digest,
        from_ms=frame.from_ms,
        until_ms=frame.until_ms,
        size=len(frame.items),
        unmarked=sum(not one.marked for one in frame.items),
        score="0",
        marked=False,
        floor=decimal_string(plan.floor),
        probability="0",
        twice=decimal_string(plan.twice),
    )


def _active(
    chance: Stream,
    plan: ReviewPlan,
    shared: ReviewDraw,
    drawn: tuple[DrawPlan, list[list[FrameItem]]],
    index: int,
) -> ReviewDraw:
    design, bins = drawn
    place = _place(chance, design.shares)
    one = chance.choice(bins[place])
    return replace(
        shared,
        number=index + 1,
        item=one.item,
        score=decimal_string(one.score),
        marked=one.marked,
        probability=decimal_string(design.probability(place), "down", _PLACES),
        prediction=decimal_string(design.predictions[place], places=_PLACES),
        mean_prediction=decimal_string(design.mean_prediction, places=_PLACES),
        cautious=decimal_string(design.cautious[place], places=_PLACES),
        mean_cautious=decimal_string(design.mean_cautious, places=_PLACES),
        least=decimal_string(design.least, "down", _PLACES),
        doubled=_doubled(chance, plan),
    )


def _uniform(
    chance: Stream,
    plan: ReviewPlan,
    shared: ReviewDraw,
    unmarked: list[FrameItem],
    index: int,
) -> ReviewDraw:
    one = chance.choice(unmarked)
    return replace(
        shared,
        arm="uniform",
        number=index + 1,
        item=one.item,
        score=decimal_string(one.score),
        marked=False,
        probability=decimal_string(1.0 / len(unmarked), "down", _PLACES),
        doubled=_doubled(chance, plan),
    )


def _place(chance: Stream, shares: Sequence[float]) -> int:
    left = chance.below(_UNIT) / _UNIT
    for place, share in enumerate(shares):
        if left < share:
            return place
        left -= share
    # Rounding may leave a sliver beyond the last share: it goes to the fullest bin.
    return max(range(len(shares)), key=lambda one: shares[one])


def _doubled(chance: Stream, plan: ReviewPlan) -> bool:
    return chance.below(_UNIT) < plan.twice * _UNIT
