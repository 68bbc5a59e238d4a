"""Step 17: what was said of the deployment, and what it leaves of the decision."""

from shipworthy_verify.live.checking import check_live
from shipworthy_verify.live.shown import live_claims, standing_faults, uncounted
from shipworthy_verify.live.standing import lowered, until, why

__all__ = ["check_live", "live_claims", "lowered", "standing_faults", "uncounted", "until", "why"]
