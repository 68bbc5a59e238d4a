"""What is at stake: the decision under which a deployment runs, and the bands that it accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from shipworthy.app.assessing import latest_campaign
from shipworthy.app.assessment_file import read_assessment
from shipworthy.app.decisions import Drafted, current_draft
from shipworthy.app.live.monitoring.monitor_file import MonitorFile
from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.preparation import design_campaign
from shipworthy.app.project import Project
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import Finding
from shipworthy.records.live.alarms import AcceptedBand, ReopenRule
from shipworthy.records.live.monitors import BandSection

DECLARED = "declared"
"""Source of a band that the monitor file states; the reason stands in the file."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """The bands, what leaving each of them does, and the draft that it would be done to."""

    bands: tuple[AcceptedBand, ...]
    rules: tuple[ReopenRule, ...]
    drafted: Drafted | None


def stakes_of(monitor: Monitor) -> Stakes:
    """Open the decision that the monitor names, and read the bands from it and from the file.

    Raises:
        Problem: `monitor-band` for a band that rests on a finding that no requirement of the
            decision read; `monitor-decision` where a band needs a decision and none is named; and
            what opening a decision raises.
    """
    file = monitor.file
    drafted = _drafted(monitor)
    bands = tuple(
        _band(file, index, section, drafted) for index, section in enumerate(file.document.bands)
    )
    rules = [
        ReopenRule(metric=one.metric, when=when, action=one.action)
        for one in file.document.bands
        for when in ("rise", "outside")
    ]
    silence = file.document.monitor.silence_action
    rules.append(ReopenRule(metric="*", when="silence", action=silence))
    drift, clusters = file.document.drift, file.document.clusters
    if drift:
        rules.append(ReopenRule(metric="*", when="recalibrate", action=drift.action))
    if clusters:
        rules.append(ReopenRule(metric="*", when="cluster", action=clusters.action))
    return Stakes(bands, tuple(rules), drafted)


def _drafted(monitor: Monitor) -> Drafted | None:
    header, path = monitor.file.document.monitor, monitor.file.path
    if header.assessment:
        named = path.parent / header.assessment
    elif monitor.deployed.assessment is not None:
        named = monitor.deployed.assessment
    else:
        return None
    design = design_campaign(read_assessment(named), monitor.around)
    project = Project(monitor.file.relative(header.project))
    return current_draft(*latest_campaign(design, project, monitor.around))


def _band(
    file: MonitorFile, index: int, section: BandSection, drafted: Drafted | None
) -> AcceptedBand:
    if section.limit:
        return AcceptedBand(metric=section.metric, upper=section.limit, source=DECLARED)
    place = file.locate("bands", index, "finding")
    if drafted is None:
        raise Problem.of(
            "monitor-decision",
            f"the band of `{section.metric}` is that of a decision, and no assessment is named",
            location=place,
            help='add `assessment = "assessment.toml"` to `[monitor]`, or state a `limit`',
        )
    read = {finding for one in drafted.decision.requirements for finding in one.reads}
    known: Mapping[str, Finding] = {
        one.id: one for one in drafted.findings.findings if one.id in read
    }
    finding = known.get(section.finding)
    if finding is None or finding.bounds is None:
        raise Problem.of(
            "monitor-band",
            f"no requirement of the decision read an upper bound of `{section.finding}`",
            location=place,
            help=did_you_mean(section.finding, known)
            or 'state `limit = "..."` with the `reason` why the campaign has no such figure',
        )
    upper = finding.bounds.upper_adjusted
    if not 0 < Fraction(upper) < 1:
        raise Problem.of(
            "monitor-band",
            f"the upper bound of `{section.finding}` is {upper}: it bounds nothing",
            location=place,
            help="a decision that rests on it accepted any rate; state a `limit` with its `reason`",
        )
    return AcceptedBand(metric=section.metric, upper=upper, source=section.finding)
