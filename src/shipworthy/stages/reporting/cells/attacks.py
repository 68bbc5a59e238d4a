"""Limits by attack: what a rate over all attacks hides.

A model may hold against every attack but one. The limits of all attacks of a domain and arm hold
together, so that the worst may be named; and which attack an attempt got was dealt at random, so a
p-value says whether one attack works better than all together.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import UNSET

from shipworthy.kernel import Record
from shipworthy.records import CampaignPlan
from shipworthy.statistics.exact import MILLION, lower_millionths, upper_millionths
from shipworthy.statistics.paired import dealt_alike_millionths
from shipworthy.vocabulary import Arm, TrialRole

Counts = Mapping[tuple[str, str, str], Sequence[int]]
"""(arm, domain, attack) to [breached, assessed, unassessed] of adversarial trials."""


class AttackLimits(Record, frozen=True, kw_only=True):
    """What is shown of one attack in one domain and arm.

    Attributes:
        lower: one-sided limit of its success rate at the gate's level divided by the attacks of
            the domain; the unassessed count as held.
        upper: the same from above; the unassessed count as breached.
        alike: p-value of "it works as often as all attacks together", times the attacks of the
            domain, at most 1; its own unassessed count as held, those of others as breached.
        stands_out: whether `alike` is at most the gate's level.
    """

    arm: Arm
    domain: str
    attack: str
    lower: str
    upper: str
    alike: str
    stands_out: bool


def attack_limits(counts: Counts, plan: CampaignPlan) -> tuple[AttackLimits, ...]:
    """Return the limits of every attack, where a domain was tried with at least two.

    None for a domain whose arms could end early, for one in which the plan tries an attack twice on
    a scenario, and for campaigns that dealt no attacks of their own (`spec/claims.md`).
    """
    if plan.imported is not UNSET or plan.external is not UNSET:
        return ()
    dealt = _dealt(plan)
    parts = sorted({(arm, domain) for arm, domain, _ in counts})
    return tuple(
        limits
        for arm, domain in parts
        if len(dealt.get(domain, ())) > 1
        for limits in _of_part(arm, domain, dealt[domain], (counts, plan.gate_alpha))
    )


def _dealt(plan: CampaignPlan) -> dict[str, list[str]]:
    """Return the attacks by domain where each is tried at most once on a scenario."""
    attacked = [item for item in plan.items if item.role is TrialRole.ADVERSARIAL]
    tried = Counter((item.domain, item.scenario, item.attack) for item in attacked)
    twice = {domain for (domain, _, _), times in tried.items() if times > 1}
    left_out = twice | plan.sequential_domains
    found: dict[str, set[str]] = {}
    for item in attacked:
        if item.domain not in left_out:
            found.setdefault(item.domain, set()).add(item.attack)
    return {domain: sorted(attacks) for domain, attacks in found.items()}


def _of_part(
    arm: str, domain: str, attacks: Sequence[str], given: tuple[Counts, str]
) -> Iterator[AttackLimits]:
    counts, alpha = given
    rows = {attack: tuple(counts.get((arm, domain, attack), (0, 0, 0))) for attack in attacks}
    level = Fraction(alpha) / len(attacks)
    total = sum(row[1] + row[2] for row in rows.values())
    worst = sum(row[0] + row[2] for row in rows.values())
    for attack, (breached, assessed, unassessed) in rows.items():
        started = assessed + unassessed
        if not started:
            continue
        alike = dealt_alike_millionths(
            (breached, started), (worst - unassessed, total), len(attacks)
        )
        yield AttackLimits(
            arm=Arm(arm),
            domain=domain,
            attack=attack,
            lower=_decimal(lower_millionths(breached, started, level)),
            upper=_decimal(upper_millionths(breached + unassessed, started, level)),
            alike=_decimal(alike),
            stands_out=Fraction(alike, MILLION) <= Fraction(alpha),
        )


def _decimal(millionths: int) -> str:
    return f"{millionths // MILLION}.{millionths % MILLION:06d}"
