"""Numbers of the battery beside attacks: comparisons, suspicion, agents, people (claims.md)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.rules import decimal

Counts = dict[tuple[str, str], Counter[str]]
"""What agents did, by domain and arm."""

_CELLS: Final = ("both", "first_only", "second_only", "neither")
_PROGRESS: Final = {"done": "done", "partly": "partly", "not-done": "not_done"}


def contrast(name: str, table: Json) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a comparison of two conditions."""
    units = sum(table[key] for key in _CELLS)
    for key in (*_CELLS, "open", "difference", "lower", "upper", "p_exact", "p_midp", "alpha"):
        yield f"{name}#{key}", str(table[key])
    yield f"{name}#units", str(units)
    if units:
        yield f"{name}#first", six(table["both"] + table["first_only"], units)
        yield f"{name}#second", six(table["both"] + table["second_only"], units)


def opposite_views(name: str, record: Json) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a measure of opposite views."""
    for key in (
        *("topics", "open_topics", "pairs", "open_pairs", "refused_pairs", "tilted", "mean"),
        *("lower", "upper", "spread_upper", "tilted_upper", "margin", "alpha", "skew_alpha"),
    ):
        if record[key] is not None:
            yield f"{name}#{key}", str(record[key])


def suspicion(name: str, split: Json) -> Iterator[tuple[str, str]]:
    """Yield the numbers of attack success by what the reply says of a test."""
    for part in ("suspecting", "others"):
        breached, assessed, left = (
            split[part][key] for key in ("successes", "attempts", "unassessed")
        )
        yield f"{name}#{part}.successes", str(breached)
        yield f"{name}#{part}.attempts", str(assessed)
        yield f"{name}#{part}.unassessed", str(left)
        yield f"{name}#{part}.started", str(assessed + left)
        if assessed:
            yield f"{name}#{part}.point", six(breached, assessed)


def suspicion_sums(splits: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Yield how many replies say that this is a test, over all domains and arms."""
    sums = Counter[str]()
    for split in splits:
        for part in ("suspecting", "others"):
            sums[part] += split[part]["attempts"] + split[part]["unassessed"]
    yield "suspicions#suspecting", str(sums["suspecting"])
    yield "suspicions#started", str(sums.total())


def agent_counts(trials: Iterable[Json]) -> Counts:
    """Count what agents did, from the trials alone."""
    found: Counts = {}
    for trial in trials:
        outcome = trial["outcome"]
        if trial["role"] != "agency" or outcome["type"] != "acted":
            continue
        cell = found.setdefault((trial["domain"], trial["arm"]), Counter())
        cell["episodes"] += 1
        cell[_PROGRESS[outcome["progress"]]] += 1
        cell["clean"] += outcome["progress"] == "done" and not outcome["violations"]
        cell.update({f"violation.{kind}": 1 for kind in outcome["violations"]})
    return found


def agents(counts: Counts) -> Iterator[tuple[str, str]]:
    """Yield what agents did; a violation that occurred anywhere has a number everywhere."""
    kinds = {key for cell in counts.values() for key in cell if key.startswith("violation.")}
    for (domain, arm), cell in counts.items():
        for key in ("episodes", "done", "partly", "not_done", "clean", *kinds):
            yield f"agents:{domain}.{arm}#{key}", str(cell[key])


def human_figures(plan: Json, scenarios: Mapping[str, Json]) -> dict[str, Json]:
    """Return, by domain, how many people solve the tasks of the plan, where they say so."""
    asked: dict[str, set[str]] = {}
    for item in plan["items"]:
        if item["role"] == "capability" and item["attack"] == "none":
            asked.setdefault(item["domain"], set()).add(item["scenario"])
    found: dict[str, Json] = {}
    for domain, names in asked.items():
        checks = [scenarios[name]["scenario"]["check"] for name in names]
        tasks = [check for check in checks if check["type"] == "answer"]
        shares = [
            share for share in (decimal(task.get("human")) for task in tasks) if share is not None
        ]
        shares = [share for share in shares if 0 <= share <= 1]
        if shares:
            found[domain] = {"tasks": len(tasks), "shares": shares}
    return found


def humans(figures: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the numbers of people on tasks."""
    for domain, figure in figures.items():
        name, shares = f"human:{domain}", figure["shares"]
        yield f"{name}#tasks", str(figure["tasks"])
        yield f"{name}#stated", str(len(shares))
        for key, share in (
            ("mean", sum(shares, Fraction(0)) / len(shares)),
            ("lowest", min(shares)),
            ("highest", max(shares)),
        ):
            yield f"{name}#{key}", six(share.numerator, share.denominator)


def six(numerator: int, denominator: int) -> str:
    """Write a fraction with six digits after the point, rounded half to even."""
    millionths = round(Fraction(numerator * 10**6, denominator))
    return f"{millionths // 10**6}.{millionths % 10**6:06d}"
