"""Fitting the probe: a perceptron over windows, in whole numbers, so that every machine agrees.

Each text is judged by its highest window, as it is when the probe is used, and only that window is
learned from. The weights are averaged over all steps, which keeps late mistakes from ruling.
"""

from collections.abc import Sequence
from typing import Any, Final

from shipworthy.instruments.safeguards.screening.probe.features import (
    BLOCK,
    PAIRS,
    PLACES,
    SHORTEST,
    places,
    windows,
)
from shipworthy.instruments.safeguards.screening.probe.scorer import numpy
from shipworthy.instruments.safeguards.screening.rules.views import seen_bytes

ROUNDS: Final = 8
STEP: Final = 64
MARGIN: Final = 2000
LONGEST: Final = 8192
"""Bytes of a training text that are read."""

PARAMETERS: Final[dict[str, str]] = {
    "trainer": "averaged perceptron over the highest window, whole numbers, format 1",
    "rounds": str(ROUNDS),
    "step": str(STEP),
    "margin": str(MARGIN),
    "longest": str(LONGEST),
}
"""All that decides the fit besides the features and the data."""


def fit(texts: Sequence[tuple[str, bool]]) -> bytes:
    """Return the weights for labelled texts (True: harmful), as `open_scorer` takes them.

    Raises:
        Problem: `package-missing` without numpy.
        ValueError: when one of the labels does not occur.
    """
    np = numpy()
    if {harmful for _, harmful in texts} != {True, False}:
        raise ValueError("training needs harmful and harmless texts")
    read = [
        (places(np.frombuffer(data, np.uint8), np), 1 if harmful else -1)
        for text, harmful in texts
        if (data := seen_bytes("folded", text)[:LONGEST])
    ]
    weights = np.zeros(PAIRS + PLACES, np.int64)
    late = np.zeros(PAIRS + PLACES, np.int64)
    steps = 0
    for number in range(ROUNDS):
        for at in _order(len(read), number):
            steps += 1
            _learn(*read[at], weights, late, steps, np)
    averaged = (weights * steps - late) // steps
    return bytes(np.clip(averaged, -32767, 32767).astype("<i2").tobytes())


def _learn(found: Any, label: int, weights: Any, late: Any, step: int, np: Any) -> None:
    values = weights[found].sum(axis=1)
    sums = np.add.reduceat(values, np.arange(0, len(values), BLOCK))
    score, begin, end = max(windows(sums, len(values)), key=lambda window: window[0])
    if label * score >= MARGIN:
        return
    change = label * max(1, STEP * SHORTEST // max(end - begin, SHORTEST))
    touched = found[begin:end].ravel()
    np.add.at(weights, touched, change)
    np.add.at(late, touched, change * step)


def _order(count: int, number: int) -> list[int]:
    """Return a fixed order of `count` texts, another one for each round."""
    mixed = ((at * 2654435761 + (number + 1) * 40503) & 0xFFFFFFFF for at in range(count))
    return [at for _, at in sorted(zip(mixed, range(count), strict=True))]
