"""Mapping: which threat scenarios matter for this deployment, and what speaks to each."""

from shipworthy.stages.mapping.riskmap import KnownEvidence, MappingTerms, map_risks

__all__ = ["KnownEvidence", "MappingTerms", "map_risks"]
