"""Scenarios: the built-in pack, a user's own packs, and data inside installed packages."""

from shipworthy.instruments.scenarios.installed import (
    InstalledPrompt,
    InstalledWrapper,
    calibration_prompts,
    jailbreak_wrappers,
)
from shipworthy.instruments.scenarios.packs import BUILT_IN, ScenarioPack, load_pack, open_pack
from shipworthy.instruments.scenarios.public_sets import PUBLIC_SETS
from shipworthy.instruments.scenarios.rows import ROW_FILES
from shipworthy.instruments.scenarios.schema import pack_schema

__all__ = [
    "BUILT_IN",
    "PUBLIC_SETS",
    "ROW_FILES",
    "InstalledPrompt",
    "InstalledWrapper",
    "ScenarioPack",
    "calibration_prompts",
    "jailbreak_wrappers",
    "load_pack",
    "open_pack",
    "pack_schema",
]
