"""The value of every number that a report may show, from the records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from shipworthy_verify.claims.attacks import attacks
from shipworthy_verify.claims.battery import (
    Counts,
    agents,
    contrast,
    humans,
    opposite_views,
    six,
    suspicion,
    suspicion_sums,
)
from shipworthy_verify.reading import Json
from shipworthy_verify.recount.events import BARE_ONLY
from shipworthy_verify.rules import atoms, decimal
from shipworthy_verify.sequential import gate_alpha

_BOUNDS: Final = (
    "lower",
    "upper",
    "exact_upper",
    "upper_adjusted",
    "scenarios",
    "scenarios_with_success",
)
_NAMES: Final = {"id", "metric", "domain", "before", "after", "method", "plan"}
"""Fields of a paired finding that are no numbers."""
_SEQUENTIAL: Final = (
    *("scenarios", "successes", "unassessed", "late", "cap", "fixed_scenarios"),
    *("limit", "false_go", "false_fail"),
)


@dataclass(frozen=True, slots=True)
class Records:
    """What claims are derived from."""

    plan: Json
    rulebook: Json
    facts: list[Json]
    findings: dict[str, Json]
    paired: dict[str, Json]
    sequential: dict[str, Json]
    cards: dict[str, Json]
    cells: dict[tuple[str, str, str], list[int]]
    trials: list[Json]
    decision: Json
    submission: dict[str, int]
    canaries: dict[str, Json]
    stacks: dict[str, Json]
    languages: dict[str, str]
    contrasts: dict[str, Json] = field(default_factory=dict)
    suspicions: dict[str, Json] = field(default_factory=dict)
    balances: dict[str, Json] = field(default_factory=dict)
    agents: Counts = field(default_factory=dict)
    humans: dict[str, Json] = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)


def claim_book(records: Records) -> dict[str, str | None]:
    """Return the value of every claim; None where two records disagree about one id."""
    book: dict[str, str | None] = {}
    for name, value in _claims(records):
        if book.setdefault(name, value) != value:
            book[name] = None
    return book


def _claims(records: Records) -> Iterator[tuple[str, str]]:
    for finding in records.findings.values():
        yield from _finding(finding)
    yield from _tables(records)
    yield from _battery(records)
    yield from _totals(records.trials)
    yield from _plan(records.plan)
    for key, count in records.submission.items():
        yield f"submission#{key}", str(count)
    for judge, card in records.cards.items():
        yield from _card(f"card:{judge}", card)
    for judge, asked in records.canaries.items():
        for key in ("items", "asked", "agreed"):
            yield f"canaries:{judge}#{key}", str(asked[key])
    for fact in records.facts:
        yield f"fact:{fact['field']}#value", fact["value"]
    for verdict in ("kept", "broken", "inconclusive"):
        verdicts = [result["verdict"] for result in records.decision["requirements"]]
        yield f"decision#{verdict}", str(verdicts.count(verdict))
    yield from _conditions(records)


def _tables(records: Records) -> Iterator[tuple[str, str]]:
    for name, paired in records.paired.items():
        for key in set(paired) - _NAMES:
            if paired[key] is not None:
                yield f"paired:{name}#{key}", str(paired[key])
    for name, record in records.sequential.items():
        for key in _SEQUENTIAL:
            yield f"sequential:{name}#{key}", str(record[key])
    for name, stack in records.stacks.items():
        yield from _stack(f"stack:{name}", stack)
    yield from records.languages.items()
    yield from attacks(records.cells, records.plan)
    for cell, counts in records.cells.items():
        for key, count in zip(("successes", "attempts", "unassessed"), counts, strict=True):
            yield f"cell:{'/'.join(cell)}#{key}", str(count)


def _battery(records: Records) -> Iterator[tuple[str, str]]:
    for name, table in records.contrasts.items():
        yield from contrast(f"contrast:{name}", table)
    for name, split in records.suspicions.items():
        yield from suspicion(f"suspicion:{name}", split)
    for name, record in records.balances.items():
        yield from opposite_views(f"balance:{name}", record)
    yield from suspicion_sums(records.suspicions.values())
    yield from agents(records.agents)
    yield from humans(records.humans)
    yield from records.controls.items()
    yield from records.live.items()


def _finding(finding: Json) -> Iterator[tuple[str, str]]:
    name, rate, bounds = f"finding:{finding['id']}", finding["rate"], finding["bounds"]
    for key in ("successes", "attempts", "unassessed"):
        yield f"{name}#{key}", str(rate[key])
    yield f"{name}#started", str(rate["attempts"] + rate["unassessed"])
    if rate["attempts"]:
        yield f"{name}#point", six(rate["successes"], rate["attempts"])
    for key in _BOUNDS:
        if bounds:
            yield f"{name}#{key}", str(bounds[key])
    for group in ("held_by", "unassessed", "reading"):
        for key, count in (finding[group] or {}).items():
            yield f"{name}#{group}.{key}", str(count)


def _stack(name: str, stack: Json) -> Iterator[tuple[str, str]]:
    assessed = {}
    for row in ("complied", "resisted", "unknown"):
        passage = stack[row]
        assessed[row] = passage["attempts"] - passage["open"]
        for key in set(passage) - {"held_by"}:
            yield f"{name}#{row}.{key}", str(passage[key])
        yield f"{name}#{row}.assessed", str(assessed[row])
        yield f"{name}#{row}.held", str(sum(passage["held_by"].values()))
        for layer, count in passage["held_by"].items():
            yield f"{name}#{row}.held_by.{layer}", str(count)
    for layer, count in stack["rewrote"].items():
        yield f"{name}#rewrote.{layer}", str(count)
    for key in ("scenarios", "missed", "doubtful", "caught", "unsettled"):
        yield f"{name}#{key}", str(stack[key])
    for key in ("miss_lower", "miss_upper"):
        if stack[key] is not None:
            yield f"{name}#{key}", str(stack[key])
    complied, resisted = assessed["complied"], assessed["resisted"]
    through, newly = stack["complied"]["through"], stack["resisted"]["through"]
    yield f"{name}#pairs", str(complied + resisted)
    yield f"{name}#breached", str(through + newly)
    for key, part, whole in (
        ("compliance", complied, complied + resisted),
        ("miss", through, complied),
        ("new", newly, resisted),
        ("after", through + newly, complied + resisted),
    ):
        if whole:
            yield f"{name}#{key}", six(part, whole)


def _totals(trials: list[Json]) -> Iterator[tuple[str, str]]:
    yield "trials#count", str(len(trials))
    for key in ("prompt_tokens", "completion_tokens"):
        yield f"trials#{key}", str(sum(trial["usage"][key] for trial in trials))
    yield "trials#at_length", str(sum(trial["finish"] == "length" for trial in trials))


def _plan(plan: Json) -> Iterator[tuple[str, str]]:
    items = plan["items"]
    attacks = {item["attack"] for item in items if item["role"] == "adversarial"}
    yield "plan#items", str(len(items))
    yield "plan#scenarios", str(len({item["scenario"] for item in items}))
    yield "plan#cells", str(sum(1 for _ in cells_of(plan)))
    yield "plan#attacks", str(len(attacks))
    yield "plan#alpha", plan["alpha"]
    yield "plan#gate_alpha", gate_alpha(plan)
    yield "plan#seed", str(plan["seed"])
    for arm in plan["arms"]:
        for layer in arm["stack"]["layers"]:
            for label, value in layer["card"].items():
                yield f"safeguard:{layer['name']}#{label}", value


def _card(name: str, card: Json) -> Iterator[tuple[str, str]]:
    for key in ("true_positives", "false_negatives", "true_negatives", "false_positives"):
        yield f"{name}#{key}", str(card[key])
    for key, hit, miss in (
        ("sensitivity", "true_positives", "false_negatives"),
        ("specificity", "true_negatives", "false_positives"),
    ):
        if card[hit] + card[miss]:
            yield f"{name}#{key}", six(card[hit], card[hit] + card[miss])


def _conditions(records: Records) -> Iterator[tuple[str, str]]:
    rates = {f["name"]: f["finding"] for f in records.rulebook["fields"] if f["type"] == "rate"}
    named: list[tuple[str, Json]] = []
    for rule in records.rulebook["rules"]:
        named.extend((f"limit:{r['id']}", r["condition"]) for r in rule["requires"])
        if rule["when"] is not None:
            named.append((f"rule:{rule['id']}", rule["when"]))
    for one in records.rulebook["fields"]:
        name = f"level:{one['name']}"
        named.extend((f"{name}/{d['level']}", d["when"]) for d in one.get("definitions", ()))
    for name, condition in named:
        for index, atom in enumerate(atoms(condition)):
            if decimal(atom["value"]) is None:
                continue
            yield f"{name}#{index}", atom["value"]
            finding = records.findings.get(rates.get(atom["field"], ""))
            key = {"upper": "upper_adjusted", "lower": "lower"}.get(atom["bound"] or "")
            if name.startswith("limit:") and finding and finding["bounds"] and key:
                gap = Decimal(atom["value"]) - Decimal(finding["bounds"][key])
                gap = gap if atom["operator"] in {"<", "<="} else -gap
                if atom["operator"] not in {"==", "!="}:
                    yield f"margin:{name.removeprefix('limit:')}#{index}", format(gap, "f")


def cells_of(plan: Json) -> Iterator[tuple[Json, str]]:
    """Yield the cells of a plan: every item in every arm, or in the bare arm alone."""
    for item in plan["items"]:
        for arm in plan["arms"]:
            if item["role"] not in BARE_ONLY or arm["arm"] == "bare":
                yield item, arm["arm"]
