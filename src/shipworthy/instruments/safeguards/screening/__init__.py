"""The screening layer: a cascade of rules, a probe and an expert over whole exchanges."""

from shipworthy.instruments.safeguards.screening.building import build_screen
from shipworthy.instruments.safeguards.screening.layer import Probe, Screen
from shipworthy.instruments.safeguards.screening.options import ProbeOptions, ScreenOptions

__all__ = ["Probe", "ProbeOptions", "Screen", "ScreenOptions", "build_screen"]
