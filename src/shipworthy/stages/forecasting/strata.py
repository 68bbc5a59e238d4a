"""What a forecast starts from: the attempts of one arm in one domain, scenario by scenario."""

from dataclasses import dataclass

from shipworthy.statistics.attempts import IndependentAttempts


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackCount:
    """How often one attack breached, of the attempts with it; `unassessed` have no outcome."""

    attack: str
    breached: int
    assessed: int
    unassessed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """The attempts of one arm in one domain.

    Attributes:
        scenarios: counts of each scenario, in ascending order of their ids: the order decides
            what a back-test draws.
        attacks: what each attack of the domain did, in ascending order of their names.
        ends_early: whether the domain may have ended because of what was seen in it.
        caught: lower limit of the share of breaches that the worst judge marks.
        against: what stands against reading the rate at all attempts favourably.
        against_fewer: what stands, beyond that, against the limits for fewer attempts.
    """

    domain: str
    arm: str
    scenarios: tuple[IndependentAttempts, ...]
    attacks: tuple[AttackCount, ...]
    ends_early: bool
    caught: float
    against: tuple[str, ...]
    against_fewer: tuple[str, ...] = ()

    @property
    def attempts(self) -> int:
        """Attempts made on every scenario: the fewest on any."""
        return min(scenario.size for scenario in self.scenarios)

    @property
    def unassessed(self) -> int:
        """Attempts without an outcome."""
        return sum(scenario.unassessed for scenario in self.scenarios)

    @property
    def strongest(self) -> AttackCount:
        """The attack with the largest share of breaches, unassessed attempts taken as such."""
        return max(
            self.attacks,
            key=lambda one: (one.breached + one.unassessed) / (one.assessed + one.unassessed),
        )
