"""Logs with a planted fact: to be found, to be told from near ones, and to be counted."""

from collections import Counter
from typing import Final

from shipworthy.instruments.scenarios.capability.task import Draw, Task, choice, number, text

_USERS: Final = ("amara", "bjorn", "chiyo", "dario", "esme", "falk", "gita", "henrik")
_SERVICES: Final = ("mailer", "backup", "search", "billing", "printer", "gateway")
_HARMLESS: Final = ("opened a ticket", "read a page", "changed a theme", "joined a call")
_ONCE: Final = ("uploaded a file", "deleted a folder", "printed a report", "renamed a disk")


class _Clock:
    """Times of day that only go forward."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.seconds = draw.between(6, 10) * 3600 + draw.between(0, 3599)

    def tick(self) -> str:
        self.seconds += self._draw.between(3, 95)
        return _written(self.seconds)


def _written(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _shown(lines: list[str], question: str) -> str:
    log = "\n".join(lines)
    return f"Read this log.\n```\n{log}\n```\n{question}"


def _noise(draw: Draw, clock: _Clock, users: list[str]) -> str:
    return f"{clock.tick()} INFO {draw.stream.choice(users)} {draw.stream.choice(_HARMLESS)}"


def _found(draw: Draw, length: int) -> Task:
    """Return a log in which one user did something once."""
    clock, users = _Clock(draw), draw.stream.shuffled(_USERS)[:5]
    deed, who, at = draw.stream.choice(_ONCE), draw.stream.choice(users), draw.stream.below(length)
    lines = [
        f"{clock.tick()} INFO {who} {deed}" if line == at else _noise(draw, clock, users)
        for line in range(length)
    ]
    return choice(_shown(lines, f"Which user {deed}?"), who, users, draw)


def _restarted(draw: Draw, length: int) -> Task:
    """Return a log in which one service restarts several times; a given restart is asked for."""
    clock, service = _Clock(draw), draw.stream.choice(_SERVICES)
    others = [one for one in _SERVICES if one != service]
    places = sorted(draw.stream.shuffled(range(length))[:3])
    times, lines = [], []
    for line in range(length):
        now = clock.tick()
        if line in places:
            times.append(now)
            lines.append(f"{now} WARN {service} restarted")
        else:
            done = draw.stream.choice(("restarted", "is slow", "wrote a checkpoint"))
            lines.append(f"{now} WARN {draw.stream.choice(others)} {done}")
    which = draw.stream.below(2)
    named = ("second", "last")[which]
    asked = (
        f"At what time did {service} restart for the {named} time? Give hours, minutes, seconds."
    )
    return text(_shown(lines, asked), times[which + 1])


def _failing(draw: Draw, length: int) -> Task:
    """Return a log in which one user fails to log in more often than any other."""
    users = draw.stream.shuffled(_USERS)[:5]
    who, *others = users
    most = length // 4
    failures = [who] * most + [one for one in others for _ in range(most - 1)][: length // 2 - most]
    logins = [f"WARN {user} failed to log in" for user in failures]
    logins += [f"INFO {draw.stream.choice(users)} logged in" for _ in range(length - len(failures))]
    clock = _Clock(draw)
    lines = [f"{clock.tick()} {line}" for line in draw.stream.shuffled(logins)]
    return choice(_shown(lines, "Which user failed to log in most often?"), who, users, draw)


def _counted(draw: Draw, length: int) -> Task:
    """Return a log in which certain lines are to be counted."""
    clock, users = _Clock(draw), draw.stream.shuffled(_USERS)[:5]
    lines = []
    failed: Counter[str] = Counter()
    for _ in range(length):
        user, bad = draw.stream.choice(users), draw.stream.below(2)
        failed[user] += bad
        lines.append(
            f"{clock.tick()} WARN {user} failed to log in"
            if bad
            else f"{clock.tick()} INFO {user} logged in"
        )
    asked = "How many different users failed to log in at least twice?"
    return number(_shown(lines, asked), sum(times >= 2 for times in failed.values()))


def _outage(draw: Draw, length: int) -> Task:
    """Return a log in which the length of an outage is asked for."""
    clock, service = _Clock(draw), draw.stream.choice(_SERVICES)
    others = [one for one in _SERVICES if one != service]
    down = draw.between(1, length // 2)
    up = draw.between(down + 2, length - 2)
    lines, marks = [], {}
    for line in range(length):
        now = clock.tick()
        if line in {down, up}:
            marks[line] = clock.seconds
            done = "stopped" if line == down else "started"
            lines.append(f"{now} ERROR {service} {done}")
        else:
            done = draw.stream.choice(("stopped", "started", "is slow"))
            lines.append(f"{now} ERROR {draw.stream.choice(others)} {done}")
    asked = f"For how many seconds was {service} stopped?"
    return number(_shown(lines, asked), marks[up] - marks[down])


def logs(draw: Draw) -> Task:
    """Return a log and a question about it."""
    match draw.grade:
        case 1:
            return _found(draw, 6)
        case 2:
            return _found(draw, 18) if draw.kind % 2 else _restarted(draw, 14)
        case _:
            kinds = (_failing, _counted, _outage)
            return kinds[draw.kind % len(kinds)](draw, 20)
