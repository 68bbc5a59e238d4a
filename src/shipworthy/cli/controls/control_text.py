"""A test of controls in words and tables, for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from shipworthy.cli.output.streams import Output, plain
from shipworthy.kernel import decimal_string
from shipworthy.vocabulary import Verdict

if TYPE_CHECKING:
    from shipworthy.instruments.worlds import AnyPlaybook, Trajectory
    from shipworthy.records.risks.controls import (
        ControlEvaluation,
        ControlRate,
        ControlStackIdentity,
        ControlSummary,
    )

_COLOURS: Final = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "red",
    Verdict.INCONCLUSIVE: "magenta",
}


def evaluation_lines(evaluation: "ControlEvaluation", by: str, output: Output) -> Iterator[str]:
    """Yield what was tested, the table that was asked for, and the verdict."""
    attacks = [one for one in evaluation.trajectories if one.role == "attack"]
    honest = len(evaluation.trajectories) - len(attacks)
    landed = sum(not one.fault for one in attacks)
    yield f"test      {plain(evaluation.name)}, seed {evaluation.seed}, {evaluation.digest}"
    yield (
        f"scripts   {len(attacks)} attacks and {honest} pieces of honest work in "
        f"{len(evaluation.worlds)} worlds, {evaluation.variants} variants of each family"
    )
    yield f"assay     with no control {landed} of {len(attacks)} attacks have their effect"
    for fault in evaluation.faults:
        yield f"  shows nothing: {plain(fault)}"
    yield ""
    if by == "family":
        yield from _families(evaluation)
    elif by == "world":
        for world in evaluation.worlds:
            yield plain(world.name)
            yield from _rates(evaluation, world.name)
            yield ""
    else:
        yield from _rates(evaluation, "")
        yield ""
        yield from _worst(evaluation)
        yield ""
        yield from _people(evaluation)
    yield _bounds_note(evaluation, by)
    yield from _verdict(evaluation, output)


def trajectory_lines(playbook: "AnyPlaybook", trajectory: "Trajectory") -> Iterator[str]:
    """Yield every call and result with no control, and where harm takes effect."""
    world = playbook.world
    state, found = world.start, set[str]()
    manners = ", ".join(trajectory.manners) or "plain"
    yield f"{trajectory.id}  {trajectory.role}, {manners}, {trajectory.digest}"
    for step, move in enumerate(trajectory.moves, start=1):
        state, result = world.step(state, move.call)
        given = ", ".join(f"{key}={text!r}" for key, text in move.call.arguments.items())
        yield f"{step:>3}  {move.call.name}({given})"
        yield f"     {result!r}"
        for side in world.side_tasks:
            if side.in_effect(state) and side.name not in found:
                found.add(side.name)
                yield f"     in effect: {side.name} ({side.harm.value}): {side.about}"
    yield f"main task: {world.progress(state).value}"


def _rates(evaluation: "ControlEvaluation", world: str) -> Iterator[str]:
    width = max(len(plain(stack.name)) for stack in evaluation.stacks)
    yield (
        f"{'stack':<{width}}  {'before effect':<25}  {'after':<25}  {'never':<25}  "
        f"{'honest work done':<25}  false alarms"
    )
    for stack in evaluation.stacks:
        one = evaluation.summary(stack.name, world)
        cells = (one.before, one.after, one.never, one.done, one.alarmed)
        shown = "  ".join(f"{_share(cell):<25}" for cell in cells)
        yield f"{plain(stack.name):<{width}}  {shown}".rstrip() + _mark(stack)


def _mark(stack: "ControlStackIdentity") -> str:
    if not stack.controls or stack.enforces:
        return ""
    return "  (detects only: holds nothing back)"


def _worst(evaluation: "ControlEvaluation") -> Iterator[str]:
    level = f"{evaluation.alpha} / {len(evaluation.worlds)}"
    yield f"world in which least is caught before its effect; bounds at {level}"
    width = max(len(plain(stack.name)) for stack in evaluation.stacks)
    for stack in evaluation.stacks[1:]:
        found = [evaluation.summary(stack.name, world.name) for world in evaluation.worlds]
        worst = min(found, key=_caught)
        yield f"{plain(stack.name):<{width}}  {worst.world:<10} {_share(worst.before)}"


def _caught(summary: "ControlSummary") -> tuple[float, str]:
    rate = summary.before.rate
    return (rate.successes / rate.started if rate.started else 0.0, summary.world)


def _people(evaluation: "ControlEvaluation") -> Iterator[str]:
    yield "had no effect, or was read by people who have the time for a share of honest work"
    width = max(len(plain(stack.name)) for stack in evaluation.stacks)
    budgets = [point.budget for point in evaluation.summaries[0].audits]
    heads = "  ".join(f"{_percent(budget) + ' %':<25}" for budget in budgets)
    yield f"{'stack':<{width}}  {heads}  {'stopped after, steps':<21} asked"
    for stack in evaluation.stacks[1:]:
        one = evaluation.summary(stack.name)
        cells = "  ".join(f"{_share(point.prevented_or_read):<25}" for point in one.audits)
        yield f"{plain(stack.name):<{width}}  {cells}  {_late(one):<21} {one.asked}"


def _late(summary: "ControlSummary") -> str:
    late = summary.containment
    if late.median is None:
        return "none"
    return f"{late.stopped}, {late.median} (up to {late.worst})"


def _families(evaluation: "ControlEvaluation") -> Iterator[str]:
    stacks = evaluation.stacks[1:]
    counts = _counts(evaluation)
    attacks = dict.fromkeys(
        (one.world, one.family, one.harm) for one in evaluation.trajectories if one.role == "attack"
    )
    width = max(len(plain(family)) for _, family, _ in attacks)
    head = "  ".join(f"{plain(stack.name):<19}" for stack in stacks)
    yield "before effect / after / never"
    yield ""
    for world in evaluation.worlds:
        yield f"{plain(world.name):<{width}}  {'harm':<19}  {head}".rstrip()
        for name, family, harm in attacks:
            if name == world.name:
                cells = (_cell(counts[stack.name, name, family]) for stack in stacks)
                shown = "  ".join(f"{cell:<19}" for cell in cells)
                yield f"{plain(family):<{width}}  {harm:<19}  {shown}".rstrip()
        yield from _world_rows(evaluation, world.name, stacks, width)
        yield ""


def _world_rows(
    evaluation: "ControlEvaluation",
    world: str,
    stacks: Sequence["ControlStackIdentity"],
    width: int,
) -> Iterator[str]:
    found = [evaluation.summary(stack.name, world) for stack in stacks]
    for label, rates in (
        ("before effect", [one.before for one in found]),
        ("after", [one.after for one in found]),
        ("never", [one.never for one in found]),
    ):
        shown = "  ".join(f"{_limits(rate):<19}" for rate in rates)
        yield f"{'all':<{width}}  {label:<19}  {shown}".rstrip()


def _counts(evaluation: "ControlEvaluation") -> dict[tuple[str, str, str], Counter[str]]:
    by_id = {one.id: one for one in evaluation.trajectories}
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for episode in evaluation.episodes:
        script = by_id[episode.trajectory]
        key = (episode.stack, script.world, script.family)
        found.setdefault(key, Counter())[episode.outcome] += 1
    return found


def _cell(counts: Counter[str]) -> str:
    text = f"{counts['before']}/{counts['after']}/{counts['never']}"
    return f"{text}, {counts['unassessed']} open" if counts["unassessed"] else text


def _share(rate: "ControlRate") -> str:
    counts = rate.rate
    left_open = f"+{counts.unassessed}?" if counts.unassessed else ""
    return f"{counts.successes}/{counts.attempts}{left_open} {_limits(rate)}"


def _limits(rate: "ControlRate") -> str:
    return f"{_percent(rate.lower, 'down')} to {_percent(rate.upper, 'up')} %"


def _percent(share: str, rounding: str = "nearest") -> str:
    text = decimal_string(100 * float(share), rounding, 1)  # type: ignore[arg-type]  # its words
    return text.removesuffix(".0")


def _bounds_note(evaluation: "ControlEvaluation", by: str) -> str:
    shared = " over all worlds" if by == "stack" else f" / {len(evaluation.worlds)}"
    return (
        f"each bound one-sided, at {evaluation.alpha}{shared}; the unit is the family, because "
        "variants of one attack are alike"
    )


def _verdict(evaluation: "ControlEvaluation", output: Output) -> Iterator[str]:
    found = evaluation.verdict
    if found is None:
        yield "nothing is required of a stack; this is a comparison"
        return
    word = output.styled(found.verdict.value.upper(), _COLOURS[found.verdict])
    yield f"requirement of `{plain(found.stack)}`: {word}"
    for reason in found.reasons:
        yield f"  {plain(reason)}"
