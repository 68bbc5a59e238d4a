"""What comparing frameworks costs, and how fast a gate decides: ours, z3, Cedar, Rego, in one run.

Rulebooks are synthetic and seeded (`tests/builders/synthetic_rulebooks.py`); their relatives have a
known verdict, which is asserted before a figure counts. CPU seconds of one process, one thread: the
best of several runs, as noise only adds. Read the ratios and the calibration, which is a fixed loop
timed in the same run.

    python benchmarks/frameworks_compare.py [--sizes 10,100,1000,10000] [--json FILE]

Cedar (`cedarpy`) and Rego (`regopy`) are measured when they are installed; a policy engine that
decides allow or deny is asked once for each decision level below the top, until one is forbidden.
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

import frameworks_peers

from shipworthy.frameworks import evaluate
from shipworthy.frameworks.compare import Scope, compare
from shipworthy.frameworks.compare.assurance.certificate import certificate
from shipworthy.frameworks.compare.verdicts import compare_with_grounds
from shipworthy.frameworks.semantics.tables import decision_table
from shipworthy.kernel import canonical_bytes
from shipworthy_verify.comparison import verify_comparison
from synthetic_rulebooks import LADDER, RELATIVES, synthetic, synthetic_evidence

VERDICTS = {"equiv": "equivalent", "tight": "stricter", "drop": "looser"}
GOAL_SECONDS = {1_000: 0.25, 10_000: 8.0}
GOAL_DECISIONS = 5_000
CASES = 400


def best(work: Callable[[], object], runs: int) -> float:
    """CPU seconds of the fastest of several runs."""
    found = []
    for _ in range(runs):
        gc.collect()
        start = process_time()
        work()
        found.append(process_time() - start)
    return min(found)


def calibration() -> float:
    """CPU seconds of a fixed loop: what the machine gives at this moment."""
    return best(lambda: sum(i * i for i in range(1_000_000)), 5)


def diff_row(rules: int, relative: str) -> dict[str, object]:
    """One comparison: all gates, types and levels, both directions, every witness replayed."""
    old = synthetic(rules)
    new = RELATIVES[relative](old)
    runs = 3 if rules < 10_000 else 1
    found = compare(old, new)
    assert found.change.value == VERDICTS[relative], (rules, relative, found.change)
    row: dict[str, object] = {
        "rules": rules,
        "relative": relative,
        "new rules": len(new.rules),
        "verdict": found.change.value,
        "boxes s": best(lambda: compare(old, new, Scope(engine="boxes")), runs),
    }
    if find_spec("pysat") and rules <= 1_000:
        row["sat s"] = best(lambda: compare(old, new, Scope(engine="sat")), min(runs, 2))
    if rules <= 1_000:
        row["z3 s"] = frameworks_peers.z3_seconds(old, new, VERDICTS[relative])
    return row


def certificate_row(rules: int, relative: str) -> dict[str, object]:
    """What a certificate costs beyond the comparison, and what checking it costs."""
    old = synthetic(rules)
    new = RELATIVES[relative](old)
    comparison, grounds = compare_with_grounds(old, new, Scope())
    start = process_time()
    data = canonical_bytes(certificate(comparison, grounds, (old, new), {}))
    made = process_time()
    checked = verify_comparison(data, canonical_bytes(old), canonical_bytes(new))
    assert checked.change == comparison.change.value
    return {
        "rules": rules,
        "relative": relative,
        "kB": len(data) / 1_000,
        "make s": made - start,
        "check s": process_time() - made,
    }


def gate_row(rules: int) -> dict[str, object]:
    """Decisions a second; every evidence is fresh, four fifths of the facts are known."""
    book = synthetic(rules)
    random = Random(rules)
    cases = [synthetic_evidence(random, book) for _ in range(CASES)]
    table = decision_table(book, "deploy")
    start = process_time()
    levels = [table.decide(case) for case in cases]
    spent = process_time() - start
    some = cases[:20]
    plain = best(lambda: [evaluate(book, case, "deploy") for case in some], 1) / len(some)
    for case, found in zip(some, levels, strict=False):
        answer = evaluate(book, case, "deploy")
        assert tuple(found) == (answer.level_worst, answer.level_best)
    row: dict[str, object] = {
        "rules": rules,
        "compile ms": 1_000 * best(lambda: decision_table(book, "deploy"), 3),
        "table /s": CASES / spent,
        "evaluate /s": 1 / plain,
    }
    full = [synthetic_evidence(random, book, known=1.0) for _ in range(12)]
    wanted = [LADDER.index(table.decide(case).worst) for case in full]
    for name, measure in frameworks_peers.GATES.items():
        row[f"{name} /s"] = measure(book, full, wanted) if find_spec(name) else None
    return row


def table(rows: list[dict[str, object]]) -> str:
    """Return rows as a table in Markdown; what was not measured is left empty."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(
        [*lines, *("| " + " | ".join(cell(row.get(h)) for h in heads) + " |" for row in rows)]
    )


def cell(value: object) -> str:
    """Return one figure, with as many digits as it carries."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", default="10,100,1000,10000")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    before = calibration()
    found: dict[str, list[dict[str, object]]] = {
        "diff": [diff_row(rules, name) for rules in sizes for name in VERDICTS],
        "certificates": [certificate_row(rules, "tight") for rules in sizes if rules <= 1_000],
        "gate": [gate_row(rules) for rules in sizes if rules <= 1_000],
    }
    print(f"calibration {1_000 * before:.0f} ms before, {1_000 * calibration():.0f} ms after")
    for title, rows in found.items():
        print(f"\n{title}\n\n{table(rows)}")
    for row in found["diff"]:
        goal = GOAL_SECONDS.get(int(str(row["rules"])))
        if goal and float(str(row["boxes s"])) > goal:
            print(f"over the goal of {goal} s: {row['rules']} rules, {row['relative']}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
