"""The tables of `docs/explanation/gateways-compared.md`, from the documents of the runs."""

from collections import Counter
from collections.abc import Iterator

from set_ups import DIALECTS

MOODS = ("objects", "hangs", "fails", "garbage", "empty", "resets", "no-score")
PARTS = ("answers", "requests", "faults", "detours", "judge")
TITLES = {
    "ours": "ours",
    "litellm": "LiteLLM proxy",
    "portkey": "Portkey gateway",
    "nemo": "NeMo Guardrails server",
}


def tables(results: list[dict]) -> Iterator[str]:
    """Yield the lines of every table."""
    rules = [one for one in results if not one["judge"]]
    judges = [one for one in results if one["judge"]]
    if rules:
        yield from _totals(rules)
        yield ""
        yield from _leaks(rules)
    if judges:
        yield ""
        yield from _judged(judges)


def _title(one: dict) -> str:
    front = f", {one['front']} front" if one["front"] else ""
    return f"{TITLES[one['gateway']]}{front}"


def _totals(results: list[dict]) -> Iterator[str]:
    yield (
        "| gateway | how it guards | leaks | held | clean answers intact | altered | broken "
        "| not offered | not testable | passed on |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in results:
        clean = [case for case in one["cases"] if case["id"].startswith("clean.")]
        intact = sum(case["verdict"] == "intact" for case in clean)
        seen = Counter(case["verdict"] for case in one["cases"])
        words = ("altered", "broken", "not offered", "not testable", "passed on")
        numbers = " | ".join(str(seen[word]) for word in words)
        yield (
            f"| {_title(one)} | {one['how']} | {seen['LEAK']} | {seen['held']} "
            f"| {intact} of {len(clean)} | {numbers} |"
        )


def _leaks(results: list[dict]) -> Iterator[str]:
    yield "| set-up | part | " + " | ".join(DIALECTS) + " |"
    yield "|---|---|" + "---|" * len(DIALECTS)
    for one in results:
        for part in PARTS[:-1]:
            cells = []
            for dialect in DIALECTS:
                found = [
                    case["verdict"]
                    for case in one["cases"]
                    if case["id"].startswith(f"{part}.{dialect}.")
                ]
                broken = found.count("broken")
                extra = f", {broken} broken" if broken else ""
                cells.append(f"{found.count('LEAK')} of {len(found)}{extra}")
            if any(not cell.startswith("0 ") or "broken" in cell for cell in cells):
                yield f"| {one['name']} | {part} | " + " | ".join(cells) + " |"


def _judged(results: list[dict]) -> Iterator[str]:
    yield "Answers that left, of whole ones / of streamed ones, by what the judge did:"
    yield ""
    yield "| gateway | how it asks | " + " | ".join(MOODS) + " |"
    yield "|---|---|" + "---|" * len(MOODS)
    for one in results:
        cells = []
        for mood in MOODS:
            found = {"whole": [], "stream": []}
            for case in one["cases"]:
                part, _, mode, what = case["id"].split(".")[:4]
                if part == "judge" and what == mood:
                    found[mode].append(case["verdict"])
            counts = (f"{seen.count('LEAK')} of {len(seen)}" for seen in found.values())
            broken = sum(seen.count("broken") for seen in found.values())
            cells.append(" / ".join(counts) + (f", {broken} broken" if broken else ""))
        yield f"| {_title(one)} | {one['how']} | " + " | ".join(cells) + " |"
