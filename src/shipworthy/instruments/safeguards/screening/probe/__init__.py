"""The probe: a linear model over hashed runs of bytes, with a threshold that keeps a promise."""

from shipworthy.instruments.safeguards.screening.probe.calibration import (
    Calibration,
    Promise,
    calibrate,
)
from shipworthy.instruments.safeguards.screening.probe.features import BLOCK, NOTHING, Score
from shipworthy.instruments.safeguards.screening.probe.model import (
    ProbeModel,
    built_in_probe,
    read_probe,
    table_probe,
    text_score,
)
from shipworthy.instruments.safeguards.screening.probe.scanning import ProbeScan
from shipworthy.instruments.safeguards.screening.probe.scorer import open_scorer

__all__ = [
    "BLOCK",
    "NOTHING",
    "Calibration",
    "ProbeModel",
    "ProbeScan",
    "Promise",
    "Score",
    "built_in_probe",
    "calibrate",
    "open_scorer",
    "read_probe",
    "table_probe",
    "text_score",
]
