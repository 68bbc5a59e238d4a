"""Controlling: do the controls around an agent work, whatever a model happens to do?"""

from shipworthy.stages.controlling.episodes import assay, play
from shipworthy.stages.controlling.evaluation import ControlTest, evaluate_controls
from shipworthy.stages.controlling.planning import planned_controls
from shipworthy.stages.controlling.replay import DENIED, NO_CONTROL, Replay, replay, trace
from shipworthy.stages.controlling.summaries import Played, summarise
from shipworthy.stages.controlling.verdicts import judge

__all__ = [
    "DENIED",
    "NO_CONTROL",
    "ControlTest",
    "Played",
    "Replay",
    "assay",
    "evaluate_controls",
    "judge",
    "planned_controls",
    "play",
    "replay",
    "summarise",
    "trace",
]
