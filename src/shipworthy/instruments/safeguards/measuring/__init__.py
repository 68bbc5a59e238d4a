"""What cards are made of: labelled texts, detection rates, and a cache of measurements."""

from shipworthy.instruments.safeguards.measuring.cache import cache_directory, cached, encoded
from shipworthy.instruments.safeguards.measuring.detection import (
    Detection,
    card_entries,
    measure_detection,
)
from shipworthy.instruments.safeguards.measuring.labelled_texts import (
    FILES,
    TEST,
    TRAIN,
    VALIDATION,
    LabelledSet,
    LabelledText,
    known_texts,
    normal_form,
    read_authored_texts,
    read_multilingual_attacks,
    read_table,
)
from shipworthy.instruments.safeguards.measuring.packages import (
    checked_file,
    installed_version,
    package_root,
)

__all__ = [
    "FILES",
    "TEST",
    "TRAIN",
    "VALIDATION",
    "Detection",
    "LabelledSet",
    "LabelledText",
    "cache_directory",
    "cached",
    "card_entries",
    "checked_file",
    "encoded",
    "installed_version",
    "known_texts",
    "measure_detection",
    "normal_form",
    "package_root",
    "read_authored_texts",
    "read_multilingual_attacks",
    "read_table",
]
