"""Precision, recall and confusion of the clause-change suggestions on labelled rows.

    python benchmarks/clause_changes.py DATA.tsv

DATA has the columns of the public tracing sheet of Zhu, "Silent Revision" (arXiv 2609.08789):
pair_id, before_text, after_text, outcome (R, S, W, X, L, A), with NONE for a missing text. Quoted
passages belong to their publishers, so no row is kept here.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path

from shipworthy.frameworks.wording import classify

LETTERS = {
    "retained": "R",
    "strengthened": "S",
    "weakened": "W",
    "removed": "X",
    "relocated": "L",
    "added": "A",
    "unclear": "?",
}
LABELS = "RSWXLA"


def confusion(rows: list[dict[str, str]]) -> Counter[tuple[str, str]]:
    """Count (label, suggestion) over rows."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        texts = ["" if row[key] == "NONE" else row[key] for key in ("before_text", "after_text")]
        counts[row["outcome"], LETTERS[classify(*texts)[0]]] += 1
    return counts


def scores(counts: Counter[tuple[str, str]], label: str) -> tuple[str, str, int]:
    """Return precision, recall (as fractions) and the number of rows with a label."""
    hit = counts[label, label]
    said = sum(number for (_, found), number in counts.items() if found == label)
    true = sum(number for (truth, _), number in counts.items() if truth == label)
    return f"{hit}/{said}", f"{hit}/{true}", true


def main() -> None:
    """Print one table for each pair of documents, with and without the rows that have no choice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    with parser.parse_args().data.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    for pair in dict.fromkeys(row["pair_id"] for row in rows):
        chosen = [row for row in rows if row["pair_id"] == pair]
        both = [row for row in chosen if "NONE" not in (row["before_text"], row["after_text"])]
        for name, part in (("all rows", chosen), ("rows with both texts", both)):
            counts = confusion(part)
            right = sum(n for (truth, found), n in counts.items() if truth == found)
            unclear = sum(n for (_, found), n in counts.items() if found == "?")
            commonest = max(Counter(row["outcome"] for row in part).values())
            print(f"\n{pair}, {name}: {right} of {len(part)} right, {unclear} unclear,", end=" ")
            print(f"always the commonest label: {commonest}")
            print("| label | " + " | ".join(f"said {x}" for x in LABELS + "?"), end="")
            print(" | precision | recall |")
            print("|---" * (len(LABELS) + 4) + "|")
            for label in LABELS:
                precision, recall, total = scores(counts, label)
                if total:
                    cells = " | ".join(str(counts[label, x]) for x in LABELS + "?")
                    print(f"| {label} | {cells} | {precision} | {recall} |")


if __name__ == "__main__":
    main()
