"""Laboratory trials and field trials become a confirmation; canaries are drawn and audited."""

from shipworthy.stages.confirming.anchoring import (
    Anchor,
    audit_anchors,
    audit_outcomes,
    outcome_digests,
)
from shipworthy.stages.confirming.auditing import (
    Chain,
    WatchCounts,
    audit,
    audit_links,
    count_probes,
    detector_of,
    line_digest,
    step,
)
from shipworthy.stages.confirming.comparing import (
    DEFECT_SHARE,
    METRICS,
    NOTED,
    ComparisonTerms,
    compare,
    error_bounds,
    holm,
)
from shipworthy.stages.confirming.drawing import (
    KEY_BYTES,
    CoverMessage,
    DrawnProbe,
    draw_cover,
    draw_probe,
    key_digest,
    outcomes_root,
    pool_digest,
)
from shipworthy.stages.confirming.drift import (
    AnswerTriple,
    Configuration,
    DriftTerms,
    drift_checks,
)
from shipworthy.stages.confirming.layers import field_only, layer_agreement, refused_only
from shipworthy.stages.confirming.policy import KeptIn, Secrets, secrets_of
from shipworthy.stages.confirming.replays import Replay
from shipworthy.stages.confirming.sample_size import (
    least_scenarios,
    likely_scenarios,
    spent_alpha,
)
from shipworthy.stages.confirming.schedule import Replayed, Sending, dealt_routes, schedule
from shipworthy.stages.confirming.verdicts import Shown, verdict_of

__all__ = [
    "DEFECT_SHARE",
    "KEY_BYTES",
    "METRICS",
    "NOTED",
    "Anchor",
    "AnswerTriple",
    "Chain",
    "ComparisonTerms",
    "Configuration",
    "CoverMessage",
    "DrawnProbe",
    "DriftTerms",
    "KeptIn",
    "Replay",
    "Replayed",
    "Secrets",
    "Sending",
    "Shown",
    "WatchCounts",
    "audit",
    "audit_anchors",
    "audit_links",
    "audit_outcomes",
    "compare",
    "count_probes",
    "dealt_routes",
    "detector_of",
    "draw_cover",
    "draw_probe",
    "drift_checks",
    "error_bounds",
    "field_only",
    "holm",
    "key_digest",
    "layer_agreement",
    "least_scenarios",
    "likely_scenarios",
    "line_digest",
    "outcome_digests",
    "outcomes_root",
    "pool_digest",
    "refused_only",
    "schedule",
    "secrets_of",
    "spent_alpha",
    "step",
    "verdict_of",
]
