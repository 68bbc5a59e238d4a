"""Where frameworks are found: on disk, among the built-in ones, or in an installed package."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.authoring import read_with_definitions
from shipworthy.frameworks.language.loader import FOLDER_FILES, read_framework
from shipworthy.frameworks.language.places import read_places
from shipworthy.kernel import Location, Problem, Registry, did_you_mean

GROUP: Final = "shipworthy.frameworks"
"""Entry points of this group name a folder or file (a path-like object or a text)."""


def load_framework(
    path_or_id: str | Path, registry: Registry | None = None, definitions: Path | None = None
) -> FrameworkDocument:
    """Load a framework by path, by built-in id, or by the name an installed package gives it.

    A text with a separator or a YAML suffix, and every `Path`, is a path. `definitions` is the file
    of an assessor who says when levels that the framework leaves to judgement are reached.

    Raises:
        Problem: `framework-unknown` with the nearest id, or what `read_framework` raises.
    """
    with framework_place(path_or_id, registry) as place:
        if definitions is not None:
            return read_with_definitions(place, definitions)
        return read_framework(place)


@contextmanager
def framework_place(path_or_id: str | Path, registry: Registry | None = None) -> Iterator[Path]:
    """Give the file or folder of a framework for as long as it is used.

    Raises:
        Problem: `framework-unknown` with the nearest id.
    """
    if _is_path(path_or_id):
        yield Path(path_or_id)
        return
    name = str(path_or_id)
    builtin = _builtin()
    installed = registry or Registry.installed()
    if name in builtin:
        with as_file(builtin[name]) as folder:
            yield folder
    elif name in installed.names(GROUP):
        yield _path(installed.find(GROUP, name).load(), name)
    else:
        raise Problem.of(
            "framework-unknown",
            f"no framework `{name}`",
            help=did_you_mean(name, [*builtin, *installed.names(GROUP)]) or "give a path",
        )


def framework_places(
    path_or_id: str | Path, registry: Registry | None = None
) -> dict[tuple[str, str], Location]:
    """Return where the things of a framework that loads stand: kind and id to a place.

    Raises:
        Problem: as `load_framework`.
    """
    with framework_place(path_or_id, registry) as place:
        return read_places(place)


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
