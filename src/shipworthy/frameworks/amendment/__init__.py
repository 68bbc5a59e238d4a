"""Changing a framework: which class a change is, who approves it, and what has to be listed."""

from shipworthy.frameworks.amendment.law import Amending, Approval, ChangeClass, amending
from shipworthy.frameworks.amendment.loosened import Loosened, Reading

__all__ = ["Amending", "Approval", "ChangeClass", "Loosened", "Reading", "amending"]
