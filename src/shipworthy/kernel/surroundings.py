"""What the use cases may use of the machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.kernel.clock import Clock
from shipworthy.kernel.plugins import Registry


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Plug-ins, environment variables and the time."""

    registry: Registry
    environment: Mapping[str, str]
    clock: Clock
