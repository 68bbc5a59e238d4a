"""Frameworks of different publishers in common terms: vocabulary and mappings."""

from shipworthy.frameworks.common.applying import apply_mapping, own_name
from shipworthy.frameworks.common.mappings import FrameworkMapping, MappedField, read_mapping
from shipworthy.frameworks.common.shelf import choose, mappings_of
from shipworthy.frameworks.common.vocabulary import (
    CommonField,
    Vocabulary,
    common_vocabulary,
    read_vocabulary,
)

__all__ = [
    "CommonField",
    "FrameworkMapping",
    "MappedField",
    "Vocabulary",
    "apply_mapping",
    "choose",
    "common_vocabulary",
    "mappings_of",
    "own_name",
    "read_mapping",
    "read_vocabulary",
]
