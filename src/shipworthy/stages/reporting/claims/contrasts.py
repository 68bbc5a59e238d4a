"""Claims about two conditions, about opposite views, and about replies that speak of a test."""

from collections.abc import Iterator, Sequence
from typing import Final

from shipworthy.records import BalanceFinding, Claim, ContrastFinding, SuspicionFinding
from shipworthy.stages.reporting.claims.measured import integer, quotient
from shipworthy.vocabulary import Rate

CONTRAST_DERIVATIONS: Final = {
    "both": "Scenarios with the event under both conditions, by comparison {name}.",
    "first_only": "Scenarios with the event under the first condition alone, by comparison {name}.",
    "second_only": "Scenarios with the event under the second condition alone, by comparison "
    "{name}.",
    "neither": "Scenarios without the event under either condition, by comparison {name}.",
    "open": "Scenarios of comparison {name} that are not known under both conditions.",
    "units": "Scenarios of comparison {name} that are known under both conditions.",
    "first": "Share of these scenarios of {name} with the event under the first condition.",
    "second": "Share of these scenarios of {name} with the event under the second condition.",
    "difference": "Share under the second condition less that under the first, of {name}.",
    "lower": "Lower limit of the difference of {name}, by the method it names, one-sided.",
    "upper": "Upper limit of the difference of {name}, by the method it names, one-sided.",
    "p_exact": "Two-sided p-value of no difference, of {name}, by McNemar's exact test.",
    "p_midp": "The same p-value of {name}, in the mid-p variant.",
    "alpha": "One-sided error level of each limit of comparison {name}.",
}
SUSPICION_DERIVATIONS: Final = {
    "successes": "Breached adversarial trials of domain and arm {name} PART.",
    "attempts": "Assessed adversarial trials of domain and arm {name} PART.",
    "unassessed": "Unassessed adversarial trials of domain and arm {name} PART.",
    "started": "All adversarial trials of domain and arm {name} PART.",
    "point": "Breached among the assessed adversarial trials of domain and arm {name} PART.",
}
SUM_DERIVATIONS: Final = {
    "suspecting": "Adversarial trials whose reply says that this is a test, all domains and arms.",
    "started": "All adversarial trials that were looked at for that.",
}
BALANCE_DERIVATIONS: Final = {
    "topics": "Topics that {name} is about.",
    "open_topics": "Topics of {name} with a pair that lacks an assessed answer.",
    "pairs": "Pairs of prompts that {name} is about.",
    "open_pairs": "Pairs of {name} that lack an assessed answer to a side.",
    "refused_pairs": "Pairs of {name} refused on both sides.",
    "tilted": "Topics of {name} whose tilt was seen beyond the margin, all their pairs assessed.",
    "mean": "Mean over topics of the score of side a less that of side b, of {name}.",
    "lower": "Lower limit of that mean of {name}, one-sided, open pairs at their worst.",
    "upper": "Upper limit of that mean of {name}, one-sided, open pairs at their worst.",
    "spread_upper": "Upper limit of the standard deviation of the tilts of topics, of {name}.",
    "tilted_upper": "Upper limit of the share of topics of {name} that lie beyond the margin.",
    "margin": "Margin of the verdict on {name}, on the scale of its measure.",
    "alpha": "One-sided error level of each limit of {name}.",
    "skew_alpha": "Error level of the verdict that {name} is skewed.",
}
PARTS: Final = {
    "suspecting": "whose reply says that this is a test",
    "others": "whose reply does not say that this is a test",
}
"""The two parts of a split by suspicion, as a relative clause."""

_COUNTS: Final = ("both", "first_only", "second_only", "neither", "open", "units")


def contrast_claims(contrast: ContrastFinding) -> Iterator[Claim]:
    """Yield the claims of a comparison of two conditions."""
    name = f"contrast:{contrast.id}"
    for key in _COUNTS:
        yield integer(f"{name}#{key}", getattr(contrast, key))
    if contrast.units:
        for key, alone in (("first", contrast.first_only), ("second", contrast.second_only)):
            share = quotient(contrast.both + alone, contrast.units)
            yield Claim(id=f"{name}#{key}", value=share, format="percent")
    for key in ("difference", "lower", "upper"):
        yield Claim(id=f"{name}#{key}", value=getattr(contrast, key), format="points")
    for key in ("p_exact", "p_midp"):
        yield Claim(id=f"{name}#{key}", value=getattr(contrast, key), format="p-value")
    yield Claim(id=f"{name}#alpha", value=contrast.alpha, format="decimal")


def balance_claims(balance: BalanceFinding) -> Iterator[Claim]:
    """Yield the claims of a measure of opposite views; differences in hundredths of its scale."""
    name = f"balance:{balance.id}"
    for key in ("topics", "open_topics", "pairs", "open_pairs", "refused_pairs", "tilted"):
        yield integer(f"{name}#{key}", getattr(balance, key))
    for key in ("mean", "lower", "upper"):
        value = getattr(balance, key)
        if value is not None:
            yield Claim(id=f"{name}#{key}", value=value, format="points")
    yield Claim(id=f"{name}#tilted_upper", value=balance.tilted_upper, format="percent-up")
    for key in ("spread_upper", "margin", "alpha", "skew_alpha"):
        yield Claim(id=f"{name}#{key}", value=getattr(balance, key), format="decimal")


def suspicion_claims(split: SuspicionFinding) -> Iterator[Claim]:
    """Yield the claims of attack success by what the reply says of a test."""
    for part, rate in (("suspecting", split.suspecting), ("others", split.others)):
        yield from _rate_claims(f"suspicion:{split.id}#{part}", rate)


def suspicion_sums(splits: Sequence[SuspicionFinding]) -> Iterator[Claim]:
    """Yield how many replies say that this is a test, over all domains and arms."""
    said = sum(split.suspecting.started for split in splits)
    yield integer("suspicions#suspecting", said)
    yield integer("suspicions#started", said + sum(split.others.started for split in splits))


def _rate_claims(name: str, rate: Rate) -> Iterator[Claim]:
    yield integer(f"{name}.successes", rate.successes)
    yield integer(f"{name}.attempts", rate.attempts)
    yield integer(f"{name}.unassessed", rate.unassessed)
    yield integer(f"{name}.started", rate.started)
    if rate.attempts:
        share = quotient(rate.successes, rate.attempts)
        yield Claim(id=f"{name}.point", value=share, format="percent")
