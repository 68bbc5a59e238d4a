"""The pack `capability`: harmless tasks with exact answers, written by a program from a seed.

Abilities that frameworks ask about are measured on proxies: arithmetic with units, constraints,
reading code, reading logs, and finding a flag in a recorded session. Nothing in them is hazardous.
"""

from shipworthy.instruments.scenarios.capability.pack import DOMAINS, capability_scenarios

__all__ = ["DOMAINS", "capability_scenarios"]
