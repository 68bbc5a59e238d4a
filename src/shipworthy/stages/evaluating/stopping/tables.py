"""Tables of the designs that a campaign or its outlook asks for, each computed once."""

from functools import lru_cache

from shipworthy.statistics.sequential import (
    Boundaries,
    Certificate,
    SequentialDesign,
    boundaries,
    certificate,
)


@lru_cache(maxsize=256)
def boundaries_of(design: SequentialDesign) -> Boundaries:
    """Return where a design passes, fails or gives up; as `statistics.sequential.boundaries`."""
    return boundaries(design)


@lru_cache(maxsize=256)
def certificate_of(design: SequentialDesign) -> Certificate:
    """Return the errors of a design; as `statistics.sequential.certificate` of its own table."""
    return certificate(design, boundaries_of(design))
