"""Incidents: something went wrong in a deployment, and an append-only list of what followed."""

from typing import Final, Literal, get_args

from shipworthy.kernel import Digest, Record, digest_of

Severity = Literal["low", "moderate", "high", "critical"]
"""How bad it is, by what came of it and what still can; see `SEVERITIES`."""

SEVERITIES: Final[dict[Severity, str]] = {
    "low": "nobody was harmed or could have been; a safeguard did not do what was said of it",
    "moderate": "policy harm reached users; it is few, undone easily, and does not spread",
    "high": "serious harm happened to somebody, or will unless somebody acts within days",
    "critical": "death, serious injury, or harm to many or to what society depends on; or near it",
}

IncidentKind = Literal[
    "critical-infrastructure",
    "cyber-or-exfiltration",
    "death",
    "health-or-rights",
    "critical-safety",
    "safety",
    "imminent-danger",
]
"""What laws and codes ask to report; an incident may be of several kinds. See `KINDS`."""

KINDS: Final[dict[IncidentKind, str]] = {
    "critical-infrastructure": "serious disruption of what society depends on",
    "cyber-or-exfiltration": "serious breach of cyber security, or weights that got out",
    "death": "a person died",
    "health-or-rights": "serious harm to health, rights, property or environment",
    "critical-safety": "weights got out or control was lost with injury, a catastrophic risk came "
    "true, or the model deceived to get round controls",
    "safety": "a safety incident in the sense of the New York statute",
    "imminent-danger": "somebody may die or be seriously hurt any moment",
}

Report = Literal["initial", "interim", "final"]
"""Which report an authority was given."""

DetectedBy = Literal["monitor", "person"]


class Opened(Record, frozen=True, kw_only=True, tag="opened"):
    """The first event; the id of the incident is derived from it.

    Attributes:
        severity: as far as it is known at the start.
        what: what happened, in words of the person or the monitor; quotes nobody.
        metrics: ids of metrics that left their band, sorted.
        alarms: digests of the alarms that it rests on, sorted.
        evidence: digests of whatever else it rests on, sorted.
        deployment: name of the deployment.
        decision: digest of the draft under which the deployment runs; empty where none is known.
        detected_by: who or what noticed it.
        owner: the role that sees to it.
        aware_at: when those responsible became aware, RFC 3339: legal clocks start then.
    """

    severity: Severity
    what: str
    metrics: tuple[str, ...] = ()
    alarms: tuple[Digest, ...] = ()
    evidence: tuple[Digest, ...] = ()
    deployment: str
    decision: Digest
    detected_by: DetectedBy
    owner: str
    aware_at: str


class Classified(Record, frozen=True, kw_only=True, tag="classified"):
    """A person says how bad it is and of which kinds; no kinds: nothing that must be reported."""

    severity: Severity
    kinds: tuple[IncidentKind, ...]
    why: str


class Notified(Record, frozen=True, kw_only=True, tag="notified"):
    """An authority was given a report.

    Attributes:
        authority: id of a catalogue of obligations, such as `eu-gpai-code-safety`.
        report: which one.
        sent_at: when, RFC 3339.
        reference: where the report is kept, in words.
    """

    authority: str
    report: Report
    sent_at: str
    reference: str = ""


class Mitigated(Record, frozen=True, kw_only=True, tag="mitigated"):
    """What was done so that it does not go on."""

    how: str


class Closed(Record, frozen=True, kw_only=True, tag="closed"):
    """It is resolved; final reports are due from here on."""

    why: str


IncidentChange = Opened | Classified | Notified | Mitigated | Closed


class IncidentEvent(Record, frozen=True, kw_only=True):
    """One event of an incident, as it is signed.

    Attributes:
        plan: digest of the campaign's plan.
        incident: the id.
        number: 1 for the first, then one more each.
        previous: digest of the envelope of the event before; empty for the first.
        by: the person, or `monitor`.
        at: when it was said, RFC 3339.
        change: what happened.
    """

    plan: Digest
    incident: str
    number: int
    previous: Digest | Literal[""]
    by: str
    at: str
    change: IncidentChange

    @property
    def kind(self) -> str:
        """The word for the event: `opened`, `classified`, ..."""
        return str(self.change.__struct_config__.tag)


class Incident(Record, frozen=True, kw_only=True):
    """An incident as its events leave it."""

    id: str
    events: tuple[IncidentEvent, ...]

    @property
    def opened(self) -> Opened:
        """How it began."""
        first = self.events[0].change
        assert isinstance(first, Opened)
        return first

    @property
    def opened_at(self) -> str:
        """When it was opened."""
        return self.events[0].at

    @property
    def classification(self) -> Classified | None:
        """What a person last said of it; None while nobody has."""
        found = [one.change for one in self.events if isinstance(one.change, Classified)]
        return found[-1] if found else None

    @property
    def severity(self) -> Severity:
        """The severity as it was last said."""
        said = self.classification
        return said.severity if said else self.opened.severity

    @property
    def notified(self) -> tuple[Notified, ...]:
        """The reports that went out, in order."""
        return tuple(one.change for one in self.events if isinstance(one.change, Notified))

    @property
    def closed_at(self) -> str:
        """When it was closed; empty while it is open."""
        closed = [one.at for one in self.events if isinstance(one.change, Closed)]
        return closed[-1] if closed else ""


def incident_id(plan: Digest, opened: Opened) -> str:
    """Return the id that follows from what an incident is: the same twice is one incident."""
    digest = digest_of(["incident", plan, opened])
    return f"inc-{digest.removeprefix('sha256:')[:16]}"


SEVERITY_WORDS: Final[tuple[Severity, ...]] = get_args(Severity)
KIND_WORDS: Final[tuple[IncidentKind, ...]] = get_args(IncidentKind)
REPORTS: Final[tuple[Report, ...]] = get_args(Report)
