"""Training: a job with labels, settings, runs, checkpoints and an evaluation."""

from shipworthy.instruments.worlds.training.briefs import TRAINING_SETTING
from shipworthy.instruments.worlds.training.play import TRAINING_PLAYBOOK

__all__ = ["TRAINING_PLAYBOOK", "TRAINING_SETTING"]
