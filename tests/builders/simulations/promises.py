"""What a procedure promises, what simulation found, and whether both can be true.

Limits of what was simulated come from scipy, so that no figure rests on the code that it is about.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import Enum
from hashlib import sha256

import numpy as np
from scipy.stats import beta, binom, norm

ALPHA = 0.05
CONFIDENCE = 0.99
"""Of the limits of what was simulated, for all settings of one claim together."""


class Ground(Enum):
    """Why a promise should hold."""

    PROVED = "proved"
    APPROXIMATE = "approximate"
    """The level is nominal; what is promised is a tolerance, stated before the simulation."""
    NONE = "none"
    """Nothing is promised: a figure for display, a forecast, or a method that is known to fail."""


class Sense(Enum):
    AT_MOST = "<="
    AT_LEAST = ">="
    EQUAL = "="


@dataclass(frozen=True)
class Promise:
    ground: Ground
    sense: Sense | None = None
    value: float | None = None

    def refuted(self, low: float, high: float) -> bool:
        """Whether everything between two limits lies on the wrong side."""
        match self.sense:
            case Sense.AT_MOST:
                return low > self.value
            case Sense.AT_LEAST:
                return high < self.value
            case Sense.EQUAL:
                return not low <= self.value <= high
        return False

    def badness(self, value: float) -> float:
        """Larger for what is nearer to the wrong side, or further on it."""
        match self.sense:
            case Sense.AT_LEAST:
                return self.value - value
            case Sense.EQUAL:
                return abs(value - self.value)
            case Sense.AT_MOST:
                return value - self.value
        return value


def at_most(value: float) -> Promise:
    return Promise(Ground.PROVED, Sense.AT_MOST, value)


def at_least(value: float) -> Promise:
    return Promise(Ground.PROVED, Sense.AT_LEAST, value)


def equal_to(value: float) -> Promise:
    return Promise(Ground.PROVED, Sense.EQUAL, value)


def about_at_most(value: float) -> Promise:
    return Promise(Ground.APPROXIMATE, Sense.AT_MOST, value)


def about_at_least(value: float) -> Promise:
    return Promise(Ground.APPROXIMATE, Sense.AT_LEAST, value)


UNPROMISED = Promise(Ground.NONE)


@dataclass(frozen=True)
class Share:
    """Runs in which something happened."""

    hits: int
    runs: int

    @property
    def value(self) -> float:
        return self.hits / self.runs

    def limits(self, confidence: float) -> tuple[float, float]:
        """Two-sided Clopper-Pearson limits."""
        tail = (1 - confidence) / 2
        low = beta.ppf(tail, self.hits, self.runs - self.hits + 1) if self.hits else 0.0
        high = 1.0
        if self.hits < self.runs:
            high = beta.isf(tail, self.hits + 1, self.runs - self.hits)
        return float(low), float(high)


@dataclass(frozen=True)
class Mean:
    """A mean over runs with its standard error; its limits are those of a normal distribution."""

    value: float
    error: float
    runs: int

    @classmethod
    def of(cls, values: np.ndarray) -> "Mean":
        size = len(values)
        return cls(float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(size), size)

    def limits(self, confidence: float) -> tuple[float, float]:
        reach = float(norm.isf((1 - confidence) / 2)) * self.error
        return self.value - reach, self.value + reach


@dataclass(frozen=True)
class Median:
    """The middle of many values; its limits are order statistics and assume nothing."""

    ordered: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Median":
        return cls(tuple(sorted(map(float, values))))

    @property
    def runs(self) -> int:
        return len(self.ordered)

    @property
    def value(self) -> float:
        return float(np.median(self.ordered))

    def limits(self, confidence: float) -> tuple[float, float]:
        rank = int(binom.ppf((1 - confidence) / 2, self.runs, 0.5))
        return self.ordered[max(0, rank - 1)], self.ordered[min(self.runs - 1, self.runs - rank)]


@dataclass(frozen=True)
class Found:
    """One claim of a procedure in one setting; `detail`: a figure beside the claims."""

    claim: str
    promise: Promise
    measured: Share | Mean | Median
    detail: bool = False


@dataclass(frozen=True)
class Procedure:
    """Something that makes claims, where it is tried, and how.

    `fewer`: the runs asked for are divided by it, where one run is dear.
    """

    name: str
    settings: tuple[object, ...]
    simulate: Callable[[object, int, np.random.Generator], Iterable[Found]]
    fewer: int = 1


@dataclass(frozen=True)
class Row:
    """One claim over all settings of its procedure, each with what was found there.

    `confidence` is that of the limits of each, so that all hold together at `CONFIDENCE`.
    """

    procedure: str
    claim: str
    places: tuple[tuple[str, Found], ...]
    confidence: float

    @property
    def detail(self) -> bool:
        return all(one.detail for _, one in self.places)

    @property
    def worst(self) -> tuple[str, Found]:
        """The least favourable setting."""
        return max(self.places, key=lambda one: one[1].promise.badness(one[1].measured.value))

    @property
    def refuted(self) -> tuple[str, ...]:
        """Settings that refute the promise."""
        return tuple(
            place
            for place, one in self.places
            if one.promise.refuted(*one.measured.limits(self.confidence))
        )


def label(setting: object) -> str:
    """The values of a setting with their names."""
    named = ((one.name.replace("_", " "), getattr(setting, one.name)) for one in fields(setting))
    return ", ".join(f"{name} {value}" for name, value in named)


def generator(procedure: Procedure, setting: object, seed: str) -> np.random.Generator:
    """Random numbers of one setting, whatever else is run."""
    text = f"{procedure.name}/{label(setting)}/{seed}"
    return np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()))


def measure(procedure: Procedure, runs: int, seed: str = "") -> tuple[Row, ...]:
    """Simulate every setting and judge every claim."""
    found: dict[str, list[tuple[str, Found]]] = {}
    for setting in procedure.settings:
        rng = generator(procedure, setting, seed)
        for one in procedure.simulate(setting, max(2, runs // procedure.fewer), rng):
            found.setdefault(one.claim, []).append((label(setting), one))
    return tuple(
        Row(procedure.name, claim, tuple(ones), 1 - (1 - CONFIDENCE) / len(ones))
        for claim, ones in found.items()
    )


def share_where(draws: Iterable, holds: Callable[..., bool]) -> Share:
    """How often something holds of drawn counts; it is asked once for counts that are equal."""
    rows = np.column_stack(tuple(draws))
    unique, times = np.unique(rows, axis=0, return_counts=True)
    hits = sum(int(n) for row, n in zip(unique.tolist(), times, strict=True) if holds(*row))
    return Share(hits, len(rows))


def settings_of(kind: type, rows: Iterable[tuple]) -> tuple:
    """Settings from tables of values."""
    return tuple(kind(*row) for row in rows)


def chunks(runs: int, size: int) -> Iterator[int]:
    """Numbers of runs that add up to `runs`, so that arrays stay small."""
    for start in range(0, runs, size):
        yield min(size, runs - start)
