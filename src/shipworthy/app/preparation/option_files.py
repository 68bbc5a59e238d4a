"""Files that options of layers name: found beside the file that names them, or refused there."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from shipworthy.instruments.safeguards import named_files, with_files
from shipworthy.kernel import Location, Problem, did_you_mean


class NamingFile(Protocol):
    """A file with safeguards: an assessment or a deployment."""

    def relative(self, name: str) -> Path:
        """Return the path of a file that this one names."""
        ...

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        ...

    def placed(self, *path: str | int) -> AbstractContextManager[None]:
        """Say where a setting stands that a problem is about."""
        ...


def found_options(
    file: NamingFile, index: int, factory: object, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options of a safeguard with the paths of its files, which are there.

    Raises:
        Problem: `safeguard-file` with the place of each name that leads to no file, and the
            nearest name beside it.
    """
    paths = {place: (name, file.relative(name)) for place, name in named_files(factory, options)}
    missing = [
        Problem.of(
            "safeguard-file",
            f"`{_dotted(place)}` names `{name}`, and `{path}` is no file",
            location=file.locate("safeguards", index, "options", *place),
            help=_nearest(path),
        ).diagnostics[0]
        for place, (name, path) in paths.items()
        if not path.is_file()
    ]
    if missing:
        raise Problem(missing)
    return with_files(options, {place: path for place, (_, path) in paths.items()})


def _dotted(place: tuple[str | int, ...]) -> str:
    words = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(words).removeprefix(".")


def _nearest(path: Path) -> str:
    """Return the nearest name where the file should be; that is beside the file that names it."""
    rule = "names count from the folder of the file that they stand in"
    try:
        beside = sorted(entry.name for entry in os.scandir(path.parent) if entry.is_file())
    except OSError:
        return rule
    near = did_you_mean(path.name, beside)
    return f"{near} {rule}" if near.startswith("did you mean") else rule
