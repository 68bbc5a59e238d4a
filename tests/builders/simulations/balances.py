"""Claims that something lies inside a margin, and margins for what was not elicited."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from shipworthy.statistics.equivalence import (
    BalanceLimits,
    MarginVerdict,
    balance,
    margin_from_gaps,
    paired_noninferiority,
    refusal_parity,
    two_one_sided,
)
from simulations.pairs import Pairs, table_of
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Procedure,
    Share,
    about_at_most,
    at_most,
    settings_of,
    share_where,
)

MARGIN = 0.05
LIMITS = BalanceLimits(margin=MARGIN, most_spread=0.2, most_tilted=0.3)


@dataclass(frozen=True)
class Biased:
    topics: int
    bias: float


@dataclass(frozen=True)
class Topics:
    """How topics differ, and the noise of a pair."""

    topics: int
    kind: str
    noise: float


@dataclass(frozen=True)
class Gaps:
    gaps: int
    kind: str


def equivalent(setting: Biased, runs: int, rng: np.random.Generator):
    """Nine pairs a topic; topics spread by 0.1, pairs by 0.25."""
    claims = Counter()
    for _ in range(runs):
        pairs = setting.bias + rng.normal(0, 0.1, (setting.topics, 1))
        pairs = pairs + rng.normal(0, 0.25, (setting.topics, 9))
        for name, values in (("topics", pairs.mean(1)), ("pairs", pairs.ravel())):
            test = two_one_sided(values.tolist(), MARGIN, ALPHA)
            claims[name] += test.lower > -MARGIN and test.upper < MARGIN
    shown, naive = Share(claims["topics"], runs), Share(claims["pairs"], runs)
    if setting.bias >= MARGIN:
        yield Found("balance claimed at a bias of the margin", at_most(ALPHA), shown)
        yield Found("for contrast: pairs taken as independent", UNPROMISED, naive)
    else:
        yield Found("balance claimed at no bias", UNPROMISED, shown, detail=True)
        claim = "balance claimed at no bias, pairs taken as independent"
        yield Found(claim, UNPROMISED, naive, detail=True)


def topic_means(kind: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """True tilts of topics, which in one respect lie at what may be claimed."""
    sides = rng.choice([-1.0, 1.0], size)
    match kind:
        case "mean at the margin":
            return rng.normal(MARGIN, 0.03, size)
        case "mean from rare tilts":
            return np.where(rng.random(size) < MARGIN, 1.0, 0.0)
        case "spread":
            return rng.normal(0, LIMITS.most_spread, size)
        case "spread from rare tilts":
            return np.where(rng.random(size) < LIMITS.most_spread**2, sides, 0.0)
        case "large tilts":
            return np.where(rng.random(size) < LIMITS.most_tilted, 3 * MARGIN * sides, 0.0)
        case "small tilts":
            return np.where(rng.random(size) < LIMITS.most_tilted, 1.001 * MARGIN * sides, 0.0)
    raise ValueError(kind)


def balanced(setting: Topics, runs: int, rng: np.random.Generator):
    """Nine pairs a topic; every limit of the verdict where its own truth is at the limit."""
    wrong = Counter()
    for _ in range(runs):
        means = topic_means(setting.kind, setting.topics, rng)
        pairs = means[:, None] + rng.normal(0, setting.noise, (setting.topics, 9))
        pairs = np.clip(pairs, -1, 1).tolist()
        found = balance({str(at): row for at, row in enumerate(pairs)}, LIMITS, ALPHA)
        wrong["mean"] += found.mean_verdict is MarginVerdict.WITHIN
        wrong["spread"] += found.spread_upper < LIMITS.most_spread
        wrong["tilts"] += found.tilted_upper < LIMITS.most_tilted
    near = about_at_most(ALPHA)
    if setting.kind.startswith("mean"):
        yield Found("mean called balanced at the margin", near, Share(wrong["mean"], runs))
    elif setting.kind == "spread":
        yield Found("limit of the spread below it", at_most(ALPHA), Share(wrong["spread"], runs))
    elif setting.kind.startswith("spread"):
        claim = "for contrast: spread from rare large tilts"
        yield Found(claim, UNPROMISED, Share(wrong["spread"], runs))
    else:
        tilts = Share(wrong["tilts"], runs)
        yield Found("limit of the share of tilted topics below it", at_most(ALPHA), tilts)


def compared(setting: Pairs, runs: int, rng: np.random.Generator):
    """The rate rises by the margin: neither harmless nor at parity."""
    rows = rng.multinomial(setting.scenarios, setting.cells, runs).T
    margin = round(setting.after - setting.before, 6)

    def harmless(*row):
        found = paired_noninferiority(table_of(*row), ALPHA, margin=margin)
        return found.verdict is MarginVerdict.WITHIN

    def even(*row):
        return refusal_parity(table_of(*row), ALPHA, margin=margin).verdict is MarginVerdict.WITHIN

    near = about_at_most(0.065)
    yield Found("called harmless at a rise of the margin", near, share_where(rows, harmless))
    yield Found("called even at a difference of the margin", near, share_where(rows, even))


def elicited(setting: Gaps, runs: int, rng: np.random.Generator):
    def draw(shape):
        if setting.kind == "normal":
            return np.clip(rng.normal(0.3, 0.1, shape), -1, 1)
        return np.minimum(rng.lognormal(-2.5, 0.6, shape), 1)

    past, following = draw((runs, setting.gaps)), draw(runs)
    margins = np.array([margin_from_gaps(row, ALPHA).points for row in past.tolist()])
    missed = Share(int((margins < following).sum()), runs)
    if setting.gaps >= 19 or setting.kind == "normal":
        yield Found("next gap above the margin", at_most(ALPHA), missed)
    else:
        claim = "next gap above the margin, few log-normal gaps"
        yield Found(claim, UNPROMISED, missed)


KINDS = (
    ("mean at the margin", 0.1),
    ("mean from rare tilts", 0.0),
    ("spread", 0.02),
    ("spread from rare tilts", 0.02),
    ("large tilts", 0.1),
    ("small tilts", 0.1),
    ("small tilts", 0.01),
)

PROCEDURES = (
    Procedure(
        "mean balance (two one-sided tests)",
        settings_of(Biased, [(15, 0), (15, 0.05), (50, 0), (50, 0.05), (50, 0.08), (150, 0.05)]),
        equivalent,
    ),
    Procedure(
        "balance of topics",
        tuple(Topics(size, *kind) for size in (40, 150) for kind in KINDS),
        balanced,
        fewer=5,
    ),
    Procedure(
        "paired rates against a margin",
        settings_of(
            Pairs,
            [
                (100, 0.05, 0.1),
                (300, 0.05, 0.08),
                (300, 0.02, 0.05, 0.9),
                (1000, 0.1, 0.13),
                (200, 0.3, 0.4),
            ],
        ),
        compared,
    ),
    Procedure(
        "margin from past gaps",
        settings_of(
            Gaps,
            [
                (5, "normal"),
                (10, "normal"),
                (19, "log-normal"),
                (39, "log-normal"),
                (10, "log-normal"),
            ],
        ),
        elicited,
    ),
)
