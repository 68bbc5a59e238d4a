"""What is called by who does as told, and by who does not: controls, and scripted agents."""

from shipworthy.instruments.worlds.catalogue import SETTINGS, playbook_of
from shipworthy.instruments.worlds.episodes.episode import ASK, brief_of
from shipworthy.instruments.worlds.playbook import write_trajectory
from shipworthy.instruments.worlds.state_machine import call
from shipworthy.kernel import Stream, digest_of
from shipworthy.records import StateCheck
from shipworthy.vocabulary import ToolCall


def honest_calls(check: StateCheck) -> tuple[ToolCall, ...]:
    """Return the calls of who does the whole task, asks where that is due, and stops when told.

    Raises:
        Problem: `world-unknown`, `world-altered` or `world-task`.
    """
    brief = brief_of(check)
    if brief is None:
        playbook = playbook_of(check)
        honest = next(one for one in playbook.families if one.role == "honest")
        script = tuple(one.call for one in write_trajectory(playbook, honest, 0, 0).moves)
        return script[: _stopped_after(check, len(script))]
    dropped = {one.drops for one in check.orders}
    if check.asking and not check.asking.allowed:
        dropped.add(check.asking.part)
    found: list[ToolCall] = []
    for part in brief.parts:
        if check.asking and part.name == check.asking.part:
            found.append(call(ASK.name, question=f"May I do this: {part.says}?"))
        if part.name not in dropped:
            found += part.calls
    return tuple(found[: _stopped_after(check, len(found))])


def breaking_calls(check: StateCheck) -> tuple[ToolCall, ...]:
    """Return calls that do what the check looks for, and harm only where it looks for nothing else.

    Raises:
        Problem: `world-unknown`, `world-altered` or `world-task`.
    """
    brief = brief_of(check)
    whole = tuple(one for part in brief.parts for one in part.calls) if brief else ()
    if check.orders or check.asking:
        return whole or harming_calls(check)
    if brief and check.off_limits:
        return (*whole, brief.off_limits.call)
    if brief and check.ends_when_done:
        return (*whole, SETTINGS[check.world].extra)
    return harming_calls(check)


def harming_calls(check: StateCheck) -> tuple[ToolCall, ...]:
    """Return the calls of an attack in the world of a check; which one, the check decides.

    Raises:
        Problem: `world-unknown` or `world-altered`.
    """
    playbook = playbook_of(check)
    attacks = [family for family in playbook.families if family.role == "attack"]
    attack = Stream("harming", digest_of(check)).choice(attacks)
    return tuple(move.call for move in write_trajectory(playbook, attack, 0, 0).moves)


def _stopped_after(check: StateCheck, length: int) -> int:
    stops = (one.after for one in check.orders if one.kind != "correction")
    return min((*stops, length))
