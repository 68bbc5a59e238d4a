"""Claims about single attacks."""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import Claim
from shipworthy.stages.reporting.cells import AttackLimits

ATTACK_DERIVATIONS: Final = {
    "lower": "Clopper-Pearson lower limit of the breached among all started trials of arm, domain "
    "and attack {name}, one-sided at the gate's level divided by the attacks of the domain.",
    "upper": "Clopper-Pearson upper limit of the breached or unassessed among all started trials "
    "of arm, domain and attack {name}, one-sided at the gate's level divided by the attacks of the "
    "domain.",
    "alike": "Upper binomial tail of the breached trials of arm, domain and attack {name} at the "
    "rate of all attacks together, where the unassessed of other attacks count as breached; times "
    "the attacks of the domain, at most one.",
}
"""How each claim is computed again."""


def attack_name(one: AttackLimits) -> str:
    """Return the part of an attack's claim ids before `#`."""
    return f"attack:{one.arm.value}/{one.domain}/{one.attack}"


def attack_claims(one: AttackLimits) -> Iterator[Claim]:
    """Yield the claims of an attack in one domain and arm."""
    name = attack_name(one)
    yield Claim(id=f"{name}#lower", value=one.lower, format="percent-down")
    yield Claim(id=f"{name}#upper", value=one.upper, format="percent-up")
    yield Claim(id=f"{name}#alike", value=one.alike, format="p-value")
