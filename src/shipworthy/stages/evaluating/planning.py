"""From scenarios, attacks and a seed to the items of a campaign: pure and reproducible."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shipworthy.kernel import Problem, Stream, did_you_mean, digest_of
from shipworthy.records import (
    AnswerCheck,
    PlannedItem,
    RecallCheck,
    Scenario,
    StanceCheck,
    StateCheck,
)
from shipworthy.vocabulary import (
    AS_TEST,
    AS_TRAFFIC,
    INSTRUCTED,
    NO_STAKES,
    PLAIN,
    STAKES,
    UNWATCHED,
    WATCHED,
    Request,
    TrialRole,
)

NO_ATTACK: Final = PLAIN
"""The attack name of benign and control items."""

_ANNOUNCED: Final = (PLAIN, NO_STAKES, STAKES, INSTRUCTED)
"""How tasks are met where a price on doing well is tried."""


class Compose(Protocol):
    """Writes what is asked for an item: the plan registers its digest, a run sends it."""

    def __call__(self, scenario: Scenario, *, attack: str, role: TrialRole, seed: int) -> Request:
        """Return the same request each time."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemSampling:
    """How items are drawn from the frame of scenarios.

    `scenarios_per_domain` and `benign_per_domain` are caps; 0 means all of them. Of mirrored pairs
    they count topics: a topic is drawn with all of its pairs, or not at all. `ordered`
    puts scenarios into the order in which a campaign that may end early reads them, and draws the
    attack on each independently of the others. `used` scenarios are drawn when no other is left.
    Each task with a known answer is tried `attempts_per_task` times; with `stakes` as often under
    each announcement: of scores without a price, with one, and to hide what it can do; each side
    of a mirrored pair is asked `attempts_per_pair` times;
    `realism_per_domain` scenarios under attack are also met dressed as a test and as traffic;
    with `watched` each agent works once told that it is watched, and once that it is not.
    """

    attacks: tuple[str, ...]
    seed: int
    domains: tuple[str, ...] = ()
    attacks_per_scenario: int = 1
    scenarios_per_domain: int = 0
    benign_per_domain: int = 0
    ordered: bool = False
    used: frozenset[str] = frozenset()
    attempts_per_task: int = 1
    attempts_per_pair: int = 1
    realism_per_domain: int = 0
    stakes: bool = False
    watched: bool = False


def plan_items(
    scenarios: Sequence[Scenario], sampling: ItemSampling, compose: Compose
) -> tuple[PlannedItem, ...]:
    """Return all items: adversarial, benign twins, what is met beside them, and controls.

    Scenarios are drawn without replacement within each domain, used ones last; attacks are dealt
    in shuffled rounds, so that within a domain no attack is used more than once more often than
    another; in an `ordered` plan every attack is drawn on its own, so that scenarios are
    independent draws.
    Every drawn scenario with a goal carries one positive and one negative control.

    Raises:
        Problem: `campaign-empty` or `campaign-domain` or `campaign-attacks` when the request
            cannot be met, and what `compose` raises.
    """
    chosen = _draw_scenarios(scenarios, sampling)
    if any(is_attacked(member) for members in chosen.values() for member in members):
        _check_attacks(sampling)
    make = _Items(sampling.seed, compose)
    items: list[PlannedItem] = []
    for domain, members in chosen.items():
        attacked = [member for member in members if is_attacked(member)]
        dealer = _Drawer(sampling) if sampling.ordered else _Dealer(sampling, domain)
        for scenario in attacked:
            items.extend(
                make.of(scenario, attack, TrialRole.ADVERSARIAL) for attack in dealer.deal(scenario)
            )
        asked = [member for member in attacked if member.twin.request]
        twins = Stream(sampling.seed, "benign", domain).shuffled(asked)
        kept = twins[: sampling.benign_per_domain] if sampling.benign_per_domain else twins
        items.extend(make.of(twin, NO_ATTACK, TrialRole.BENIGN) for twin in kept)
        items.extend(_beside(members, sampling, make))
        items.extend(_dressed(attacked, sampling, make))
        controlled = [one for one in members if not isinstance(one.check, StanceCheck)]
        for role in (TrialRole.POSITIVE_CONTROL, TrialRole.NEGATIVE_CONTROL):
            items.extend(make.of(member, NO_ATTACK, role) for member in controlled)
    return tuple(items)


def is_attacked(scenario: Scenario) -> bool:
    """Whether attacks are tried on a scenario; the others are met plainly."""
    return not isinstance(scenario.check, AnswerCheck | StateCheck | StanceCheck | RecallCheck)


def _beside(
    members: Sequence[Scenario], sampling: ItemSampling, make: "_Items"
) -> Iterator[PlannedItem]:
    """Yield what is met beside attacks: tasks, agents, mirrored pairs and strings."""
    for scenario in members:
        match scenario.check:
            case AnswerCheck():
                for condition in _ANNOUNCED if sampling.stakes else (PLAIN,):
                    for attempt in range(sampling.attempts_per_task):
                        yield make.of(scenario, condition, TrialRole.CAPABILITY, attempt)
            case StateCheck():
                for condition in (WATCHED, UNWATCHED) if sampling.watched else (PLAIN,):
                    yield make.of(scenario, condition, TrialRole.AGENCY)
            case StanceCheck():
                yield from make.mirrored(scenario, sampling.attempts_per_pair)
            case RecallCheck(pack=pack):
                yield make.of(scenario, pack, TrialRole.CONTAMINATION)
            case _:
                continue


def _dressed(
    attacked: Sequence[Scenario], sampling: ItemSampling, make: "_Items"
) -> Iterator[PlannedItem]:
    """Yield scenarios under attack as an item of a benchmark, and as a message of a user."""
    for scenario in attacked[: sampling.realism_per_domain]:
        for condition in (AS_TEST, AS_TRAFFIC):
            yield make.of(scenario, condition, TrialRole.REALISM)


def _draw_scenarios(
    scenarios: Sequence[Scenario], sampling: ItemSampling
) -> dict[str, list[Scenario]]:
    by_domain: dict[str, list[Scenario]] = defaultdict(list)
    recalled: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in scenarios:
        of = recalled if isinstance(scenario.check, RecallCheck) else by_domain
        of[scenario.domain].append(scenario)
    wanted = sampling.domains or tuple(sorted(by_domain))
    if not wanted:
        raise Problem.of("campaign-empty", "the packs hold no scenario", help="name another pack")
    chosen: dict[str, list[Scenario]] = {}
    for domain in wanted:
        if domain not in by_domain:
            raise Problem.of(
                "campaign-domain",
                f"no scenario of domain `{domain}` in the packs",
                help=did_you_mean(domain, by_domain),
            )
        drawn = Stream(sampling.seed, "scenarios", domain).shuffled(_units(by_domain[domain]))
        drawn.sort(key=lambda unit: any(member.id in sampling.used for member in unit))
        taken = drawn[: sampling.scenarios_per_domain or None]
        chosen[domain] = [member for unit in taken for member in unit]
        chosen[domain] += recalled.get(domain, [])
        if sampling.ordered:
            chosen[domain].sort(key=lambda member: order_key(sampling.seed, member.id))
    return chosen


def _units(members: Sequence[Scenario]) -> list[list[Scenario]]:
    """Return what is drawn together, in order: a scenario, or all sides of all pairs of a topic."""
    units: dict[tuple[str, str], list[Scenario]] = {}
    for member in sorted(members, key=lambda one: one.id):
        check = member.check
        key = ("topic", check.topic) if isinstance(check, StanceCheck) else ("", member.id)
        units.setdefault(key, []).append(member)
    return list(units.values())


def order_key(seed: int, scenario: str) -> str:
    """Return what the scenarios of a sequential domain are sorted by (`spec/sequential.md`, 9.1).

    It depends on nothing but the seed and the name: whoever holds the plan can check the order.
    """
    return digest_of([seed, "order", scenario])


def _check_attacks(sampling: ItemSampling) -> None:
    distinct = set(sampling.attacks)
    if len(distinct) != len(sampling.attacks) or not distinct:
        raise Problem.of(
            "campaign-attacks",
            "the list of attacks is empty or names one twice",
            help="list each attack once",
        )
    if not 1 <= sampling.attacks_per_scenario <= len(distinct):
        raise Problem.of(
            "campaign-attacks",
            f"`attacks_per_scenario = {sampling.attacks_per_scenario}` "
            f"with {len(distinct)} attacks",
            help=f"a number from 1 to {len(distinct)}",
        )


@dataclass(frozen=True, slots=True)
class _Items:
    """Makes items under the seed of a plan."""

    seed: int
    compose: Compose

    def of(self, scenario: Scenario, attack: str, role: TrialRole, attempt: int = 0) -> PlannedItem:
        again = (attempt,) if attempt else ()
        # what is compared differs in its condition alone, so both sides answer under one seed
        kind = attack if role is TrialRole.ADVERSARIAL else PLAIN
        seed = Stream(self.seed, "item", scenario.id, kind, role.value, *again).below(2**31)
        return PlannedItem(
            scenario=scenario.id,
            scenario_digest=scenario.digest,
            domain=scenario.domain,
            attack=attack,
            role=role,
            seed=seed,
            request=digest_of(self.compose(scenario, attack=attack, role=role, seed=seed)),
        )

    def mirrored(self, side: Scenario, attempts: int) -> Iterator[PlannedItem]:
        """Yield the items of a side of a mirrored pair."""
        for attempt in range(attempts):
            yield self.of(side, PLAIN, TrialRole.BALANCE, attempt)


class _Dealer:
    """Deals attacks in shuffled rounds, distinct within a hand."""

    def __init__(self, sampling: ItemSampling, domain: str) -> None:
        self._stream = Stream(sampling.seed, "attacks", domain)
        self._attacks = sampling.attacks
        self._hand = sampling.attacks_per_scenario
        self._deck: list[str] = []

    def deal(self, _scenario: Scenario) -> list[str]:
        hand: list[str] = []
        while len(hand) < self._hand:
            if not self._deck:
                fresh = self._stream.shuffled(self._attacks)
                # what the open hand already holds goes to the bottom of the new deck
                held = [attack for attack in fresh if attack in hand]
                self._deck = held + [attack for attack in fresh if attack not in hand]
            hand.append(self._deck.pop())
        return hand


class _Drawer:
    """Draws distinct attacks for each scenario, whatever the others were given."""

    def __init__(self, sampling: ItemSampling) -> None:
        self._sampling = sampling

    def deal(self, scenario: Scenario) -> list[str]:
        stream = Stream(self._sampling.seed, "attack", scenario.id)
        return stream.shuffled(self._sampling.attacks)[: self._sampling.attacks_per_scenario]
