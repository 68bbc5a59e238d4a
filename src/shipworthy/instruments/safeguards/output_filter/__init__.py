"""The reference output filter: leaks of confidential turns, key-like strings, tool policy."""

from shipworthy.instruments.safeguards.output_filter.layer import (
    OutputFilter,
    OutputFilterOptions,
    read_cases,
)
from shipworthy.instruments.safeguards.output_filter.leaks import find_leak
from shipworthy.instruments.safeguards.output_filter.patterns import Pattern, check_expression

__all__ = [
    "OutputFilter",
    "OutputFilterOptions",
    "Pattern",
    "check_expression",
    "find_leak",
    "read_cases",
]
