"""Where the scenario pack lies."""

from pathlib import Path
from typing import Final

PACK: Final = Path(__file__).parent / "pack" / "pack.yaml"
