"""A framework that uses every layer of the language, for tests of reading and printing."""

from pathlib import Path

FULL = (Path(__file__).parent / "full_framework.yaml").read_text()
