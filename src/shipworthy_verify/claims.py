"""Every number that a reader meets: its value from the records, its text from its value."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.recount.events import BARE_ONLY
from shipworthy_verify.rules import atoms, decimal
from shipworthy_verify.sequential import gate_alpha

_ROUNDING: Final = {
    "percent": ROUND_HALF_EVEN,
    "points": ROUND_HALF_EVEN,
    "percent-up": ROUND_CEILING,
    "percent-down": ROUND_FLOOR,
}
_FLATTERING: Final = {
    "lower": {"percent", "percent-up"},
    "upper": {"percent", "percent-down"},
    "exact_upper": {"percent", "percent-down"},
    "upper_adjusted": {"percent", "percent-down"},
}
_MISSES: Final = {"miss_lower": "lower", "miss_upper": "upper"}
_ERRORS: Final = ("false_go", "false_fail")
_BOUNDS: Final = (
    "lower",
    "upper",
    "exact_upper",
    "upper_adjusted",
    "scenarios",
    "scenarios_with_success",
)
_FOLD: Final = "fold"
"""The inverse of an upper limit of a ratio; of nothing else."""
_NAMES: Final = {"id", "metric", "domain", "before", "after", "method", "plan"}
"""Fields of a paired finding that are no numbers."""
_SEQUENTIAL: Final = (
    *("scenarios", "successes", "unassessed", "late", "cap", "fixed_scenarios"),
    *("limit", "false_go", "false_fail"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim as a report shows it; `text` is None where only the value is given."""

    id: str
    value: str
    format: str
    text: str | None


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


def fault(shown: Shown, book: dict[str, str | None]) -> tuple[str, str] | None:
    """Return the code and sentence of what is wrong with a claim, or nothing."""
    expected = book.get(shown.id)
    head, _, key = shown.id.partition("#")
    if expected is None and _never_occurred(shown.id, book):
        expected = "0"
    if expected is None:
        return "SV-CLAIM-UNKNOWN", f"claim `{shown.id}` follows from no record"
    if shown.value != expected:
        return "SV-CLAIM-VALUE", f"claim `{shown.id}` says `{shown.value}`, not `{expected}`"
    if _flatters(head, key, shown.format):
        return "SV-CLAIM-FORMAT", f"claim `{shown.id}` is rounded the way that flatters"
    text = display(shown)
    if text is None:
        return "SV-CLAIM-FORMAT", f"claim `{shown.id}` cannot be shown as `{shown.format}`"
    if shown.text is not None and shown.text != text:
        return "SV-CLAIM-TEXT", f"claim `{shown.id}` reads `{shown.text}`, not `{text}`"
    return None


def _never_occurred(claim: str, book: dict[str, str | None]) -> bool:
    """Whether a claim counts a holder or a reason of which a record has none: a true zero."""
    head, _, key = claim.partition("#")
    if head.startswith("finding:") and f"{head}#successes" in book:
        return key.startswith(("held_by.", "unassessed."))
    row, _, rest = key.partition(".")
    known = head.startswith("stack:") and f"{head}#scenarios" in book
    counted = f"{head}#{row}.attempts" in book and rest.startswith("held_by.")
    return known and (counted or (row == "rewrote" and bool(rest)))


def _flatters(head: str, key: str, shape: str) -> bool:
    """Whether a bound, or an error that a design allows, is rounded the way that flatters."""
    if head.startswith("sequential:") and key in _ERRORS:
        return shape in _FLATTERING["upper"]
    if head.startswith("stack:") and key in _MISSES:
        return shape in _FLATTERING[_MISSES[key]]
    if head.startswith("paired:") and key == "ratio_upper":
        return shape not in {_FOLD, "decimal"}
    if shape == _FOLD:
        return True
    return head.startswith(("finding:", "language:")) and shape in _FLATTERING.get(key, ())


def display(shown: Shown) -> str | None:
    """Return the text of a value in a format, or nothing when the format does not fit."""
    if shown.format == "integer":
        return shown.value if shown.value.lstrip("-").isdecimal() else None
    if shown.format == "decimal":
        return shown.value
    if decimal(shown.value) is None:
        return None
    number = Decimal(shown.value)
    if shown.format in {"p-value", _FOLD}:
        return _fold(number) if shown.format == _FOLD else _p_value(number)
    if shown.format not in _ROUNDING:
        return None
    scaled = (number * 100).quantize(Decimal("0.1"), rounding=_ROUNDING[shown.format])
    return f"{scaled:+} pt" if shown.format == "points" else f"{scaled}\u202f%"


def _p_value(number: Decimal) -> str:
    small = number < Decimal("0.001")
    return "< 0.001" if small else str(number.quantize(Decimal("0.001"), ROUND_HALF_EVEN))


def _fold(ratio: Decimal) -> str | None:
    """Return by how many times something fell at least, rounded down; nothing where it did not."""
    if not 0 < ratio < 1:
        return None
    return f"{(1 / ratio).quantize(Decimal('0.01'), ROUND_FLOOR)}-fold"


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
    for cell, counts in records.cells.items():
        for key, count in zip(("successes", "attempts", "unassessed"), counts, strict=True):
            yield f"cell:{'/'.join(cell)}#{key}", str(count)


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
    for field in records.rulebook["fields"]:
        name = f"level:{field['name']}"
        named.extend((f"{name}/{d['level']}", d["when"]) for d in field.get("definitions", ()))
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


def six(numerator: int, denominator: int) -> str:
    """Write a fraction with six digits after the point, rounded half to even."""
    millionths = round(Fraction(numerator * 10**6, denominator))
    return f"{millionths // 10**6}.{millionths % 10**6:06d}"
