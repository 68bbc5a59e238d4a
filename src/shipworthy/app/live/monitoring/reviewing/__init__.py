"""People read a few exchanges, blind; their answers give the prevalence and check the layers."""

from shipworthy.app.live.monitoring.reviewing.drawing import DrawnRound, draw_for_people
from shipworthy.app.live.monitoring.reviewing.files import ReviewFolder
from shipworthy.app.live.monitoring.reviewing.findings import ReviewStanding, review_standing
from shipworthy.app.live.monitoring.reviewing.heads import keep_heads
from shipworthy.app.live.monitoring.reviewing.work import Given, ReviewWork, open_review, section_of

__all__ = [
    "DrawnRound",
    "Given",
    "ReviewFolder",
    "ReviewStanding",
    "ReviewWork",
    "draw_for_people",
    "keep_heads",
    "open_review",
    "review_standing",
    "section_of",
]
