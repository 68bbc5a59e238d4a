"""The reference input filter: a linear classifier trained in seconds, with a measured card."""

from shipworthy.instruments.safeguards.input_filter.layer import (
    InputFilter,
    InputFilterOptions,
    build_input_filter,
)

__all__ = ["InputFilter", "InputFilterOptions", "build_input_filter"]
