"""OpenTelemetry over HTTP as a source: exporters send, a log keeps, the monitor reads the log."""

from shipworthy.traffic.sources.otlp.events import Event, read_export
from shipworthy.traffic.sources.otlp.exchanges import exchanges_of, is_exchange
from shipworthy.traffic.sources.otlp.receiver import Receiver
from shipworthy.traffic.sources.otlp.wire import from_wire

__all__ = ["Event", "Receiver", "exchanges_of", "from_wire", "is_exchange", "read_export"]
