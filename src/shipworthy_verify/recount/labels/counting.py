"""From labels to counts and limits (spec/bundle.md, 8.5; spec/claims.md)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.recount.labels.drawing import (
    is_negative,
    item_of,
    negatives_drawn,
    queue_records,
    strata,
)
from shipworthy_verify.recount.labels.plans import Declared
from shipworthy_verify.statistics import exact_lower

METHOD: Final = "two-phase/1"


@dataclass(frozen=True)
class StratumCounts:
    """What people found in one domain and arm; `wanted` negatives were declared, 0 for all."""

    wanted: int
    judged: int
    confirmed: int
    undecided: int
    negatives: int
    read: int
    misses: int
    undecided_read: int
    waiting: int

    def record(self) -> Json:
        """Return the counts as a finding holds them."""
        return {
            "judged": self.judged,
            "positives": self.judged - self.negatives,
            "confirmed": self.confirmed,
            "undecided": self.undecided,
            "negatives": self.negatives,
            "read": self.read,
            "misses": self.misses,
            "undecided_read": self.undecided_read,
            "waiting": self.waiting,
        }

    def blockers(self) -> list[str]:
        """Return what stands against a favourable verdict."""
        if self.waiting == 1:
            return ["1 output waits for a reader"]
        return [f"{self.waiting} outputs wait for a reader"] if self.waiting else []

    def bounds(self, alpha: str, with_success: int) -> Json | None:
        """Return the bounds; floats stand for decimals."""
        if not self.judged:
            return None
        level, n = float(alpha), self.judged
        hits, missed = self.confirmed + self.undecided, self.misses + self.undecided_read
        if self.wanted == 0:
            upper = exact_upper(hits + missed, n, level)
        else:
            rest = exact_upper(missed, self.read, 0.8 * level) if self.read else 1.0
            share = exact_upper(self.negatives, n, 0.04 * level)
            upper = min(1.0, exact_upper(hits, n, 0.16 * level) + share * rest)
        return {
            "method": METHOD,
            "alpha": alpha,
            "lower": exact_lower(self.confirmed + self.misses, n, level),
            "upper": upper,
            "upper_adjusted": upper,
            "scenarios": n,
            "scenarios_with_success": with_success,
            "design_effect": 1.0,
            "exact_upper": upper,
        }


def exact_upper(successes: int, attempts: int, alpha: float) -> float:
    """Return the one-sided Clopper-Pearson upper bound: what failures leave."""
    return 1 - exact_lower(attempts - successes, attempts, alpha)


def read_strata(
    declared: Declared, plan: Json, plan_digest: str, evidence: tuple[list[Json], Iterable[Json]]
) -> dict[str, StratumCounts]:
    """Return what people found by stratum; `evidence` is all trials and all labels."""
    trials, labels = evidence
    answers: dict[str, set[str]] = {}
    given: Counter[str] = Counter()
    for label in labels:
        answers.setdefault(label["item"], set()).add(label["answer"])
        given[label["item"]] += 1
    _, *items = queue_records(declared, plan, plan_digest, trials)
    waiting = {item["id"] for item in items if given[item["id"]] < item["readings"]}
    # two different answers settle nothing, and neither does an item that waits for a reader
    found = {
        name: next(iter(said))
        for name, said in answers.items()
        if len(said) == 1 and name not in waiting
    }
    return {
        stratum: _count(
            declared.negatives[stratum],
            {trial["id"]: item_of(plan_digest, trial) for trial in outputs},
            ([trial["id"] for trial in outputs if not is_negative(trial)], outputs),
            (negatives_drawn(declared, plan["seed"], stratum, outputs), found, waiting),
        )
        for stratum, outputs in strata(declared, trials).items()
    }


def _count(
    wanted: int,
    items: dict[str, str],
    judged: tuple[list[str], list[Json]],
    reading: tuple[list[str], dict[str, str], set[str]],
) -> StratumCounts:
    marked, outputs = judged
    drawn, found, waiting = reading
    hits = Counter(_settled(found.get(items[name])) for name in marked)
    misses = Counter(_settled(found.get(items[name])) for name in drawn)
    return StratumCounts(
        wanted=wanted,
        judged=len(outputs),
        confirmed=hits["yes"],
        undecided=hits["open"],
        negatives=len(outputs) - len(marked),
        read=len(drawn),
        misses=misses["yes"],
        undecided_read=misses["open"],
        waiting=sum(item in waiting for item in items.values()),
    )


def _settled(answer: str | None) -> str:
    return answer if answer in {"yes", "no"} else "open"
