"""`python -m shipworthy.app.reference [--check]`: write the generated files, or compare them.

What has no explanation yet is named: explanations are in `errors.toml`, `commands.toml` and
docstrings.
"""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click

from shipworthy.app.reference.pages import reference_files


def run(arguments: Sequence[str]) -> int:
    """Write the files below the working folder; with `--check` only say which are stale (1)."""
    root = Path.cwd()
    try:
        files = reference_files(_commands(), root)
    except ValueError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    folders = (root / "docs/reference", root / "spec/formats")
    there = {path for folder in folders for path in folder.glob("*") if path.is_file()}
    left_over = sorted(there - {root / path for path in files})
    stale = [path for path, text in files.items() if _text(root / path) != text]
    if arguments == ["--check"]:
        for name in [*stale, *(str(path.relative_to(root)) for path in left_over)]:
            sys.stderr.write(f"stale: {name}; run make golden\n")
        return 1 if stale or left_over else 0
    for path in left_over:
        path.unlink()
    for name in stale:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(files[name], encoding="utf-8")
        sys.stdout.write(f"wrote {name}\n")
    return 0


def _commands() -> click.Group:
    # The pages describe the floor above this one; they read it as data and call nothing of it.
    return cast("click.Group", importlib.import_module("shipworthy.cli.main").cli)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
