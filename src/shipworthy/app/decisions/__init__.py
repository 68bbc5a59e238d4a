"""Decisions: drafted from the evidence, signed by people, lowered by what deployment shows."""

from shipworthy.app.decisions.drafting import (
    Counted,
    Drafted,
    attest_draft,
    count_findings,
    current_draft,
    draft,
    draft_on_disk,
    live_terms,
)
from shipworthy.app.decisions.elsewhere import elsewhere_of
from shipworthy.app.decisions.signing import (
    RULING_EXIT,
    Signature,
    SignedOff,
    collect_live,
    collect_sign_offs,
    role_keys,
    sign_draft,
    standing,
    standing_under,
)

__all__ = [
    "RULING_EXIT",
    "Counted",
    "Drafted",
    "Signature",
    "SignedOff",
    "attest_draft",
    "collect_live",
    "collect_sign_offs",
    "count_findings",
    "current_draft",
    "draft",
    "draft_on_disk",
    "elsewhere_of",
    "live_terms",
    "role_keys",
    "sign_draft",
    "standing",
    "standing_under",
]
