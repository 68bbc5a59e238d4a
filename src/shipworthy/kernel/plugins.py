"""The plug-in registry: built-ins and strangers enter by the same door, entry points.

A plug-in that cannot be loaded is a usage error, never a log line: an assessment must not run
with fewer instruments than its author asked for.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from shipworthy.kernel.diagnostics import Problem, did_you_mean

GROUPS: Final = (
    "shipworthy.attacks",
    "shipworthy.commands",
    "shipworthy.controls",
    "shipworthy.frameworks",
    "shipworthy.judges",
    "shipworthy.report_formats",
    "shipworthy.report_sections",
    "shipworthy.safeguards",
    "shipworthy.scenarios",
    "shipworthy.signers",
    "shipworthy.stores",
    "shipworthy.targets",
    "shipworthy.worlds",
)


@dataclass(frozen=True, slots=True)
class Plugin:
    """One registered name: where it comes from, before anything is imported."""

    group: str
    name: str
    origin: str
    version: str
    entry_point: EntryPoint

    def load(self) -> object:
        """Import the plug-in.

        Raises:
            Problem: `plugin-load` when importing it fails for whatever reason.
        """
        try:
            loaded: object = self.entry_point.load()
        except Exception as error:
            raise Problem.of(
                "plugin-load",
                f"plug-in `{self.name}` of `{self.group}` ({self.origin} {self.version}) "
                f"failed to load: {type(error).__name__}: {error}",
                help=f"repair or uninstall `{self.origin}`",
            ) from error
        return loaded

    def require_free(self, taken: Collection[str]) -> None:
        """Refuse a name that a built-in has.

        Raises:
            Problem: `plugin-duplicate`.
        """
        if self.name in taken:
            raise Problem.of(
                "plugin-duplicate",
                f"`{self.name}` of `{self.group}` is built in, and registered by `{self.origin}`",
                help=f"uninstall `{self.origin}`, or let it use another name",
            )

    def wrong(self, loaded: object, wanted: str) -> Problem:
        """Return `plugin-load` for something that loads and is not what the group holds."""
        return Problem.of(
            "plugin-load",
            f"plug-in `{self.name}` of `{self.group}` ({self.origin} {self.version}) "
            f"is a `{type(loaded).__name__}`",
            help=f"the entry point should name {wanted}",
        )


class Registry:
    """What is installed, by group and name."""

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self._plugins: dict[tuple[str, str], Plugin] = {}
        for point in points:
            distribution = point.dist
            plugin = Plugin(
                group=point.group,
                name=point.name,
                origin=distribution.name if distribution else "unknown",
                version=distribution.version if distribution else "0",
                entry_point=point,
            )
            rival = self._plugins.setdefault((point.group, point.name), plugin)
            if rival is not plugin and rival.entry_point.value != point.value:
                raise Problem.of(
                    "plugin-duplicate",
                    f"`{point.name}` of `{point.group}` is registered by both "
                    f"`{rival.origin}` and `{plugin.origin}`",
                    help="uninstall one of them",
                )

    @classmethod
    def installed(cls) -> "Registry":
        """Read the entry points of the running environment."""
        return cls(point for group in GROUPS for point in entry_points(group=group))

    def names(self, group: str) -> list[str]:
        """Return the registered names of a group, sorted."""
        return sorted(name for owner, name in self._plugins if owner == group)

    def plugins(self) -> list[Plugin]:
        """Return all plug-ins, sorted by group and name."""
        return [self._plugins[key] for key in sorted(self._plugins)]

    def find(self, group: str, name: str) -> Plugin:
        """Return the plug-in of that name.

        Raises:
            Problem: `plugin-unknown` with the nearest registered name.
        """
        plugin = self._plugins.get((group, name))
        if plugin is None:
            raise Problem.of(
                "plugin-unknown",
                f"no `{name}` in `{group}`",
                help=did_you_mean(name, self.names(group)),
            )
        return plugin
