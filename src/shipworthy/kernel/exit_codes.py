"""The exit codes of every command: one table, stable, part of the interface."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """What a command's exit status says."""

    YES = 0
    NO = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTEGRITY = 4
    ENVIRONMENT = 5
    INTERNAL = 70
    INTERRUPTED = 130


MEANING: Final = {
    ExitCode.YES: "kept, go, verified; or the command did what was asked",
    ExitCode.NO: "broken or no-go",
    ExitCode.USAGE: "bad input, or a plug-in that failed to load: nothing was assessed",
    ExitCode.INCONCLUSIVE: "evidence missing, expired or too thin; or a sign-off is outstanding",
    ExitCode.INTEGRITY: "a digest, signature, log or derivation does not verify",
    ExitCode.ENVIRONMENT: "target unreachable or budget spent: partial work saved, resume printed",
    ExitCode.INTERNAL: "a defect in Shipworthy: partial work saved",
    ExitCode.INTERRUPTED: "interrupted: partial work saved, resume printed",
}

# When several apply, the first of this order is returned: tampering outranks everything.
PRECEDENCE: Final = (
    ExitCode.INTEGRITY,
    ExitCode.USAGE,
    ExitCode.INTERNAL,
    ExitCode.INTERRUPTED,
    ExitCode.ENVIRONMENT,
    ExitCode.NO,
    ExitCode.INCONCLUSIVE,
    ExitCode.YES,
)


def worst_exit(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the code that takes precedence; no codes at all is inconclusive, never a yes."""
    found = set(codes)
    return next((code for code in PRECEDENCE if code in found), ExitCode.INCONCLUSIVE)
