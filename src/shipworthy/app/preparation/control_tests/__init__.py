"""From a file that says which controls are tested to a test: picks the plug-ins that it names."""

from shipworthy.app.preparation.control_tests.bundles import replay_bundle
from shipworthy.app.preparation.control_tests.campaigns import DesignedControls, designed_controls
from shipworthy.app.preparation.control_tests.reading import BUILT_IN, ReadFile, read_control_file
from shipworthy.app.preparation.control_tests.replaying import differences, read_result
from shipworthy.app.preparation.control_tests.schema import (
    MOST_VARIANTS,
    ControlFile,
    ControlSection,
    SettingsSection,
    StackSection,
)
from shipworthy.app.preparation.control_tests.wiring import (
    control_kinds,
    playbooks,
    prepare_control_test,
)

__all__ = [
    "BUILT_IN",
    "MOST_VARIANTS",
    "ControlFile",
    "ControlSection",
    "DesignedControls",
    "ReadFile",
    "SettingsSection",
    "StackSection",
    "control_kinds",
    "designed_controls",
    "differences",
    "playbooks",
    "prepare_control_test",
    "read_control_file",
    "read_result",
    "replay_bundle",
]
