"""What laws and codes ask for, and what of Shipworthy answers each item."""

from shipworthy.frameworks.obligations.catalogue import (
    Obligation,
    ObligationCatalogue,
    absent_parts,
    catalogue_ids,
    load_catalogue,
    read_catalogue,
)

__all__ = [
    "Obligation",
    "ObligationCatalogue",
    "absent_parts",
    "catalogue_ids",
    "load_catalogue",
    "read_catalogue",
]
