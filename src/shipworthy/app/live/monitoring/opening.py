"""What a monitor works with: the deployment's stack, its log or another source, its own state."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shipworthy.app.live.deployment_file import DeploymentFile, read_deployment
from shipworthy.app.live.monitoring.monitor_file import MonitorFile, read_monitor_file
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.kernel import Location, Problem, Surroundings
from shipworthy.records.live import ExchangeRecord
from shipworthy.traffic.logs import LogReader, open_reader
from shipworthy.traffic.sources import (
    ColumnReader,
    Decode,
    LineReader,
    NotAnExchangeError,
    Positions,
    decode_own,
    mapped,
    named_files,
    shared_out,
)

if TYPE_CHECKING:
    from shipworthy.instruments.safeguards.engine import GuardEngine

RECEIVED: str = "received"
"""Folder, below the state, of the log that takes what OpenTelemetry exporters send."""

_COUNTING: Final = "counting"


@dataclass(frozen=True)
class Monitor:
    """A monitor file with the deployment that it is about."""

    file: MonitorFile
    deployed: DeploymentFile
    around: Surroundings

    @property
    def name(self) -> str:
        """Name of the deployment."""
        return self.deployed.deployment.deployment.name

    @property
    def length_ms(self) -> int:
        """Length of the windows."""
        return self.file.document.monitor.window_seconds * 1000

    @cached_property
    def engine(self) -> "GuardEngine":
        """The deployment's stack, built by the factories that campaigns use."""
        # Readers and answers of a review need no stack, and all that builds one takes a second.
        from shipworthy.app.live.gateway.stacks import build_stack

        return build_stack(self.deployed, self.around).engine

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
        source = self.file.document.source
        if source.mapping is not None:
            return mapped(source.mapping, self.name)
        # Exporters name a service, in their own words; records of a gateway name its deployment.
        return decode_own if source.kind == "otlp" else self._decode_ours

    def _decode_ours(self, body: bytes) -> ExchangeRecord:
        record = decode_own(body)
        if record.deployment != self.name:
            raise NotAnExchangeError(
                f"it is of the deployment `{record.deployment[:64]}`, not of `{self.name}`"
            )
        return record

    def open_state(self) -> MonitorState:
        """Open the state, and make it where there is none.

        Raises:
            Problem: `monitor-other` where it holds the counts of another monitor, of another
                deployment, or of entries that were read in another way.
        """
        state = MonitorState(self.file.state, self.length_ms)
        counting, known = self._counting(), state.read_about(_COUNTING)
        if not known:
            state.write_about(_COUNTING, msgspec.json.encode(counting).decode())
            return state
        before: dict[str, object] = msgspec.json.decode(known)
        other = [name for name, value in counting.items() if before.get(name) != value]
        if not other:
            return state
        state.close()
        raise Problem.of(
            "monitor-other",
            f"what `{self.file.state}` holds was counted with another {', '.join(other)}",
            location=Location(str(self.file.path)),
            help="give this monitor a `state` of its own in `[monitor]`, or put back what it was",
        )

    def _counting(self) -> dict[str, object]:
        """Return what says whether counts of two runs are of one kind."""
        source = self.file.document.source
        return {
            "`name` of the monitor": self.file.document.monitor.name,
            "`name` of the deployment": self.name,
            "`kind` of `[source]`": source.kind,
            "`[source.mapping]`": msgspec.to_builtins(source.mapping),
        }

    def log_options(self) -> tuple[str, dict[str, object]]:
        """Return kind and options of the log that is read, where the source is one."""
        source = self.file.document.source
        if source.kind == "otlp":
            return "segment", {"folder": str(self.file.state / RECEIVED)}
        named = self.deployed.deployment.log
        if not source.options and named.kind == source.kind:
            return source.kind, self.deployed.log_options(named)
        options: dict[str, object] = dict(source.options)
        if source.kind == "segment":
            folder = options.get("folder")
            here = self.file.relative(str(folder)) if folder else self.deployed.state / "log"
            options["folder"] = str(here)
        return source.kind, options


def open_monitor(path: Path, around: Surroundings) -> Monitor:
    """Read a monitor file and its deployment."""
    file = read_monitor_file(path)
    return Monitor(file, read_deployment(file.relative(file.document.monitor.deployment)), around)


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
