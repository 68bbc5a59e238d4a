"""From an assessment file to a plan: picks the plug-ins that the file names."""

from shipworthy.app.preparation.designs import (
    GATE,
    Design,
    design_campaign,
    drawn_items,
    submitted_after,
)
from shipworthy.app.preparation.machine import Surroundings
from shipworthy.app.preparation.opening import address_mark, checks_by_request, opened_target

__all__ = [
    "GATE",
    "Design",
    "Surroundings",
    "address_mark",
    "checks_by_request",
    "design_campaign",
    "drawn_items",
    "opened_target",
    "submitted_after",
]
