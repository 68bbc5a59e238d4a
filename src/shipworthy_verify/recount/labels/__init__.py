"""What people read of the judge's work, and what follows for a finding (spec/bundle.md, 8)."""

from shipworthy_verify.recount.labels.checking import check_labels, labels_of
from shipworthy_verify.recount.labels.counting import StratumCounts, read_strata
from shipworthy_verify.recount.labels.drawing import queue_records
from shipworthy_verify.recount.labels.plans import Declared, read_declared

__all__ = [
    "Declared",
    "StratumCounts",
    "check_labels",
    "labels_of",
    "queue_records",
    "read_declared",
    "read_strata",
]
