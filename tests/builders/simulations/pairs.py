"""Before and after: score limits, tests of no change, the ratio, several attempts, the field."""

import math
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from shipworthy.statistics import (
    PairedTable,
    ScenarioCounts,
    mcnemar_exact,
    mcnemar_midp,
    relative_reduction_upper,
    tango_interval_with_unassessed,
)
from shipworthy.statistics.paired import (
    FieldCounts,
    FieldVerdict,
    ScenarioArms,
    change_lower,
    change_upper,
    field_verdict,
    grouped_difference,
)
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Mean,
    Procedure,
    Share,
    about_at_most,
    at_most,
    settings_of,
    share_where,
)

RATIO_LEVEL = 0.975
ROUNDING = 1e-12


@dataclass(frozen=True)
class Pairs:
    """`both`: how the arms hang together, 0 independent, 1 nested; `lost`: of breaches after."""

    scenarios: int
    before: float
    after: float
    both: float = 0.3
    lost: float = 0.0

    @property
    def cells(self) -> list[float]:
        """Shares of both, before only, after only, neither."""
        least = self.before * self.after
        both = least + self.both * (min(self.before, self.after) - least)
        return [both, self.before - both, self.after - both, 1 - self.before - self.after + both]


@dataclass(frozen=True)
class Grouped:
    scenarios: int


@dataclass(frozen=True)
class Field:
    """A field whose rate is `gap` above that of the laboratory, against a margin."""

    margin: float
    rate: float
    gap: float
    longest: int = 4000


def table_of(both: int, before_only: int, after_only: int, neither: int) -> PairedTable:
    return PairedTable(both=both, before_only=before_only, after_only=after_only, neither=neither)


def tango(setting: Pairs, runs: int, rng: np.random.Generator):
    drawn = rng.multinomial(setting.scenarios, setting.cells, runs).T
    lost = [rng.binomial(one, setting.lost) for one in (drawn[0], drawn[2])]
    rows = [drawn[0] - lost[0], drawn[1], drawn[2] - lost[1], drawn[3], lost[0] + lost[1]]

    def misses(*row):
        found = tango_interval_with_unassessed(table_of(*row[:4]), row[4], 0.95)
        return setting.before - setting.after not in found

    yield Found("interval without the difference", about_at_most(0.07), share_where(rows, misses))


def conditions(setting: Pairs, runs: int, rng: np.random.Generator):
    """The same scenarios under two conditions; scenarios whose outcome is lost are open."""
    drawn = rng.multinomial(setting.scenarios, setting.cells, runs).T
    lost = [rng.binomial(one, setting.lost) for one in drawn]
    rows = [*(one - gone for one, gone in zip(drawn, lost, strict=True)), sum(lost)]
    truth = setting.before - setting.after

    def too_low(*row):
        return change_upper(table_of(*row[:4]), row[4], ALPHA) < truth - ROUNDING

    def too_high(*row):
        return change_lower(table_of(*row[:4]), row[4], ALPHA) > truth + ROUNDING

    yield Found("upper limit below the difference", at_most(ALPHA), share_where(rows, too_low))
    yield Found("lower limit above it", about_at_most(0.07), share_where(rows, too_high))


def unchanged(setting: Pairs, runs: int, rng: np.random.Generator):
    rows = rng.multinomial(setting.scenarios, setting.cells, runs).T
    sure = share_where(rows, lambda *row: mcnemar_exact(table_of(*row)) <= ALPHA)
    near = share_where(rows, lambda *row: mcnemar_midp(table_of(*row)) <= ALPHA)
    yield Found("exact test rejects", at_most(ALPHA), sure)
    yield Found("mid-p test rejects", about_at_most(ALPHA), near)


@cache
def ratio_limit(both: int, before_only: int, after_only: int, neither: int) -> float | None:
    return relative_reduction_upper(table_of(both, before_only, after_only, neither), RATIO_LEVEL)


def ratio(setting: Pairs, runs: int, rng: np.random.Generator):
    rows = rng.multinomial(setting.scenarios, setting.cells, runs).T

    def below(*row):
        limit = ratio_limit(*row)
        return limit is not None and limit < setting.after / setting.before - ROUNDING

    yield Found("upper limit below the ratio", about_at_most(0.03), share_where(rows, below))


def grouped(setting: Grouped, runs: int, rng: np.random.Generator):
    """Five attempts a scenario and arm; rates vary over scenarios and fall to 0.4 of themselves."""
    missed = 0
    for _ in range(runs):
        rates = rng.beta(0.6, 1.4, setting.scenarios)
        before, after = rng.binomial(5, rates), rng.binomial(5, 0.4 * rates)
        data = [
            ScenarioArms(before=ScenarioCounts(x, 5), after=ScenarioCounts(y, 5))
            for x, y in zip(before.tolist(), after.tolist(), strict=True)
        ]
        missed += 0.18 not in grouped_difference(data, 0.95).interval
    yield Found("interval without the difference", about_at_most(0.07), Share(missed, runs))


def verdict_of(margin: float, field_only: int, lab_only: int, same: int) -> FieldVerdict:
    counts = FieldCounts(field_only=field_only, lab_only=lab_only, same=same)
    return field_verdict(counts, margin, ALPHA)


@cache
def quiet_until(margin: float, field_only: int, lab_only: int, longest: int) -> int:
    """Fewest scenarios alike in both with which the field is shown not to be worse."""

    def quiet(same: int) -> bool:
        return verdict_of(margin, field_only, lab_only, same) is FieldVerdict.NOT_WORSE

    return bisect_left(range(longest + 1), True, key=quiet)


@cache
def worse_until(margin: float, field_only: int, lab_only: int, longest: int) -> int:
    """Most scenarios alike in both with which the field is shown to be worse; -1 with none."""

    def bearable(same: int) -> bool:
        return verdict_of(margin, field_only, lab_only, same) is not FieldVerdict.WORSE

    return bisect_left(range(longest + 1), True, key=bearable) - 1


def replay(setting: Field, rng: np.random.Generator) -> tuple[FieldVerdict, int]:
    """Look after every replay; verdict and replays. Between differences only `same` grows."""
    lab, field = setting.rate, setting.rate + setting.gap
    both = lab * field + 0.3 * math.sqrt(lab * (1 - lab) * field * (1 - field))
    differ = lab + field - 2 * both
    field_only = lab_only = same = 0
    while True:
        quiet = int(rng.geometric(differ)) - 1
        made = field_only + lab_only
        needed = quiet_until(setting.margin, field_only, lab_only, setting.longest)
        if needed <= min(same + quiet, setting.longest - made):
            return FieldVerdict.NOT_WORSE, made + max(same, needed)
        same += quiet
        if made + same >= setting.longest:
            return FieldVerdict.NOT_SHOWN, setting.longest
        more = bool(rng.random() < (field - both) / differ)
        field_only, lab_only = field_only + more, lab_only + (not more)
        if more and same <= worse_until(setting.margin, field_only, lab_only, setting.longest):
            return FieldVerdict.WORSE, made + 1 + same


def in_the_field(setting: Field, runs: int, rng: np.random.Generator):
    ended = [replay(setting, rng) for _ in range(runs)]
    seen = Counter(verdict for verdict, _ in ended)
    as_good, too_bad = (
        Share(seen[one], runs) for one in (FieldVerdict.NOT_WORSE, FieldVerdict.WORSE)
    )
    if setting.gap >= setting.margin:
        yield Found("called as good, though worse by the margin", at_most(ALPHA), as_good)
    if setting.gap <= setting.margin:
        yield Found("called worse, though not beyond the margin", at_most(ALPHA), too_bad)
    if setting.gap == 0.0:
        replays = Mean.of(np.array([made for _, made in ended]))
        yield Found("replays until called as good", UNPROMISED, replays, detail=True)


RATIOS = tuple(
    Pairs(n, before, round(before * part, 6), both)
    for n in (20, 60, 200, 600)
    for before in (0.05, 0.3, 0.6)
    for part in (1, 0.5, 0.1)
    for both in (0.0, 0.95)
    if before + before * part * (1 - before) <= 1
)
UNCHANGED = tuple(
    Pairs(n, rate, rate, both)
    for n in (20, 50, 200, 1000)
    for rate in (0.05, 0.3, 0.6)
    for both in (0.0, 0.6)
)

PROCEDURES = (
    Procedure(
        "difference of arms (Tango)",
        settings_of(
            Pairs,
            [
                (50, 0.1, 0.005),
                (200, 0.1, 0.005),
                (200, 0.4, 0.01),
                (60, 0.3, 0.3),
                (600, 0.2, 0.05),
                (100, 0.5, 0.2, 0.3, 0.2),
                (200, 0.1, 0.05, 0.3, 0.2),
            ],
        ),
        tango,
    ),
    Procedure(
        "difference of conditions",
        settings_of(
            Pairs,
            [
                (30, 0.1, 0.1, 0.9),
                (60, 0.5, 0.1, 0.9),
                (60, 0.03, 0.03, 0.0),
                (60, 0.2, 0.05, 0.9, 0.1),
                (200, 0.3, 0.25, 0.9),
                (200, 0.02, 0.0, 0.0),
                (600, 0.5, 0.5, 0.9),
            ],
        ),
        conditions,
    ),
    Procedure("test of no change (McNemar)", UNCHANGED, unchanged),
    Procedure("reduction of a rate", RATIOS, ratio),
    Procedure("difference, several attempts", settings_of(Grouped, [(30,), (100,)]), grouped),
    Procedure(
        "field against laboratory",
        settings_of(
            Field,
            [
                (0.01, 0.01, 0.01),
                (0.02, 0.01, 0.02),
                (0.05, 0.02, 0.05),
                (0.01, 0.002, 0.0),
                (0.02, 0.002, 0.0),
                (0.05, 0.002, 0.0),
            ],
        ),
        in_the_field,
    ),
)
