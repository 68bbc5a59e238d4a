"""A probe whose only opinion is of the pair `zz`, for tests."""

import numpy as np

from shipworthy.instruments.safeguards.screening.probe import (
    Calibration,
    ProbeModel,
    Promise,
    calibrate,
)
from shipworthy.instruments.safeguards.screening.probe.features import FEATURES, PAIRS, PLACES


def pair_probe(weight: int = 0, threshold: int | None = 100, shortfall: str = "") -> ProbeModel:
    """Return the probe: each `zz` weighs so much, the threshold and the shortfall are as told."""
    table = np.zeros(PAIRS + PLACES, "<i2")
    table[ord("z") << 8 | ord("z")] = weight
    judged = calibrate([0] * 200, [-9] * 200, Promise())
    calibration = Calibration(
        **{f: getattr(judged, f) for f in Calibration.__struct_fields__}
        | {"threshold": threshold, "shortfall": shortfall}
    )
    return ProbeModel(features=FEATURES, weights=table.tobytes(), calibration=calibration, card={})
