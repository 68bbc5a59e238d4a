"""Scoring a text with the weights of a probe, in numpy or compiled: the same number."""

from importlib.util import find_spec
from typing import Any, Final

from shipworthy.instruments.safeguards.screening.probe.features import (
    BLOCK,
    NOTHING,
    PAIRS,
    PLACES,
    Score,
    places,
    windows,
)
from shipworthy.kernel import ExitCode, Problem

INSTALL: Final = "python -m pip install 'shipworthy[screen]'"


def open_scorer(weights: bytes, *, compiled: bool | None = None) -> Score:
    """Return the function that scores; compiled where numba is installed, or as told.

    `weights` are little-endian 16-bit numbers: `PAIRS` of them, then `PLACES`.

    Raises:
        Problem: `package-missing` without numpy, or `probe-weights` for weights of another size.
    """
    np = numpy()
    if len(weights) != 2 * (PAIRS + PLACES):
        raise Problem.of(
            "probe-weights",
            f"the weights of the probe are {len(weights)} bytes, not {2 * (PAIRS + PLACES)}",
            exit_code=ExitCode.INTEGRITY,
        )
    table = np.frombuffer(weights, dtype="<i2").astype(np.int16)
    if compiled is False or (compiled is None and find_spec("numba") is None):
        return _numpy_scorer(table, np)
    try:
        from shipworthy.instruments.safeguards.screening.probe.compiled import compile_scorer
    except Exception:
        # A compiler that does not start costs speed; the scores are the same without it.
        if compiled:
            raise
        return _numpy_scorer(table, np)
    return compile_scorer(table)


def numpy() -> Any:
    """Return the package.

    Raises:
        Problem: `package-missing` with the command that installs it.
    """
    try:
        import numpy as np
    except ImportError:
        raise Problem.of(
            "package-missing",
            "the probe of a screen needs numpy",
            help=INSTALL,
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    return np


def _numpy_scorer(table: Any, np: Any) -> Score:
    def score(data: bytes, begin: int) -> int:
        size = len(data) - begin
        if size <= 0:
            return NOTHING
        found = places(np.frombuffer(data, np.uint8), np)[begin:]
        values = table[found].sum(axis=1, dtype=np.int64)
        sums = np.add.reduceat(values, np.arange(0, size, BLOCK))
        return max(window[0] for window in windows(sums, size))

    return score
