"""Tasks of Inspect, run by it under a plan of ours."""

from shipworthy.app.inspect_logs.running.conducting import RunTask, run_task

__all__ = ["RunTask", "run_task"]
