"""The parts of the battery beside attacks, one module each; `parts` says how to add one."""

from shipworthy.stages.reporting.sections.battery.parts import PARTS, Part, section_gaps

__all__ = ["PARTS", "Part", "section_gaps"]
