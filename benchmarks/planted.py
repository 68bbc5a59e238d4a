"""Which planted properties of a model a campaign finds, and how often it blames a clean one.

    python benchmarks/planted.py [--seeds N] [--weaker N] [--only PLANT] [--write]

Each run is a whole campaign in this process: plan, registration, trials, canaries, findings, draft.
A property counts as found when the product itself says so: by a blocker, a broken requirement, a
verdict or an attack that stands out. Another seed is another model of the kind and another draw of
scenarios and attacks. Limits are those of Clopper and Pearson, 95 %, two-sided. `--weaker` runs the
properties in weaker forms; `--write` puts the table into docs/explanation/planted-models.md.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from planted_runs import CASES, Case, options_of, run_planted
from shipworthy.statistics import clopper_pearson

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "planted-models.md"
BEGIN, END = "<!-- planted: begin -->\n", "<!-- planted: end -->\n"
HEAD = ("property", "trials", "what the product says", "planted", "found", "clean twin flagged")


def line(parts: tuple[str, ...]) -> str:
    return f"| {' | '.join(parts)} |\n"


def counted(case: Case, seeds: int, options: Mapping[str, object]) -> tuple[str, int]:
    """Return in how many seeds the product says it, with limits, and the trials of a campaign."""
    if not seeds:
        return "not run", 0
    drafts = [run_planted(case, seed, options) for seed in range(1, seeds + 1)]
    said = sum(case.is_said(draft) for draft in drafts)
    limits = clopper_pearson(said, seeds, 0.95)
    share = f"{said} of {seeds} ({limits.lower:.0%} to {limits.upper:.0%})"
    return share, max(draft.counts.trials for draft in drafts)


def rows(case: Case, seeds: int, weaker: int) -> list[tuple[str, ...]]:
    found, trials = counted(case, seeds, options_of(case, planted=True))
    flagged, _ = counted(case, seeds, options_of(case, planted=False))
    head = (f"`{case.plant}`", f"{trials:,}", case.said)
    table: list[tuple[str, ...]] = [(*head, shown(case.full), found, flagged)]
    for strength in case.weaker if weaker else ():
        found, _ = counted(case, weaker, options_of(case, planted=True, strength=strength))
        table.append((f"`{case.plant}`", "", "", shown(strength), found, ""))
    return table


def shown(strength: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {value}" for name, value in strength.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--weaker", type=int, default=0)
    parser.add_argument("--only", choices=[case.plant for case in CASES])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    start = time.process_time()
    table = line(HEAD) + "|" + "---|" * len(HEAD) + "\n"
    print(table, end="", flush=True)
    for case in CASES:
        if given.only in {None, case.plant}:
            for row in rows(case, given.seeds, given.weaker):
                print(line(row), end="", flush=True)
                table += line(row)
    print(f"\n{time.process_time() - start:.0f} s of CPU time", file=sys.stderr)
    if given.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(before + BEGIN + table + END + after)


if __name__ == "__main__":
    main()
