"""Families of scenarios: a scenario with blanks, and what may fill them."""

from shipworthy.instruments.scenarios.families.drawing import draw_balanced
from shipworthy.instruments.scenarios.families.expansion import (
    FAMILY_KEYS,
    LONGEST,
    MOST,
    expand_family,
)

__all__ = ["FAMILY_KEYS", "LONGEST", "MOST", "draw_balanced", "expand_family"]
