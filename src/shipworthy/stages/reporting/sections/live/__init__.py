"""Section `live`: what became of the decision in deployment."""

from shipworthy.stages.reporting.sections.live.section import STANDING_ROW, build, live_notice

__all__ = ["STANDING_ROW", "build", "live_notice"]
