"""The parts of the battery in the order of the report. To add one, write a module and a line.

A part is a module of this folder with two functions:

- `build(context)` returns its `Section`, or None where the plan has nothing of it. Every number
  is a `ClaimRef` (`spec/claims.md`, `claims/` and its twin in `shipworthy_verify`), every table
  has a row, and anchors begin with the section's id.
- `gaps(context)` yields what section `limitations` has to say: that the part was not tried, or
  what it left open. A part that is not tried is a gap with a name, never silence.

Then add `Part(build=MODULE.build, gaps=MODULE.gaps)` to `PARTS`. A section that every report must
have is named in `build.SECTION_IDS` as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import Inlines, Section
from shipworthy.stages.reporting.sections.battery import (
    agents,
    balance,
    benign,
    capability,
    control_evaluation,
    trust,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the battery: its section, if the plan has any of it, and what it leaves open."""

    build: Callable[[Context], Section | None]
    gaps: Callable[[Context], Iterator[Inlines]]


PARTS: Final[tuple[Part, ...]] = (
    Part(build=benign.build, gaps=benign.gaps),
    Part(build=capability.build, gaps=capability.gaps),
    Part(build=agents.build, gaps=agents.gaps),
    Part(build=balance.build, gaps=balance.gaps),
    Part(build=trust.build, gaps=trust.gaps),
    Part(build=control_evaluation.build, gaps=control_evaluation.gaps),
)
"""They stand between the results of attacks and the controls."""


def section_gaps(context: Context) -> Iterator[Inlines]:
    """Yield what the parts leave open, for section `limitations`."""
    for part in PARTS:
        yield from part.gaps(context)
