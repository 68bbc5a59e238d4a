"""The built-in layers as plug-ins: one function an entry point of `shipworthy.safeguards`.

A factory takes the options that a person wrote and returns a layer that is ready to screen. It
raises a `Problem`: bad options are a usage error, a missing package is an environment error with
the command that installs it, and a changed package is an integrity error. A factory whose options
name files says so with `reads_files`: relative names then count from the file that holds them.
"""

from collections.abc import Callable, Mapping

from shipworthy.instruments.safeguards.files import reads_files
from shipworthy.instruments.safeguards.options import read_options
from shipworthy.instruments.safeguards.protocol import Layer

SafeguardFactory = Callable[[Mapping[str, object]], Layer]
"""What an entry point of `shipworthy.safeguards` refers to."""


def make_system_prompt_policy(options: Mapping[str, object]) -> Layer:
    """Return the policy layer; see `SystemPromptOptions`."""
    from shipworthy.instruments.safeguards.system_prompt import (
        SystemPromptOptions,
        SystemPromptPolicy,
    )

    return SystemPromptPolicy(read_options(options, SystemPromptOptions))


def make_input_classifier(options: Mapping[str, object]) -> Layer:
    """Return the reference input filter; see `InputFilterOptions`. Trains on first use."""
    from shipworthy.instruments.safeguards.input_filter import (
        InputFilterOptions,
        build_input_filter,
    )

    return build_input_filter(read_options(options, InputFilterOptions))


def make_svguardian(options: Mapping[str, object]) -> Layer:
    """Return the third-party guard; see `GuardianOptions`."""
    from shipworthy.instruments.safeguards.third_party import (
        GuardianOptions,
        build_guardian_filter,
    )

    return build_guardian_filter(read_options(options, GuardianOptions))


def make_output_filter(options: Mapping[str, object]) -> Layer:
    """Return the reference output filter; see `OutputFilterOptions`."""
    from shipworthy.instruments.safeguards.output_filter import OutputFilter, OutputFilterOptions

    return OutputFilter(read_options(options, OutputFilterOptions))


@reads_files("rule_files", "probe.model", "classifier.model", "classifier.tokenizer")
def make_screen(options: Mapping[str, object]) -> Layer:
    """Return the screening layer; see `ScreenOptions`."""
    from shipworthy.instruments.safeguards.screening import ScreenOptions, build_screen

    return build_screen(read_options(options, ScreenOptions))
