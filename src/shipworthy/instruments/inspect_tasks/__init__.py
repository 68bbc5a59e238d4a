"""Tasks of Inspect (UK AISI), run by it under a plan of ours: see `spec/inspect.md`, 6.

Inspect is asked for when a task is loaded, and by no import of a module of this folder.
"""

from shipworthy.instruments.inspect_tasks.guarding import LayerRecord
from shipworthy.instruments.inspect_tasks.loading import (
    LoadedTask,
    TaskSample,
    load_task,
    scorer_named,
)
from shipworthy.instruments.inspect_tasks.outcomes import Ended, SampleVerdict, judged
from shipworthy.instruments.inspect_tasks.running import (
    Part,
    PartEnd,
    Script,
    Workplace,
    check_models,
    run_part,
)
from shipworthy.instruments.inspect_tasks.settings import (
    Accomplice,
    InspectOptions,
    read_options,
)

__all__ = [
    "Accomplice",
    "Ended",
    "InspectOptions",
    "LayerRecord",
    "LoadedTask",
    "Part",
    "PartEnd",
    "SampleVerdict",
    "Script",
    "TaskSample",
    "Workplace",
    "check_models",
    "judged",
    "load_task",
    "read_options",
    "run_part",
    "scorer_named",
]
