"""What every statistical promise achieves on simulated data.

    python benchmarks/simulations.py [--runs RUNS] [--only NAME] [--seed SEED]
                                     [--settings] [--write]

Simulates every procedure that claims an error rate or a coverage, on a declared grid of settings,
and prints one row a claim: what is promised, and what the least favourable setting achieved with
its 99 % limits (Clopper and Pearson; normal for means), for all settings of the row together. A
promise is refuted when those limits lie wholly on its wrong side, in any setting; then the command
ends with 1. `--settings` prints every setting, `--write` puts the table, without the figures that
stand beside the claims, into docs/statistics.md. One core.

The clustered bound has a benchmark of its own beside this one, on all of its grid:
`interval_coverage.py`.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from simulations.catalogue import NAMED
from simulations.promises import Found, Ground, Mean, Median, Row, Sense, Share, measure

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
BEGIN, END = "<!-- simulations: begin -->\n", "<!-- simulations: end -->\n"
HEAD = ("procedure", "claim", "settings", "runs", "promised", "achieved (99 % limits)", "where")
SIGNS = {Sense.AT_MOST: "≤", Sense.AT_LEAST: "≥", Sense.EQUAL: "="}
WHY = {Ground.PROVED: "", Ground.APPROXIMATE: ", tolerated"}


def line(parts: tuple[str, ...]) -> str:
    return f"| {' | '.join(parts)} |"


TOP = (line(HEAD), "|" + "---|" * len(HEAD))


def shown(value: float, measured: Share | Mean | Median) -> str:
    """A share in percent, a mean as it is."""
    if isinstance(measured, Share):
        return f"{100 * value:.2f} %"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def promised(found: Found) -> str:
    promise = found.promise
    if promise.sense is None or promise.value is None:
        return ""
    value = shown(promise.value, found.measured)
    return f"{SIGNS[promise.sense]} {value}{WHY[promise.ground]}"


def cells(row: Row, place: str, found: Found) -> tuple[str, ...]:
    measured = found.measured
    limits = measured.limits(row.confidence)
    low, high = (shown(limit, measured).removesuffix(" %") for limit in limits)
    achieved = f"{shown(measured.value, measured)} ({low} to {high})"
    return (
        row.procedure,
        row.claim,
        str(len(row.places)),
        f"{measured.runs:,}",
        promised(found),
        f"**refuted**: {achieved}" if place in row.refuted else achieved,
        place,
    )


def worst(row: Row) -> tuple[str, Found]:
    """A setting that refutes the promise, or the least favourable one."""
    refuting = [one for one in row.places if one[0] in row.refuted]
    return refuting[0] if refuting else row.worst


def renew(procedure: str, rows: list[str]) -> None:
    """Put the rows of one procedure into the page; those of the others stay."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    kept: dict[str, list[str]] = {}
    for one in table.splitlines()[2:]:
        kept.setdefault(one.split(" | ")[0].removeprefix("| "), []).append(one)
    kept[procedure] = rows
    lines = [*TOP, *(one for name in NAMED for one in kept.get(name, []))]
    PAGE.write_text(before + BEGIN + "".join(f"{one}\n" for one in lines) + END + after)


def run(name: str, runs: int, seed: str, *, every: bool) -> tuple[Row, ...]:
    """Simulate one procedure and print it."""
    began = time.process_time()
    rows = measure(NAMED[name], runs, seed)
    for row in rows:
        for place, found in row.places if every else [worst(row)]:
            print(line(cells(row, place, found)), flush=True)
    print(f"{name}: {time.process_time() - began:.1f} s CPU", file=sys.stderr, flush=True)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000, help="simulated runs a setting")
    parser.add_argument(
        "--only", choices=NAMED, metavar="NAME", action="append", help="a procedure (repeatable)"
    )
    parser.add_argument("--seed", default="", help="other runs of the same settings")
    parser.add_argument("--settings", action="store_true", help="print every setting")
    parser.add_argument("--write", action="store_true", help=f"renew the table in {PAGE.name}")
    asked = parser.parse_args()
    print("\n".join(TOP), flush=True)
    refuted: list[tuple[Row, str]] = []
    for name in asked.only or NAMED:
        rows = run(name, asked.runs, asked.seed, every=asked.settings)
        refuted += [(row, place) for row in rows for place in row.refuted]
        if asked.write:
            renew(name, [line(cells(row, *worst(row))) for row in rows if not row.detail])
    for row, place in refuted:
        print(f"refuted: {row.procedure}: {row.claim}: {place}", file=sys.stderr)
    print(f"{time.process_time():.0f} s CPU in all, {len(refuted)} refuted", file=sys.stderr)
    return 1 if refuted else 0


if __name__ == "__main__":
    raise SystemExit(main())
