"""Registration: the project's registry of submissions, campaigns in their logs, runs, canaries."""

from shipworthy.app.registration.campaigns import (
    OpenCampaign,
    locked,
    register,
    reopen,
    runner_signer,
)
from shipworthy.app.registration.canaries import (
    answer_keys,
    canary_mixer,
    count_canaries,
    keep_answer_keys,
)
from shipworthy.app.registration.incident_chains import read_incidents
from shipworthy.app.registration.live_evidence import (
    LiveStatement,
    live_entries,
    live_statements,
    log_statement,
    published_live,
    writing,
)
from shipworthy.app.registration.registry import (
    Registry,
    enter,
    held,
    read_registry,
    signed_files,
)
from shipworthy.app.registration.runs import RunRecorder
from shipworthy.app.registration.submitting import (
    check_latest,
    enlist,
    expected,
    is_enlisted,
    registered_design,
    submitted,
)
from shipworthy.app.registration.tested_controls import (
    control_files,
    keep_tested_controls,
    tested_controls,
)

__all__ = [
    "LiveStatement",
    "OpenCampaign",
    "Registry",
    "RunRecorder",
    "answer_keys",
    "canary_mixer",
    "check_latest",
    "control_files",
    "count_canaries",
    "enlist",
    "enter",
    "expected",
    "held",
    "is_enlisted",
    "keep_answer_keys",
    "keep_tested_controls",
    "live_entries",
    "live_statements",
    "locked",
    "log_statement",
    "published_live",
    "read_incidents",
    "read_registry",
    "register",
    "registered_design",
    "reopen",
    "runner_signer",
    "signed_files",
    "submitted",
    "tested_controls",
    "writing",
]
