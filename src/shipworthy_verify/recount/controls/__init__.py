"""The test of the controls around a model: recounted from its episodes (spec/controls.md)."""

from shipworthy_verify.recount.controls.checking import check_controls, tested
from shipworthy_verify.recount.controls.claims import control_claims
from shipworthy_verify.recount.controls.findings import control_findings
from shipworthy_verify.recount.controls.verdicts import control_verdict_faults

__all__ = [
    "check_controls",
    "control_claims",
    "control_findings",
    "control_verdict_faults",
    "tested",
]
