"""What packages on this machine bring: attacks, packs and factories, by the name they register.

A name that a built-in has is refused: which of the two was meant could not be told from a plan.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, cast

from shipworthy.instruments.attacks import ATTACKS, Attack
from shipworthy.instruments.scenarios import BUILT_IN, PUBLIC_SETS, ROW_FILES
from shipworthy.kernel import Plugin, Problem, Registry, did_you_mean

_ATTACKS: Final = "shipworthy.attacks"
_PACKS: Final = "shipworthy.scenarios"


def installed_attacks(registry: Registry) -> dict[str, Attack]:
    """Load the attacks of plug-ins, by name.

    Raises:
        Problem: `plugin-load` for what cannot be imported or is no attack of that name,
            `plugin-duplicate` for the name of a built-in.
    """
    taken = {attack.name for attack in ATTACKS}
    return {
        name: _attack(registry.find(_ATTACKS, name), taken) for name in registry.names(_ATTACKS)
    }


def find_pack(source: str, registry: Registry, near: Path = Path()) -> str | Path:
    """Return where a pack lies: a path from `near`, in a plug-in, or a built-in name.

    What has a `/` or ends as YAML or a table does is a path; everything else is a name.

    Raises:
        Problem: `pack-missing` with the nearest name, or as `installed_attacks`.
    """
    if "/" in source or source.endswith((".yaml", ".yml", *ROW_FILES)):
        return near / source
    names = registry.names(_PACKS)
    if source not in names:
        if source not in BUILT_IN and source not in PUBLIC_SETS:
            raise Problem.of(
                "pack-missing",
                f"no scenario pack `{source}`",
                help=_help(source, near, [*BUILT_IN, *PUBLIC_SETS, *names]),
            )
        return source
    plugin = registry.find(_PACKS, source)
    plugin.require_free(BUILT_IN)
    path = plugin.load()
    if not isinstance(path, str | Path):
        raise plugin.wrong(path, "the path of a pack: a `pathlib.Path` or a text")
    return Path(path)


def load_factory(registry: Registry, group: str, kind: str) -> Callable[..., Any]:
    """Load the function with which a target or a safeguard is made.

    Raises:
        Problem: `plugin-unknown` with the nearest name, or `plugin-load`.
    """
    plugin = registry.find(group, kind)
    loaded = plugin.load()
    if not callable(loaded):
        raise plugin.wrong(loaded, "a function from options")
    return loaded


def _attack(plugin: Plugin, taken: Collection[str]) -> Attack:
    plugin.require_free(taken)
    loaded = plugin.load()
    named = getattr(loaded, "name", None) == plugin.name
    if isinstance(loaded, type) or not named or not callable(getattr(loaded, "apply", None)):
        raise plugin.wrong(loaded, f"an attack with the name `{plugin.name}`")
    return cast("Attack", loaded)


def _help(source: str, near: Path, names: list[str]) -> str:
    if (near / source).exists():
        kind = "folder" if (near / source).is_dir() else "file"
        return f"for the {kind} of that name write `./{source}`"
    return f"a path has a `/` or ends in `.yaml`; {did_you_mean(source, names)}"
