"""Frameworks of different publishers in common terms: vocabulary, mappings, matrix and pairs."""

from shipworthy.frameworks.common.applying import apply_mapping, own_name
from shipworthy.frameworks.common.mappings import FrameworkMapping, MappedField, read_mapping
from shipworthy.frameworks.common.matrix import Cell, Row, matrix
from shipworthy.frameworks.common.shelf import Participant, choose, gather, mappings_of
from shipworthy.frameworks.common.survey import Beside, OneWay, Situation, Survey, survey
from shipworthy.frameworks.common.vocabulary import (
    CommonField,
    Vocabulary,
    common_vocabulary,
    read_vocabulary,
)

__all__ = [
    "Beside",
    "Cell",
    "CommonField",
    "FrameworkMapping",
    "MappedField",
    "OneWay",
    "Participant",
    "Row",
    "Situation",
    "Survey",
    "Vocabulary",
    "apply_mapping",
    "choose",
    "common_vocabulary",
    "gather",
    "mappings_of",
    "matrix",
    "own_name",
    "read_mapping",
    "read_vocabulary",
    "survey",
]
