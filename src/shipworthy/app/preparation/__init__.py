"""From an assessment file to a plan: picks the plug-ins that the file names."""

from shipworthy.app.preparation.accomplices import Accomplice
from shipworthy.app.preparation.designs import (
    GATE,
    Design,
    design_campaign,
    drawn_items,
    submitted_after,
)
from shipworthy.app.preparation.opening import address_mark, opened_target
from shipworthy.kernel import Surroundings

__all__ = [
    "GATE",
    "Accomplice",
    "Design",
    "Surroundings",
    "address_mark",
    "design_campaign",
    "drawn_items",
    "opened_target",
    "submitted_after",
]
