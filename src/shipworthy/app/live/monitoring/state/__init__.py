"""What a monitor knows, in one SQLite file: results and how far it has read."""

from shipworthy.app.live.monitoring.state.keeping import Looked, MonitorState, Totals

__all__ = ["Looked", "MonitorState", "Totals"]
