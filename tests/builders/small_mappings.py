"""Small frameworks of different publishers with mappings to the common vocabulary, for tests."""

import shutil
from pathlib import Path

_ORCHARD = Path(__file__).parent / "orchard"


def write_acorn(folder, readings=(("lenient", "enabling"),)):
    """Write Acorn with readings (name, common level at which its `high` begins)."""
    place = Path(shutil.copytree(_ORCHARD / "acorn", Path(folder) / "acorn"))
    text = (place / "mappings" / "lenient.yaml").read_text()
    (place / "mappings" / "lenient.yaml").unlink()
    for name, high in readings:
        changed = text.replace("mapping: lenient", f"mapping: {name}")
        changed = changed.replace("cyber >= enabling", f"cyber >= {high}")
        (place / "mappings" / f"{name}.yaml").write_text(changed)
    return place


def write_birch(folder):
    """Write Birch, with one reading; its seal stays its own."""
    return Path(shutil.copytree(_ORCHARD / "birch", Path(folder) / "birch"))
