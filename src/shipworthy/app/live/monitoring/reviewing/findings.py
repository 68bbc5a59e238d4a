"""What the answers of a review say: the prevalence, the layers against people, the readers."""

from dataclasses import dataclass

from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.reviewing.work import ReviewWork, open_review
from shipworthy.records.live.alarms import AcceptedBand, BandFinding
from shipworthy.records.live.prevalence import LiveCardCounts, PrevalenceFinding
from shipworthy.stages.monitoring import judge_band, live_card, prevalence_finding


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """Where a review stands. Without a draw there is neither finding nor card."""

    domain: str
    draws: int
    waiting: int
    finding: PrevalenceFinding | None
    card: LiveCardCounts | None


def review_standing(monitor: Monitor, work: ReviewWork, alpha: float) -> ReviewStanding:
    """Work out what the answers say so far; what nobody answered counts against us."""
    draws, answers = work.folder.draws(), work.answers()
    if not draws:
        return ReviewStanding(work.section.domain, 0, 0, None, None)
    judge = f"stack {monitor.engine.digest}"
    return ReviewStanding(
        domain=work.section.domain,
        draws=len(draws),
        waiting=sum(work.waiting().values()),
        finding=prevalence_finding(draws, answers, alpha),
        card=live_card(judge, draws, answers, work.section.seed, alpha),
    )


def prevalence_band(monitor: Monitor, band: AcceptedBand, alpha: float) -> BandFinding | None:
    """Judge a band of a prevalence by the review of its domain; nothing where nothing was drawn."""
    domain = band.metric.split(".")[1]
    if domain not in {one.domain for one in monitor.file.document.review}:
        return None
    found = review_standing(monitor, open_review(monitor, domain), alpha).finding
    if found is None:
        return None
    return BandFinding(
        band=band,
        place=judge_band(found, band),
        lower=found.lower_readers,
        upper=found.upper_readers,
        alpha=found.alpha,
        requests=found.items,
        from_ms=found.from_ms,
        until_ms=found.until_ms,
    )
