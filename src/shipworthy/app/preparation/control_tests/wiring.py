"""From a file to a test: the controls and worlds that it names, built in or of plug-ins."""

from collections.abc import Mapping
from typing import Any, cast

from shipworthy.app.assessment_file.toml_positions import KeyPath
from shipworthy.app.preparation.control_tests.reading import ReadFile
from shipworthy.app.preparation.control_tests.schema import ControlSection
from shipworthy.instruments.controls import (
    CONTROLS,
    Control,
    ControlFactory,
    ControlSettings,
    ControlStack,
)
from shipworthy.instruments.worlds import PLAYBOOKS, AnyPlaybook, Playbook
from shipworthy.kernel import Diagnostic, Problem, Registry, did_you_mean
from shipworthy.records.risks.controls import ControlIdentity
from shipworthy.stages.controlling import NO_CONTROL, ControlTest

CONTROL_GROUP = "shipworthy.controls"
WORLD_GROUP = "shipworthy.worlds"


def control_kinds(registry: Registry) -> dict[str, ControlFactory]:
    """Return what makes each kind of control, built in and installed.

    Raises:
        Problem: `plugin-load` for what is no function, `plugin-duplicate` for a built-in's name.
    """
    found = dict(CONTROLS)
    for name in registry.names(CONTROL_GROUP):
        plugin = registry.find(CONTROL_GROUP, name)
        loaded = plugin.load()
        plugin.require_free(CONTROLS)
        if not callable(loaded):
            raise plugin.wrong(loaded, "a function from options to a control")
        found[name] = cast("ControlFactory", loaded)
    return found


def playbooks(registry: Registry) -> dict[str, AnyPlaybook]:
    """Return every world with those who play in it, built in and installed.

    Raises:
        Problem: `plugin-load` for what is no playbook, `plugin-duplicate` for a built-in's name.
    """
    built_in = {one.world.name: one for one in PLAYBOOKS}
    found = dict(built_in)
    for name in registry.names(WORLD_GROUP):
        plugin = registry.find(WORLD_GROUP, name)
        loaded = plugin.load()
        plugin.require_free(built_in)
        if not isinstance(loaded, Playbook) or loaded.world.name != name:
            raise plugin.wrong(loaded, f"a `Playbook` of a world named `{name}`")
        found[name] = loaded
    return found


def prepare_control_test(
    file: ReadFile, registry: Registry, seed: int | None = None, variants: int | None = None
) -> ControlTest:
    """Build everything that a file names; the first stack is always that of no control.

    Raises:
        Problem: `control-unknown` or `world-unknown` with the nearest name, and what the controls
            say of their options, each with its place.
    """
    content = file.content
    factories = control_kinds(registry)
    stacks = [NO_CONTROL]
    for index, stack in enumerate(content.stacks):
        controls = [
            _control(file, ("stacks", index, "controls", at), section, factories)
            for at, section in enumerate(stack.controls)
        ]
        with _Placed(file, ("stacks", index, "name")):
            stacks.append(ControlStack(stack.name, tuple(controls)))
    return ControlTest(
        name=content.test.name,
        seed=content.test.seed if seed is None else seed,
        variants=content.test.variants if variants is None else variants,
        alpha=content.test.alpha,
        budgets=content.test.budgets,
        playbooks=_worlds(file, playbooks(registry)),
        stacks=tuple(stacks),
        requirement=content.require,
    )


def _worlds(file: ReadFile, known: Mapping[str, AnyPlaybook]) -> tuple[AnyPlaybook, ...]:
    names = file.content.test.worlds
    for name in names:
        if name not in known:
            raise Problem.of(
                "world-unknown",
                f"no world `{name}`",
                location=file.positions.locate(("test", "worlds")),
                help=did_you_mean(name, known),
            )
    return tuple(known[name] for name in dict.fromkeys(names)) or PLAYBOOKS


def _control(
    file: ReadFile,
    path: KeyPath,
    section: ControlSection,
    factories: Mapping[str, ControlFactory],
) -> Control:
    factory = factories.get(section.kind)
    if factory is None:
        raise Problem.of(
            "control-unknown",
            f"no control `{section.kind}`",
            location=file.positions.locate((*path, "kind")),
            help=did_you_mean(section.kind, factories),
        )
    options: dict[str, Any] = dict(section.options)
    with _Placed(file, (*path, "options")):
        return _checked(section.kind, factory, options)


def _checked(kind: str, factory: ControlFactory, options: Mapping[str, Any]) -> Control:
    """Make a control and look whether it is one: that of a plug-in may be anything."""
    try:
        control = factory(options)
        _require_control(control)
    except Problem:
        raise
    except Exception as error:
        raise Problem.of(
            "control-unusable",
            f"`{kind}` cannot be made: {type(error).__name__}: {error}",
            help="it needs `settings`, `examine(view)` and `identity()`; see plugins.md",
        ) from error
    return control


def _require_control(control: Control) -> None:
    sound = isinstance(control.identity(), ControlIdentity) and callable(control.examine)
    if not (sound and isinstance(control.settings, ControlSettings)):
        raise TypeError("it is no control")


class _Placed:
    """Says where in the file the setting stands that a problem is about."""

    def __init__(self, file: ReadFile, path: KeyPath) -> None:
        self._place = file.positions.locate(path)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, Problem):
            moved = [
                Diagnostic(one.code, _named(one), self._place, one.help)
                for one in error.diagnostics
            ]
            raise Problem(moved, error.exit_code) from None


def _named(found: Diagnostic) -> str:
    return f"{found.location}: {found.message}" if found.location else found.message
