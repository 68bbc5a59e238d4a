"""The page for authors of plug-ins: groups, protocols as they stand in the code, an example."""

import inspect
import re
from pathlib import Path
from typing import Final

from shipworthy.app.reference.markdown import block, code, page, table
from shipworthy.instruments.attacks import Attack
from shipworthy.instruments.controls import Control, ControlFactory, Opinion, View
from shipworthy.instruments.safeguards import Layer, SafeguardFactory
from shipworthy.instruments.targets import OpenedTarget, TargetFactory
from shipworthy.kernel import GROUPS
from shipworthy.vocabulary import Target

EXAMPLE: Final = "docs/examples/plugin"
"""A package with one plug-in of each common kind; a test installs and runs it."""

_USED: Final = {
    "shipworthy.targets": "a factory that opens a target: `TargetFactory`",
    "shipworthy.safeguards": "a function from options to a layer: `SafeguardFactory`",
    "shipworthy.scenarios": "the path of a pack: a `pathlib.Path` or a text",
    "shipworthy.attacks": "an attack: `Attack`, most simply made with `framed`",
    "shipworthy.frameworks": "the path of a framework: a `pathlib.Path` or a text",
    "shipworthy.commands": "a `click.Command`, run as `shipworthy NAME`",
    "shipworthy.controls": "a function from options to a control: `ControlFactory`",
    "shipworthy.worlds": "a `Playbook`: a simulated world with attacks and honest work",
}
_FILES: Final = ("pyproject.toml", "target.py", "safeguard.py", "attack.py", "pack.py")
_PACKAGE: Final = "shipworthy_example"


def plugin_page(root: Path) -> str:
    """Return the page; the example is read from the repository at `root`."""
    reserved = [code(group) for group in GROUPS if group not in _USED]
    parts = [
        (
            "Built-ins and strangers enter by the same door: entry points. A plug-in that cannot "
            "be imported stops the command with exit code 2; it is never skipped. `shipworthy "
            "plugin list` shows what is installed, `shipworthy plugin check` loads all of it."
        ),
        table(
            ("group", "the entry point names"),
            ((code(group), _USED[group]) for group in GROUPS if group in _USED),
        ),
        f"Reserved and read by nothing yet: {', '.join(reserved)}.",
        "## Targets",
        (
            "A target answers conversations. It never raises for what the far side does: it "
            "returns a `Failure` with a reason, which makes the trial unassessed. "
            "`shipworthy.testing.endpoint.SimulatedEndpoint` is a server that misbehaves on "
            "demand, for tests."
        ),
        block("python", "\n\n".join(map(_outline, (TargetFactory, Target, OpenedTarget)))),
        "## Safeguards",
        (
            "A layer says what it would do; Shipworthy does it, so that enforcement, errors and "
            "records are the same for every layer. It does no input or output of its own."
        ),
        block("python", f"SafeguardFactory = {_shown(SafeguardFactory)}\n\n\n{_outline(Layer)}"),
        "## Attacks",
        (
            "The same request and stream give the same turns; draw every choice from the stream. "
            "A plan registers the digest of every request before the first one is sent: a "
            "rewritten attack is tried again under a new plan, and one that writes something else "
            "each time stops the run."
        ),
        block("python", _outline(Attack)),
        *_about_controls(),
        "## Scenario packs and frameworks",
        (
            "Both are data. See [write-a-scenario-pack.md](../how-to/write-a-scenario-pack.md) and "
            "[write-a-framework.md](../how-to/write-a-framework.md)."
        ),
        "## A complete example",
        (
            f"The package [{EXAMPLE}](../examples/plugin) has a target, a safeguard, an attack and "
            "a pack. Install it with `python -m pip install ./docs/examples/plugin`."
        ),
    ]
    for name in _FILES:
        path = name if name == "pyproject.toml" else f"{_PACKAGE}/{name}"
        text = (root / EXAMPLE / path).read_text(encoding="utf-8")
        parts += [f"`{path}`", block("toml" if name.endswith("toml") else "python", text)]
    return page("Plug-ins", *parts)


def _about_controls() -> list[str]:
    outlines = "\n\n".join(map(_outline, (View, Opinion, Control)))
    return [
        "## Controls and worlds",
        (
            "A control around an agent says what it would do about a call; it sees calls and "
            "results, and neither the state of a world nor the script. It answers from the view "
            "alone: a clock, chance or a memory of its own would make a result that nobody can "
            "repeat, and the test refuses it. A complete one, and a world, stand in "
            "[test-your-controls.md](../how-to/test-your-controls.md)."
        ),
        block("python", f"ControlFactory = {_shown(ControlFactory)}\n\n\n{outlines}"),
    ]


def _outline(protocol: type) -> str:
    """Return the source of a protocol."""
    return inspect.getsource(protocol).strip() + "\n"


def _shown(alias: object) -> str:
    return re.sub(r"[a-z_]+(?:\.[a-z_]+)+\.", "", str(alias))
