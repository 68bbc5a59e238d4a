"""Attempts whose treatment was dealt at random: is one treatment worse than all together?"""

from math import comb

from shipworthy.statistics.counts import require_count
from shipworthy.statistics.exact import MILLION


def dealt_alike_millionths(treated: tuple[int, int], everyone: tuple[int, int], looks: int) -> int:
    """Return a p-value of "it makes no difference which treatment is dealt", in millionths.

    `treated` are the events and the attempts of one treatment, `everyone` those of all treatments
    together, `looks` how many treatments are looked at: the p-value is multiplied by that, and cut
    at 1. Rounded up.

    The upper tail of a binomial with the rate of everyone. Where treatments are dealt in shuffled
    rounds, the events of one are a sum of independent draws with that mean rate, whose upper tail
    a binomial never understates from one event above its mean (Hoeffding, Ann. Math. Statist. 27,
    1956); where they are drawn without rounds, the events are hypergeometric, and the same holds.

    Raises:
        ValueError: for impossible counts.
    """
    events, attempts = treated
    all_events, total = everyone
    for name, (some, most) in (("treated", treated), ("everyone", everyone)):
        require_count(f"{name} events", some)
        require_count(f"{name} attempts", most)
        if some > most:
            raise ValueError(f"{some} events in {most} attempts")
    if events > all_events or attempts > total or looks < 1:
        raise ValueError("one treatment cannot have more than all together")
    if events == 0:
        return MILLION
    rest = total - all_events
    tail = sum(
        comb(attempts, k) * pow(all_events, k) * pow(rest, attempts - k)
        for k in range(events, attempts + 1)
    )
    rounded_up: int = -(-MILLION * looks * tail // pow(total, attempts))
    return min(MILLION, rounded_up)
