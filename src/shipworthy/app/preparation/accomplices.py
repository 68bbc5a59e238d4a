"""What scripted subjects may know: what a request is after, and what a harmless one asks for.

A request is recognised by what was said in it, whatever layers put beside it and whatever an agent
has done since. Turns of the system tell apart scenarios whose attacks read alike.
"""

from collections import defaultdict
from dataclasses import dataclass

from shipworthy.app.preparation.designs import Design
from shipworthy.records import BenignTwin, Check, Scenario
from shipworthy.vocabulary import Message, Request, TrialRole

_Said = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A request of the plan: what the system says in it, its scenario, and why it is asked."""

    system: frozenset[str]
    scenario: Scenario
    role: TrialRole


class Accomplice:
    """Knows what is asked in a campaign; few targets want to know, so it learns when asked.

    The design is settled when the target has said what it is.
    """

    def __init__(self, design: Design) -> None:
        self._design = design
        self._known: dict[_Said, list[_Known]] | None = None

    def settle(self, design: Design) -> None:
        """Take the design as it was enlisted."""
        self._design = design
        self._known = None

    def check_of(self, request: Request) -> Check | None:
        """Return what would be a breach, or right; None for a harmless request or another one."""
        known = self._find(request)
        return known.scenario.check if known and known.role is not TrialRole.BENIGN else None

    def twin_of(self, request: Request) -> BenignTwin | None:
        """Return what a harmless request is after; None for every other."""
        known = self._find(request)
        return known.scenario.twin if known and known.role is TrialRole.BENIGN else None

    def _find(self, request: Request) -> _Known | None:
        if self._known is None:
            self._known = _requests_of(self._design)
        system, said = _parted(request.messages)
        for end in range(len(said), 0, -1):
            if candidates := self._known.get(said[:end]):
                return max(candidates, key=lambda one: _likeness(one.system, system))
        return None


def _requests_of(design: Design) -> dict[_Said, list[_Known]]:
    found: defaultdict[_Said, list[_Known]] = defaultdict(list)
    for item in design.items:
        if item.role.is_control:
            continue
        scenario = design.scenarios[item.scenario]
        request = design.compose(scenario, attack=item.attack, role=item.role, seed=item.seed)
        system, said = _parted(request.messages)
        found[said].append(_Known(frozenset(system), scenario, item.role))
    return dict(found)


def _parted(messages: tuple[Message, ...]) -> tuple[set[str], _Said]:
    system = {turn.content for turn in messages if turn.role == "system"}
    said = tuple((turn.role, turn.content) for turn in messages if turn.role != "system")
    return system, said


def _likeness(wanted: frozenset[str], found: set[str]) -> tuple[int, int]:
    """Sort requests of which more is said higher, and of these the one that adds least."""
    return len(wanted & found), -len(wanted - found)
