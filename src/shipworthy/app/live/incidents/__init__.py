"""Incidents, re-openings and other statements about a deployment, each signed and logged."""

from shipworthy.app.live.incidents.finding import (
    FoundIncident,
    find_incident,
    incidents_of,
    project_campaigns,
)
from shipworthy.app.live.incidents.recording import (
    change_incident,
    check_moment,
    checked_digests,
    log_confirmation,
    log_monitoring,
    open_incident,
)
from shipworthy.app.live.incidents.reopening import ReopenTerms, reopen_decision, said_by_person

__all__ = [
    "FoundIncident",
    "ReopenTerms",
    "change_incident",
    "check_moment",
    "checked_digests",
    "find_incident",
    "incidents_of",
    "log_confirmation",
    "log_monitoring",
    "open_incident",
    "project_campaigns",
    "reopen_decision",
    "said_by_person",
]
