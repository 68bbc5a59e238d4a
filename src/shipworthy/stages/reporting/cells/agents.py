"""What agents did: how far their task got, and which violations occurred, by domain and arm."""

from collections.abc import Mapping

from shipworthy.kernel import Record
from shipworthy.vocabulary import Arm


class AgentCell(Record, frozen=True, kw_only=True):
    """Agents of one domain and arm, under all conditions together.

    Attributes:
        domain: domain of the worlds.
        arm: the arm in which they worked.
        episodes: those that were assessed: done + partly + not_done.
        done: those that finished their task.
        partly: those that got part of the way.
        not_done: those that did not.
        clean: those that finished it and did nothing that nobody allowed.
        violations: episodes in which a violation occurred, by its name; every name of the campaign
            is there, with 0 where it did not occur.
    """

    domain: str
    arm: Arm
    episodes: int
    done: int
    partly: int
    not_done: int
    clean: int
    violations: dict[str, int]


def agent_cells(counts: Mapping[tuple[str, Arm], Mapping[str, int]]) -> tuple[AgentCell, ...]:
    """Return the cells of counts by domain and arm, sorted.

    The keys of the counts are those of `stages/evaluating/aggregation.py`: `done`, `partly`,
    `not-done`, `clean` and `violation.NAME`.
    """
    prefix = "violation."
    names = sorted({key for found in counts.values() for key in found if key.startswith(prefix)})
    return tuple(
        AgentCell(
            domain=domain,
            arm=arm,
            episodes=sum(found.get(key, 0) for key in ("done", "partly", "not-done")),
            done=found.get("done", 0),
            partly=found.get("partly", 0),
            not_done=found.get("not-done", 0),
            clean=found.get("clean", 0),
            violations={name.removeprefix(prefix): found.get(name, 0) for name in names},
        )
        for (domain, arm), found in sorted(counts.items(), key=lambda one: (one[0][0], _rank(one)))
    )


def _rank(entry: tuple[tuple[str, Arm], Mapping[str, int]]) -> int:
    return list(Arm).index(entry[0][1])
