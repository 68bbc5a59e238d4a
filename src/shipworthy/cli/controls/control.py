"""`shipworthy control`: do the controls around an agent work, whatever a model happens to do?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from shipworthy.cli.output.streams import Output, format_option, note, plain
from shipworthy.kernel import ExitCode, Location, Problem, Registry, did_you_mean

if TYPE_CHECKING:
    from shipworthy.records.risks.controls import ControlEvaluation


class _Asked(TypedDict):
    """The options that change what is run or shown."""

    seed: int | None
    variants: int | None
    by: str
    to: Path | None
    against: Path | None


@click.group("control")
def command() -> None:
    """Test the controls around an agent on scripted attacks and honest work."""


@command.command("test")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Another seed than the file's.")
@click.option(
    "--variants",
    type=click.IntRange(1, 256),
    help="Another number of trajectories of each family than the file's.",
)
@click.option(
    "--by",
    type=click.Choice(["stack", "world", "family"]),
    default="stack",
    show_default=True,
    help="Show all worlds together, each world, or each attack of each world.",
)
@click.option("--to", type=click.Path(path_type=Path), help="Also write the result there, as JSON.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Compare with a result that --to wrote; a difference gives exit code 4.",
)
@format_option
def test_controls(
    file: Path | None, output_format: str | None, **asked: Unpack[_Asked]
) -> ExitCode:
    """Test stacks of controls; no model runs and nothing is carried out.

    FILE says which stacks are tested, and what one of them has to show; without it the built-in
    controls are compared. Every attack and every piece of honest work plays in its simulated world
    under every stack: what was caught before its effect, after it, and never; what honest work
    lost; and what people find who can read some of it.

    Exit 0: what is required is shown, or nothing is required; 1: it is shown not to hold; 3: too
    thin to say, or a script shows nothing even with no control in place; 4: another result than
    the one given with --against.
    """
    from shipworthy.app.preparation.control_tests import (
        BUILT_IN,
        prepare_control_test,
        read_control_file,
    )
    from shipworthy.stages.controlling import evaluate_controls

    output = Output.choose(output_format)
    read = read_control_file(file or BUILT_IN)
    test = prepare_control_test(read, Registry.installed(), asked["seed"], asked["variants"])
    evaluation = evaluate_controls(test)
    _show(evaluation, asked["by"], output)
    if asked["to"] is not None:
        asked["to"].write_text(_document(evaluation), encoding="utf-8")
    if asked["against"] is not None:
        _compare(asked["against"], evaluation)
    return _exit_code(evaluation)


@command.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@format_option
def verify_controls(bundle: Path, output_format: str | None) -> ExitCode:
    """Play the test of controls of a BUNDLE again, from its seed, and compare every episode.

    `shipworthy-verify` recounts the record of such a test and has no worlds to play it in; this
    command has. It plays with the worlds and controls that are installed here, which have to be
    those that the plan names, and looks at nothing else of the bundle.

    Exit 0: the record is what the test gives; 4: it is not, or its file was altered; 5: other
    worlds or controls are installed.
    """
    from shipworthy.app.preparation.control_tests import replay_bundle

    output = Output.choose(output_format)
    again, found = replay_bundle(bundle, Registry.installed())
    if found:
        raise _differs(bundle, found, "verify the bundle with `shipworthy-verify` as well")
    episodes = len(again.episodes)
    output.show(
        {"digest": again.digest, "episodes": episodes},
        [f"the same record: {episodes} episodes played again, {again.digest}"],
    )
    return ExitCode.YES


@command.command("list")
@format_option
def list_controls(output_format: str | None) -> None:
    """List the kinds of control, and the worlds with their attacks and honest work."""
    from shipworthy.app.preparation.control_tests import control_kinds, playbooks

    output = Output.choose(output_format)
    registry = Registry.installed()
    kinds, worlds = sorted(control_kinds(registry)), playbooks(registry)
    rows = {
        "controls": kinds,
        "worlds": [
            {
                "name": one.world.name,
                "about": one.world.about,
                "families": [
                    {"name": family.name, "role": family.role, "about": family.about}
                    for family in one.families
                ],
            }
            for one in worlds.values()
        ],
    }
    lines = [f"control  {kind}" for kind in kinds]
    for one in worlds.values():
        lines.append(f"world    {one.world.name:<19} {one.world.about}")
        lines += [f"  {family.role:<6} {family.name:<19} {family.about}" for family in one.families]
    output.show(rows, lines)


@command.command("example")
def example_file() -> None:
    """Write the file of the built-in test, to begin with."""
    from shipworthy.app.preparation.control_tests import BUILT_IN

    click.echo(BUILT_IN.read_text(encoding="utf-8"), nl=False)


@command.command("show")
@click.argument("trajectory")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=1, help="Seed of every draw.")
def show_trajectory(trajectory: str, seed: int) -> None:
    """Show the calls of a TRAJECTORY, such as `files/leak-key/3`, with no control in place."""
    from shipworthy.app.preparation.control_tests import playbooks
    from shipworthy.cli.controls.control_text import trajectory_lines
    from shipworthy.instruments.worlds import write_trajectory

    world, family, variant = _parts(trajectory)
    known = playbooks(Registry.installed())
    playbook = known.get(world)
    families = {} if playbook is None else {one.name: one for one in playbook.families}
    if playbook is None or family not in families:
        names = known if playbook is None else families
        raise Problem.of(
            "trajectory-unknown",
            f"no trajectory `{trajectory}`",
            help=did_you_mean(world if playbook is None else family, names),
        )
    written = write_trajectory(playbook, families[family], variant, seed)
    for line in trajectory_lines(playbook, written):
        click.echo(plain(line))


def _parts(trajectory: str) -> tuple[str, str, int]:
    world, _, rest = trajectory.partition("/")
    family, _, variant = rest.partition("/")
    if not (variant or "0").isdigit() or len(variant) > 4:
        raise Problem.of(
            "trajectory-unknown",
            f"no variant `{variant}`",
            help="a trajectory is named as in `files/leak-key/3`",
        )
    return world, family, int(variant or "0")


def _show(evaluation: "ControlEvaluation", by: str, output: Output) -> None:
    if output.format == "json":
        output.line(_document(evaluation).rstrip("\n"))
        return
    from shipworthy.cli.controls.control_text import evaluation_lines

    for line in evaluation_lines(evaluation, by, output):
        output.line(line)


def _document(evaluation: "ControlEvaluation") -> str:
    """Return the result as JSON, the same bytes in a file and on the terminal."""
    import json

    import msgspec

    body = {"digest": evaluation.digest, "evaluation": msgspec.to_builtins(evaluation)}
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _compare(given: Path, evaluation: "ControlEvaluation") -> None:
    from shipworthy.app.preparation.control_tests import differences, read_result

    found = list(differences(read_result(given), evaluation))
    if found:
        advice = "take the file, seed, variants and plug-ins that it was made with"
        raise _differs(given, found, advice)
    note(f"{given}: the same result")


def _differs(given: Path, found: Sequence[str], advice: str) -> Problem:
    return Problem.of(
        "control-result-differs",
        f"another result than the test gives now: {'; '.join(found)}",
        location=Location(str(given)),
        help=advice,
        exit_code=ExitCode.INTEGRITY,
    )


def _exit_code(evaluation: "ControlEvaluation") -> ExitCode:
    from shipworthy.vocabulary import Verdict

    if evaluation.verdict is None:
        return ExitCode.INCONCLUSIVE if evaluation.faults else ExitCode.YES
    match evaluation.verdict.verdict:
        case Verdict.KEPT:
            return ExitCode.YES
        case Verdict.BROKEN:
            return ExitCode.NO
        case Verdict.INCONCLUSIVE:
            return ExitCode.INCONCLUSIVE
