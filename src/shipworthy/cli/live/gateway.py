"""`shipworthy gateway`: serve a model behind the safeguards that were tested."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.live import conform
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import project_option, surroundings
from shipworthy.kernel import Diagnostic, ExitCode, Problem

if TYPE_CHECKING:
    from shipworthy.app.live.gateway.stacks import TestedStack
    from shipworthy.records.live.deployments import PolicySection
    from shipworthy.traffic.gateway.admission import StopSwitch

_deployment = click.argument("deployment", type=click.Path(path_type=Path))


@click.group("gateway")
def command() -> None:
    """Serve a model behind the safeguards that were tested, and stop it in an emergency."""


command.add_command(conform.command)


@command.command("serve")
@_deployment
@click.option(
    "--front",
    type=click.Choice(["auto", "fast", "portable"]),
    default="auto",
    show_default=True,
    help="What takes connections; `auto` is the fast front where its packages are installed.",
)
def serve(deployment: Path, front: str) -> ExitCode:
    """Serve by the file DEPLOYMENT until a signal ends it.

    SIGTERM ends it without haste: what is in flight is finished within `drain_seconds`. SIGHUP, or
    a change of the file, builds the stack anew; where that fails, the old one goes on. Lines for
    people go to standard error and hold no content.

    Exit 0: everything in flight was finished; 5: some of it was broken off, or a log, key or
    address could not be had.
    """
    from shipworthy.app.live.deployment_file import read_deployment
    from shipworthy.app.live.gateway.opening import Inside, chosen_front, run_loop
    from shipworthy.app.live.gateway.running import serve_deployment
    from shipworthy.app.live.gateway.stacks import build_stack
    from shipworthy.traffic.gateway.keeping.times import SteadyClock

    around = surroundings()
    file = read_deployment(deployment)
    built = build_stack(file, around)
    inside = Inside(around, chosen_front(front), _say, SteadyClock())
    finished = run_loop(lambda: serve_deployment(file, built, inside), inside.front)
    return ExitCode.YES if finished else ExitCode.ENVIRONMENT


@command.command("check")
@_deployment
@project_option
@format_option
def check(deployment: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Check the file DEPLOYMENT, build its stack, and compare it with what was tested.

    What was tested is the safeguarded arm of the last campaign of the assessment that the file
    names, in the project.

    Exit 0: the stack deployed is the stack tested; 1: it is another one, or `[policy]` makes public
    what was confidential in the campaign; 3: no campaign of the assessment is there, or none is
    named, so nothing says that it was tested; or what was said in it is not here to compare.
    """
    from shipworthy.app.live.deployment_file import read_deployment
    from shipworthy.app.live.gateway.exposure import made_public
    from shipworthy.app.live.gateway.stacks import build_stack, tested_stacks
    from shipworthy.app.project import Project

    output = Output.choose(output_format)
    file = read_deployment(deployment)
    built = build_stack(file, surroundings())
    tested = next(tested_stacks(file, Project(project_dir)), None)
    layers = [layer.enforcement.name for layer in built.engine.layers]
    policy = built.deployment.policy
    lost = None if tested is None else made_public(built.deployment, tested)
    verdict = _verdict(built.engine.digest, tested, lost)
    output.show(
        {
            "deployment": built.deployment.deployment.name,
            "stack": built.engine.digest,
            "layers": layers,
            "system_turns": policy.system_turns,
            "made_public": lost,
            "tested": None if tested is None else {"plan": tested.plan, "stack": tested.stack},
            "verdict": verdict,
        },
        [
            f"{built.deployment.deployment.name}: {', '.join(layers) or _BARE}",
            f"stack    {built.engine.digest}",
            *([] if tested is None else [f"tested   {tested.stack}  (plan {tested.plan})"]),
            *_policy_lines(policy, lost),
            _SENTENCES[verdict],
        ],
    )
    return _EXITS[verdict]


@command.command("stop")
@_deployment
@click.option("--why", required=True, help="Why; it is recorded and shown to who asks for health.")
@click.option("--by", default="", help="Who stops it.")
def stop(deployment: Path, why: str, by: str) -> None:
    """Stop DEPLOYMENT at once: every path of the model answers 503 until `resume`.

    The stop is a file in the deployment's folder. A running gateway finds it within a second; one
    that is started later begins stopped. What is under way is broken off.
    """
    from shipworthy.traffic.gateway.admission import Stop

    switch, at_ms = _switch(deployment, why)
    switch.stop(Stop(why=why.strip(), at_ms=at_ms, by=by))
    click.echo(f"stopped: {switch.path}")


@command.command("resume")
@_deployment
@click.option("--why", required=True, help="Why it may serve again; it is recorded.")
@click.option("--by", default="", help="Who lets it serve again.")
def resume(deployment: Path, why: str, by: str) -> ExitCode:
    """Lift the stop of DEPLOYMENT.

    Exit 0: it was stopped and serves again; 1: it was not stopped.
    """
    from shipworthy.traffic.gateway.admission import Stop

    switch, at_ms = _switch(deployment, why)
    lifted = switch.resume(Stop(why=why.strip(), at_ms=at_ms, by=by))
    click.echo("resumed" if lifted else "it was not stopped")
    return ExitCode.YES if lifted else ExitCode.NO


def _switch(deployment: Path, why: str) -> tuple["StopSwitch", int]:
    """Return the stop file of a deployment, and the time."""
    import time

    from shipworthy.app.live.deployment_file import read_deployment
    from shipworthy.traffic.gateway.admission import StopSwitch

    if not why.strip():
        raise Problem.of("gateway-why", "nobody stops or resumes without a reason", help="--why")
    try:
        state = read_deployment(deployment).state
    except Problem as problem:
        # The old version may be serving while the file is broken: a stop must not wait for that.
        hint = "without the file: POST /-/stop to the admin address, or put a file `STOPPED`"
        note = Diagnostic("gateway-why", f"{hint} into the deployment's state folder")
        raise Problem([*problem.diagnostics, note], problem.exit_code) from None
    return StopSwitch(state), int(time.time() * 1000)


def _verdict(stack: str, tested: "TestedStack | None", lost: int | None) -> str:
    if tested is None:
        return "untested"
    if tested.stack != stack:
        return "other"
    if lost is None:
        return "unknown"
    return "less" if lost else "same"


def _policy_lines(policy: "PolicySection", lost: int | None) -> Iterator[str]:
    if policy.system_turns == "public":
        yield _PUBLIC
    elif policy.public_turns:
        yield f"turns    {len(policy.public_turns)} system turns are public by `[policy]`"
    if lost:
        yield f"         of these, {lost:,} were confidential in the campaign"
    unseen = [name for name in ("media", "unknown_parts") if getattr(policy, name) == "pass"]
    if unseen:
        yield f"unseen   {', '.join(unseen)} pass: no layer sees them, and no campaign tested that"


def _say(line: str) -> None:
    click.echo(line, err=True)


_BARE = "no layer: nothing that passes is looked at"
_PUBLIC = "turns    system turns are public by `[policy]`: no layer keeps them in, as in a campaign"
_SENTENCES = {
    "same": "the stack deployed is the stack tested",
    "other": "another stack was tested: what the campaign found does not speak for this one",
    "less": "the stack is the one tested, and `[policy]` makes public what was confidential in the "
    "campaign: what it found of leaks does not speak for this deployment",
    "unknown": "the stack is the one tested, and what was said in its campaign is not here: "
    "nothing says that `[policy]` keeps in what was confidential",
    "untested": "no campaign of its assessment is here: nothing says that this stack was tested",
}
_EXITS = {
    "same": ExitCode.YES,
    "other": ExitCode.NO,
    "less": ExitCode.NO,
    "unknown": ExitCode.INCONCLUSIVE,
    "untested": ExitCode.INCONCLUSIVE,
}
