"""Options of layers that name files, and where relative names count from.

A factory says which of its options are files; whoever reads the file that holds the options then
makes their names count from there, so that it means the same wherever a command runs. What a layer
is does not depend on the names: identities hold digests of what the files say.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

F = TypeVar("F", bound=Callable[..., object])

OptionPath = tuple[str | int, ...]
"""Keys of tables and indices of lists, from the options of a layer."""

_MARK: Final = "option_files"


def reads_files(*options: str) -> Callable[[F], F]:
    """Say of a factory which options name files: dotted where they stand in a table.

    An option may be one name, or a list of names.
    """

    def marked(factory: F) -> F:
        vars(factory)[_MARK] = options
        return factory

    return marked


def named_files(factory: object, options: Mapping[str, object]) -> Iterator[tuple[OptionPath, str]]:
    """Yield the files that options name, each with its place among the options.

    What has another shape than names is left for the factory to refuse.
    """
    for dotted in getattr(factory, _MARK, ()):
        keys: OptionPath = tuple(dotted.split("."))
        found = _at(options, keys)
        if isinstance(found, str) and found:
            yield keys, found
        elif isinstance(found, list | tuple):
            for index, name in enumerate(found):
                if isinstance(name, str) and name:
                    yield (*keys, index), name


def with_files(
    options: Mapping[str, object], places: Mapping[OptionPath, Path]
) -> dict[str, object]:
    """Return options with other paths in some places; the options given stay as they are."""
    changed = dict(options)
    for place, path in places.items():
        changed = _put(changed, place, str(path))
    return changed


def _at(holder: object, keys: OptionPath) -> object:
    for key in keys:
        if not isinstance(holder, Mapping):
            return None
        holder = holder.get(key)
    return holder


def _put(holder: Mapping[str, object], place: OptionPath, path: str) -> dict[str, object]:
    key, rest = str(place[0]), place[1:]
    inner = holder[key]
    if isinstance(inner, Mapping):
        return {**holder, key: _put(inner, rest, path)}
    if isinstance(inner, list | tuple):
        return {**holder, key: [path if at == rest[0] else one for at, one in enumerate(inner)]}
    return {**holder, key: path}
