"""Where frameworks are found: on disk, among the built-in ones, or in an installed package."""

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.loader import FOLDER_FILES, read_framework
from shipworthy.kernel import Problem, Registry, did_you_mean

GROUP: Final = "shipworthy.frameworks"
"""Entry points of this group name a folder or file (a path-like object or a text)."""


def load_framework(path_or_id: str | Path, registry: Registry | None = None) -> FrameworkDocument:
    """Load a framework by path, by built-in id, or by the name an installed package gives it.

    A text with a separator or a YAML suffix, and every `Path`, is a path.

    Raises:
        Problem: `framework-unknown` with the nearest id, or what `read_framework` raises.
    """
    if _is_path(path_or_id):
        return read_framework(Path(path_or_id))
    name = str(path_or_id)
    builtin = _builtin()
    if name in builtin:
        with as_file(builtin[name]) as folder:
            return read_framework(folder)
    installed = registry or Registry.installed()
    if name in installed.names(GROUP):
        return read_framework(_path(installed.find(GROUP, name).load(), name))
    raise Problem.of(
        "framework-unknown",
        f"no framework `{name}`",
        help=did_you_mean(name, [*builtin, *installed.names(GROUP)]) or "give a path",
    )


def framework_ids(registry: Registry | None = None) -> list[str]:
    """Return the ids that `load_framework` knows, sorted."""
    installed = registry or Registry.installed()
    return sorted({*_builtin(), *installed.names(GROUP)})


def _builtin() -> dict[str, Traversable]:
    library = files("shipworthy.frameworks") / "library"
    return {
        entry.name: entry
        for entry in library.iterdir()
        if entry.is_dir() and (entry / FOLDER_FILES[0]).is_file()
    }


def _is_path(given: str | Path) -> bool:
    return (
        isinstance(given, Path)
        or given.endswith((".yaml", ".yml"))
        or bool({"/", "\\"} & set(given))
    )


def _path(loaded: object, name: str) -> Path:
    if isinstance(loaded, str | Path):
        return Path(loaded)
    raise Problem.of(
        "framework-unknown",
        f"framework `{name}` is registered as {type(loaded).__name__}, not as a path",
        help="the entry point should name a `pathlib.Path` of a folder or file",
    )
