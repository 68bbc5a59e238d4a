"""What a monitor works with: the deployment's stack, its log or another source, its own state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from shipworthy.app.live.confirming.deployed import Deployed, read_deployed
from shipworthy.app.live.monitoring.monitor_file import MonitorFile, read_monitor_file
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.preparation import Surroundings
from shipworthy.app.preparation.installed import load_factory
from shipworthy.instruments.safeguards import Layer, SafeguardFactory
from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.kernel import Location, Problem
from shipworthy.traffic.logs import LogReader, open_reader
from shipworthy.traffic.sources import (
    ColumnReader,
    Decode,
    LineReader,
    Positions,
    decode_own,
    mapped,
    named_files,
    shared_out,
)

RECEIVED: str = "received"
"""Folder, below the state, of the log that takes what OpenTelemetry exporters send."""


@dataclass(frozen=True)
class Monitor:
    """A monitor file with the deployment that it is about."""

    file: MonitorFile
    deployed: Deployed
    around: Surroundings

    @property
    def name(self) -> str:
        """Name of the deployment."""
        return self.deployed.header.name

    @property
    def length_ms(self) -> int:
        """Length of the windows."""
        return self.file.document.monitor.window_seconds * 1000

    @cached_property
    def engine(self) -> GuardEngine:
        """The deployment's stack, built by the factories that campaigns use."""
        return GuardEngine(_layers(self.deployed, self.around))

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that are counted: the stack's, and that of a mapped guard."""
        names = [layer.enforcement.name for layer in self.engine.layers]
        mapping = self.file.document.source.mapping
        if mapping and (mapping.flagged or mapping.withheld) and mapping.layer not in names:
            names.append(mapping.layer)
        return tuple(names)

    @property
    def decode(self) -> Decode:
        """What reads the entries of the source."""
        mapping = self.file.document.source.mapping
        return decode_own if mapping is None else mapped(mapping, self.name)

    def open_state(self) -> MonitorState:
        """Open the state, and make it where there is none."""
        return MonitorState(self.file.state, self.length_ms)

    def log_options(self) -> tuple[str, dict[str, object]]:
        """Return kind and options of the log that is read, where the source is one."""
        source = self.file.document.source
        if source.kind == "otlp":
            return "segment", {"folder": str(self.file.state / RECEIVED)}
        options: dict[str, object] = dict(source.options)
        named = self.deployed.deployment.log
        if not options and named.kind == source.kind:
            options = dict(named.options)
        if source.kind == "segment":
            default = str(self.deployed.state / "log")
            base = self.file.path.parent if source.options else self.deployed.path.parent
            folder = options.get("folder")
            options["folder"] = str(base / str(folder)) if folder else default
        return source.kind, options


def open_monitor(path: Path, around: Surroundings) -> Monitor:
    """Read a monitor file and its deployment."""
    file = read_monitor_file(path)
    return Monitor(file, read_deployed(file.relative(file.document.monitor.deployment)), around)


async def open_source(monitor: Monitor, group: str, member: int = 0, members: int = 1) -> LogReader:
    """Open the source as one of several readers who share it; `group` remembers what was read."""
    source = monitor.file.document.source
    if source.kind in {"jsonl", "parquet"}:
        files = shared_out(_files(monitor), member, members)
        positions = Positions(monitor.file.state / "positions" / group)
        if source.kind == "jsonl":
            return LineReader(files, positions)
        return ColumnReader(files, positions)
    kind, options = monitor.log_options()
    return await open_reader(kind, _reading(kind, options), group)


def place_of(monitor: Monitor, partition: int, offset: int) -> Location:
    """Return where an entry lies: file and line, or the log with partition and offset."""
    source = monitor.file.document.source
    if source.kind in {"jsonl", "parquet"}:
        path = _files(monitor).get(partition)
        if path is None:
            return Location(f"partition {partition}, offset {offset}")
        if source.kind == "jsonl":
            from shipworthy.traffic.sources.lines import line_at

            return line_at(path, offset)
        return Location(str(path), offset + 1)
    _, options = monitor.log_options()
    named = options.get("folder") or options.get("subject") or options.get("topic") or source.kind
    return Location(f"{named}, partition {partition}, offset {offset}")


def _files(monitor: Monitor) -> dict[int, Path]:
    return named_files(monitor.file.path.parent, monitor.file.document.source.paths)


def _reading(kind: str, options: Mapping[str, object]) -> dict[str, object]:
    """Leave out what only writers need to know of a segment log."""
    return {"folder": options["folder"]} if kind == "segment" else dict(options)


def _layers(deployed: Deployed, around: Surroundings) -> tuple[Layer, ...]:
    """Build the deployment's safeguards, outermost first; its assessment's where it names none."""
    from shipworthy.app.assessment_file import read_assessment
    from shipworthy.app.preparation.loading import named_layers

    sections = deployed.deployment.safeguards
    if not sections and deployed.header.assessment:
        return named_layers(
            read_assessment(deployed.path.parent / deployed.header.assessment), around
        )
    layers: list[Layer] = []
    for index, section in enumerate(sections):
        try:
            factory: SafeguardFactory = load_factory(
                around.registry, "shipworthy.safeguards", section.kind
            )
            named = {"name": section.name} if section.name else {}
            layers.append(factory({**section.options, **named}))
        except Problem as problem:
            place = deployed.locate("safeguards", index)
            raise Problem(
                [replace(found, location=place) for found in problem.diagnostics], problem.exit_code
            ) from None
    return tuple(layers)
