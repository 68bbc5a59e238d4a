"""What laws and codes ask for, and what of Shipworthy answers each item."""

from shipworthy.frameworks.obligations.catalogue import (
    Obligation,
    ObligationCatalogue,
    absent_parts,
    catalogue_ids,
    load_catalogue,
    read_catalogue,
)
from shipworthy.frameworks.obligations.clocks import (
    ClockState,
    LegalClock,
    RunningClock,
    running,
)

__all__ = [
    "ClockState",
    "LegalClock",
    "Obligation",
    "ObligationCatalogue",
    "RunningClock",
    "absent_parts",
    "catalogue_ids",
    "load_catalogue",
    "read_catalogue",
    "running",
]
