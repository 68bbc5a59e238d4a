"""Installed packages as read-only data: located without importing them, checked by digest."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from shipworthy.kernel import Digest, ExitCode, Problem, digest_file


def installed_version(distribution: str, install: str) -> str:
    """Return the version of an installed distribution.

    Raises:
        Problem: `package-missing` with the command that installs it.
    """
    try:
        return version(distribution)
    except PackageNotFoundError:
        raise _missing(distribution, install) from None


def package_root(module: str, distribution: str, install: str) -> Path:
    """Return the folder of an installed top-level package, without importing it.

    Raises:
        Problem: `package-missing` with the command that installs it.
    """
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(distribution, install)
    return Path(next(iter(spec.submodule_search_locations)))


def checked_file(root: Path, path: str, expected: Digest) -> Path:
    """Return a data file of a package after comparing it with the digest it must have.

    Raises:
        Problem: `package-file` when the file is missing or is not the expected one.
    """
    file = root / path
    found = digest_file(file) if file.is_file() else "missing"
    if found != expected:
        raise Problem.of(
            "package-file",
            f"`{root.name}/{path}` is not the file this safeguard was measured with: "
            f"expected {expected}, found {found}",
            help="reinstall the package from its published wheel",
            exit_code=ExitCode.INTEGRITY,
        )
    return file


def _missing(distribution: str, install: str) -> Problem:
    return Problem.of(
        "package-missing",
        f"this safeguard needs `{distribution}`, which is not installed",
        help=install,
        exit_code=ExitCode.ENVIRONMENT,
    )
