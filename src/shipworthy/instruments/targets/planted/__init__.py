"""Scripted models with planted properties: what tests of a model have to find."""

from shipworthy.instruments.targets.planted.behaviour import PlantedModel
from shipworthy.instruments.targets.planted.opening import ENDPOINT, open_planted
from shipworthy.instruments.targets.planted.options import PLANTS, Plant, PlantedOptions

__all__ = ["ENDPOINT", "PLANTS", "Plant", "PlantedModel", "PlantedOptions", "open_planted"]
