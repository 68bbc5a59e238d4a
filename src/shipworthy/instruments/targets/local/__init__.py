"""The offline model: weights from a package, served by llama.cpp in a child process."""

from shipworthy.instruments.targets.local.opening import (
    LocalTarget,
    default_threads,
    open_local,
)
from shipworthy.instruments.targets.local.options import LocalOptions
from shipworthy.instruments.targets.local.packages import PACKAGES, ModelPackage, locate
from shipworthy.instruments.targets.local.weights import cache_folder, prepare_weights

__all__ = [
    "PACKAGES",
    "LocalOptions",
    "LocalTarget",
    "ModelPackage",
    "cache_folder",
    "default_threads",
    "locate",
    "open_local",
    "prepare_weights",
]
