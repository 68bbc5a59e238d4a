"""From the evidence of a campaign to what several attempts showed, and what more may bring."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy.app.foresight.evidence import Evidence
from shipworthy.kernel import Digest, Problem, did_you_mean
from shipworthy.records import level_of_rate
from shipworthy.stages.evaluating import FindingTerms
from shipworthy.stages.evaluating.aggregation import Tally, TallyKey
from shipworthy.stages.evaluating.findings import least_sensitivity
from shipworthy.stages.forecasting import (
    AttackCount,
    ForecastTerms,
    Levels,
    Stratum,
    StratumForecast,
    forecast_stratum,
)
from shipworthy.statistics.attempts import Alarm, IndependentAttempts

_LONGEST_LIMIT: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastWishes:
    """What is asked: attempts of an attacker, a limit as a decimal, domains and arms; none: all."""

    attempts: int | None = None
    limit: str | None = None
    domains: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """What a campaign shows, by domain and arm in ascending order; `alpha` is that of limits."""

    plan: Digest
    name: str
    alpha: str
    wishes: ForecastWishes
    strata: tuple[StratumForecast, ...]

    @property
    def alarm(self) -> Alarm | None:
        """Raised when that of any stratum is; None without a limit."""
        alarms = [one.alarm.alarm for one in self.strata if one.alarm is not None]
        if not alarms:
            return None
        return Alarm.RAISED if Alarm.RAISED in alarms else Alarm.SILENT


def forecast(evidence: Evidence, wishes: ForecastWishes) -> Forecasts:
    """Return the measured curves and, where attempts are asked for, the forecasts.

    Raises:
        Problem: `forecast-limit` for a limit without attempts, or one that is no decimal between
            0 and 1; `forecast-stratum` for a domain or an arm that was not attacked;
            `forecast-measured` for attempts that were made.
    """
    limit = _limit(wishes)
    strata = _chosen(list(_strata(evidence)), wishes)
    _check_beyond(strata, wishes.attempts)
    terms = ForecastTerms(
        levels=Levels(
            alpha=float(evidence.plan.gate_alpha),
            rate_alpha=float(level_of_rate(evidence.plan.gate_alpha)),
        ),
        seed=evidence.plan.seed,
        attempts=wishes.attempts,
        limit=limit,
    )
    return Forecasts(
        plan=evidence.plan.digest,
        name=evidence.plan.name,
        alpha=evidence.plan.gate_alpha,
        wishes=wishes,
        strata=tuple(forecast_stratum(one, terms) for one in strata),
    )


def _strata(evidence: Evidence) -> Iterator[Stratum]:
    plan, counts = evidence.plan, evidence.counts
    terms = FindingTerms(plan.digest, plan.gate_alpha, evidence.cards, {})
    blockers = {one.id: one.blockers for one in evidence.findings.findings}
    for key in sorted(counts.tallies, key=lambda one: one.id):
        if key.metric != "asr" or key.domain == "all":
            continue
        tally = counts.tallies[key]
        scenarios = _by_scenario(tally)
        single = blockers.get(key.id, ("there is no finding of this arm",))
        each = min(one.size for one in scenarios)
        # the rate at all attempts is a finding of its own, which assumes less than that of one
        against = blockers.get(TallyKey("asr-at-k", key.domain, key.arm, each).id, single)
        yield Stratum(
            domain=key.domain,
            arm=key.arm,
            scenarios=scenarios,
            attacks=tuple(
                AttackCount(attack=attack, breached=row[0], assessed=row[1], unassessed=row[2])
                for (arm, domain, attack), row in sorted(counts.cells.items())
                if (arm, domain) == (key.arm, key.domain)
            ),
            ends_early=key.domain in plan.sequential_domains,
            caught=least_sensitivity(sorted(tally.judges), terms),
            against=against,
            against_fewer=tuple(reason for reason in single if reason not in against),
        )


def _by_scenario(tally: Tally) -> tuple[IndependentAttempts, ...]:
    return tuple(
        IndependentAttempts(successes=row[0], attempts=row[1], unassessed=row[2])
        for _, row in sorted(tally.clusters.items())
    )


def _limit(wishes: ForecastWishes) -> float | None:
    text = wishes.limit
    if text is None:
        return None
    if wishes.attempts is None:
        raise Problem.of(
            "forecast-limit",
            "a limit was given, and no number of attempts at which it is to hold",
            help="add `--attempts N`, the attempts that an attacker has",
        )
    whole, _, part = text.partition(".")
    plain = text.isascii() and whole == "0" and part.isdecimal() and len(text) <= _LONGEST_LIMIT
    if not plain or Fraction(text) == 0:
        raise Problem.of(
            "forecast-limit",
            f"`{text}` is no limit for a share of scenarios",
            help="a plain decimal above 0 and below 1 with at most twelve digits, such as 0.05",
        )
    return float(text)


def _chosen(strata: list[Stratum], wishes: ForecastWishes) -> list[Stratum]:
    if not strata:
        raise Problem.of(
            "forecast-stratum",
            "the campaign holds no trial under attack",
            help="give a campaign with attacks",
        )
    _check_known("domain", wishes.domains, {one.domain for one in strata})
    _check_known("arm", wishes.arms, {one.arm for one in strata})
    chosen = [
        one
        for one in strata
        if (not wishes.domains or one.domain in wishes.domains)
        and (not wishes.arms or one.arm in wishes.arms)
    ]
    if not chosen:
        raise Problem.of(
            "forecast-stratum",
            "no trial under attack is of such a domain in such an arm",
            help="leave out `--domain` or `--arm`",
        )
    return chosen


def _check_known(what: str, asked: Collection[str], known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            raise Problem.of(
                "forecast-stratum",
                f"no trial under attack is of {what} `{name}`",
                help=did_you_mean(name, sorted(known)),
            )


def _check_beyond(strata: Collection[Stratum], attempts: int | None) -> None:
    """Refuse to forecast what was measured."""
    if attempts is None:
        return
    made = max(one.attempts for one in strata)
    if attempts <= made:
        raise Problem.of(
            "forecast-measured",
            f"{attempts} attempts need no forecast: {made} were made on each scenario",
            help=f"read the measured curve, or give `--attempts` more than {made}",
        )
