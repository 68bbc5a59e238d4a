"""What a person can set, as pages: the assessment file, targets and safeguards."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from shipworthy.app.reference.markdown import code, page, table
from shipworthy.app.reference.settings import nested, settings
from shipworthy.instruments.inspect_tasks import Accomplice, InspectOptions
from shipworthy.instruments.safeguards.input_filter import InputFilterOptions
from shipworthy.instruments.safeguards.output_filter import OutputFilterOptions
from shipworthy.instruments.safeguards.screening.experts import ClassifierOptions, JudgeOptions
from shipworthy.instruments.safeguards.screening.options import ProbeOptions, ScreenOptions
from shipworthy.instruments.safeguards.screening.probe import Promise
from shipworthy.instruments.safeguards.screening.rules import Rule
from shipworthy.instruments.safeguards.system_prompt import SystemPromptOptions
from shipworthy.instruments.safeguards.third_party import GuardianOptions
from shipworthy.instruments.targets import LocalOptions, OpenAIOptions, PlantedOptions
from shipworthy.records import (
    Assessment,
    AssessmentHeader,
    CampaignSection,
    Fact,
    ReadingSection,
    RoleSection,
    SafeguardSection,
    SubjectSection,
)
from shipworthy.records.live.asking import ConfirmationSection
from shipworthy.records.live.deployments import (
    AccountsSection,
    Deployment,
    DeploymentHeader,
    LimitsSection,
    LogSection,
    PolicySection,
    TelemetrySection,
    UpstreamSection,
)
from shipworthy.records.live.monitors import (
    BandSection,
    ClustersSection,
    DriftSection,
    MappedFields,
    MonitorDocument,
    MonitorHeader,
    ReviewSection,
    SourceSection,
)
from shipworthy.traffic.logs.segment.options import SegmentOptions
from shipworthy.vocabulary import Sampling

TABLES: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("[assessment]", AssessmentHeader),
    ("[subject]", SubjectSection),
    ("[subject.sampling]", Sampling),
    ("[campaign]", CampaignSection),
    ("[reading]", ReadingSection),
    ("[[safeguards]]", SafeguardSection),
    ("[[facts]]", Fact),
    ("[roles.NAME]", RoleSection),
)
"""The tables of an assessment file, in the order in which people write them."""

_DEPLOYMENT: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("[deployment]", DeploymentHeader),
    ("[upstream]", UpstreamSection),
    ("[policy]", PolicySection),
    ("[limits]", LimitsSection),
    ("[accounts]", AccountsSection),
    ("[log]", LogSection),
    ("[log.options] of a segment log", SegmentOptions),
    ("[telemetry]", TelemetrySection),
    ("[confirmation]", ConfirmationSection),
    ("[[safeguards]]", SafeguardSection),
)
"""The tables of a deployment file."""

_MONITOR: Final[tuple[tuple[str, str, type[msgspec.Struct]], ...]] = (
    ("[monitor]", "What is watched, and what the whole promises.", MonitorHeader),
    ("[source]", "Where exchanges come from.", SourceSection),
    (
        "[source.mapping]",
        "Where the fields of other people's records are: dotted paths into a record.",
        MappedFields,
    ),
    ("[[bands]]", "The rate of a metric that was accepted, and what leaving it does.", BandSection),
    ("[[review]]", "Which exchanges people read, and what they are asked.", ReviewSection),
    (
        "[drift]",
        "Whether traffic still looks like that on which thresholds were set.",
        DriftSection,
    ),
    (
        "[clusters]",
        "Whether several accounts send like texts that nearly trip a detector.",
        ClustersSection,
    ),
)
"""The tables of a monitor file, each with what it is about."""

_Options = Mapping[str, tuple[type[msgspec.Struct], str]]

_TARGETS: Final[_Options] = {
    "openai": (
        OpenAIOptions,
        (
            "A model behind an endpoint that speaks the OpenAI chat dialect. An answer needs a "
            "`finish_reason` beside its message: without one nobody knows whether it was cut, and "
            "the attempt is unassessed. `usage` may be absent."
        ),
    ),
    "local": (LocalOptions, "A small model that a package brings, served on this machine."),
    "planted": (
        PlantedOptions,
        (
            "No model but a script with properties that a campaign should find, and the clean twin "
            "of all of them where none is named: to see whether a campaign finds what is there. It "
            "knows what would be a breach or right; everything else it reads from the request."
        ),
    ),
}

_SAFEGUARDS: Final[_Options] = {
    "system-prompt-policy": (
        SystemPromptOptions,
        (
            "A system turn with rules, put before the conversation. It asks the model; whatever "
            "holds is the model."
        ),
    ),
    "input-classifier": (
        InputFilterOptions,
        (
            "Withholds requests that look like attacks: a linear classifier, trained in seconds on "
            "labelled texts of an installed package."
        ),
    ),
    "svguardian": (
        GuardianOptions,
        "SecureVector Guardian, a guard made by others, read from its installed package.",
    ),
    "output-filter": (
        OutputFilterOptions,
        (
            "Withholds replies that share text with confidential turns, hold key-like strings or "
            "call a tool that is not allowed."
        ),
    ),
    "screen": (
        ScreenOptions,
        (
            "Screens whole exchanges in three stages: named rules in linear time, a linear probe "
            "whose threshold keeps a promise, and an expert for what crosses it. See "
            "[screen-traffic.md](../how-to/screen-traffic.md)."
        ),
    ),
}

_SCREEN: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("rules", Rule),
    ("probe", ProbeOptions),
    ("probe.promise", Promise),
    ("judge", JudgeOptions),
    ("classifier", ClassifierOptions),
)
"""The tables inside the options of a screen; it is the last of the safeguards."""


def assessment_page() -> str:
    """Return the page of the assessment file."""
    parts = [
        (
            "The one file that a user writes: TOML, strict. A key that is not listed here is "
            "refused, with its place and the nearest key that exists. Fractions are decimal "
            "strings. Paths are relative to the file. A schema is in "
            "[spec/formats](../../spec/formats/assessment.schema.json)."
        ),
        table(("table", "meaning"), ((code(s.name), s.meaning) for s in settings(Assessment))),
    ]
    for title, record in TABLES:
        parts += [f"## {title}", (record.__doc__ or "").partition("\n")[0], _table(record)]
    parts.append(
        "Options of targets: [targets.md](targets.md). Options of safeguards: "
        "[safeguards.md](safeguards.md)."
    )
    return page("The assessment file", *parts)


def deployment_page() -> str:
    """Return the page of the deployment file."""
    parts = [
        (
            "The one file by which `shipworthy gateway` serves, `confirm` asks and `monitor` knows "
            "what is deployed: TOML, strict. A key that is not listed here is refused, with its "
            "place and the nearest key that exists. Paths are relative to the file. A schema is in "
            "[spec/formats](../../spec/formats/deployment.schema.json)."
        ),
        table(("table", "meaning"), ((code(s.name), s.meaning) for s in settings(Deployment))),
    ]
    for title, record in _DEPLOYMENT:
        parts += [f"## {title}", (record.__doc__ or "").partition("\n")[0], _table(record)]
    parts.append("Options of safeguards: [safeguards.md](safeguards.md).")
    return page("The deployment file", *parts)


def monitor_page() -> str:
    """Return the page of the monitor file."""
    parts = [
        (
            "The file by which `shipworthy monitor` and `shipworthy review` work, beside the "
            "[deployment file](deployment-file.md) that it names: TOML, strict. A key that is not "
            "listed here is refused, with its place and the nearest key that exists. Paths are "
            "relative to the file. Rates and shares are decimal strings. How to write one: "
            "[monitor-live-traffic.md](../how-to/monitor-live-traffic.md)."
        ),
        table(("table", "meaning"), ((code(s.name), s.meaning) for s in settings(MonitorDocument))),
    ]
    for title, about, record in _MONITOR:
        parts += [f"## {title}", about, _table(record)]
    return page("The monitor file", *parts)


def target_page() -> str:
    """Return the page of targets with their options."""
    parts = [
        (
            "`target` in `[subject]` names one; its options stand in `[subject.options]`. "
            "`sampling` there replaces `[subject.sampling]` as a whole; better leave it out."
        ),
    ]
    for kind, (record, about) in _TARGETS.items():
        parts += [f"## {kind}", about, _table(record)]
        for name, inner in nested(record):
            if inner is not Sampling:
                parts += [f"### {kind}: {name}", f"In `[subject.options.{name}]`.", _table(inner)]
    parts += [
        "## always-complies, always-refuses",
        (
            "Scripted targets without options. They are what the controls of every campaign run "
            "against, and can be assessed themselves, to see what a hopeless and a mute model look "
            "like."
        ),
        *_task_options(),
    ]
    return page("Targets", *parts)


def _task_options() -> Iterator[str]:
    """Yield the options of a task of Inspect, which stand where those of a target would."""
    yield "### inspect"
    yield (
        "No target: `shipworthy run inspect` gives a task to Inspect, which reaches the model "
        "itself. See [run-an-inspect-task.md](../how-to/run-an-inspect-task.md)."
    )
    yield _table(InspectOptions)
    inside = nested(InspectOptions)
    inside.append(("accomplice", Accomplice))
    for name, inner in inside:
        yield f"### inspect: {name}"
        yield f"In `[subject.options.{name}]`."
        yield _table(inner)


def safeguard_page() -> str:
    """Return the page of safeguards with their options."""
    parts = [
        (
            "`kind` in `[[safeguards]]` names one; its options stand in `[safeguards.options]` "
            "right below. `shipworthy safeguard show KIND` builds it and shows its card: how often "
            "it caught and how often it wrongly blocked labelled texts."
        ),
        (
            "A layer that fails shows nothing about the layer that will be deployed: a trial in "
            "which one failed is unassessed, unless the attack succeeded all the same."
        ),
    ]
    for kind, (record, about) in _SAFEGUARDS.items():
        parts += [f"## {kind}", about, _table(record)]
    for name, inner in _SCREEN:
        parts += [f"### screen: {name}", f"In `safeguards.options.{name}`.", _table(inner)]
    return page("Safeguards", *parts)


def _table(record: type[msgspec.Struct]) -> str:
    return table(("key", "type", "default", "meaning"), _rows(record))


def _rows(record: type[msgspec.Struct]) -> Iterator[tuple[str, str, str, str]]:
    for one in settings(record):
        yield code(one.name), one.kind, code(one.default) or "required", one.meaning
