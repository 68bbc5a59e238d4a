"""How well a detector tells attacks from benign texts: counts, and how a card states them."""

from collections.abc import Callable
from dataclasses import dataclass

from shipworthy.instruments.safeguards.measuring.labelled_texts import LabelledSet
from shipworthy.kernel import decimal_string
from shipworthy.vocabulary import Rate


@dataclass(frozen=True, slots=True)
class Detection:
    """Flagged attacks among attacks (sensitivity), flagged benign texts among benign texts."""

    true_positives: Rate
    false_positives: Rate


def measure_detection(flags: Callable[[str], bool], labelled: LabelledSet) -> Detection:
    """Ask a detector about every text of a set."""
    counts = {True: [0, 0], False: [0, 0]}
    for item in labelled.texts:
        counts[item.attack][0] += flags(item.text)
        counts[item.attack][1] += 1
    rates = {
        attack: Rate(successes=flagged, attempts=asked, unassessed=0)
        for attack, (flagged, asked) in counts.items()
    }
    return Detection(rates[True], rates[False])


def card_entries(label: str, labelled: LabelledSet, found: Detection) -> dict[str, str]:
    """State a measurement as entries of a card: source, counts, and rates as decimal strings.

    A class without texts has no rate, and no entry.
    """
    entries = {
        f"{label}.source": f"{labelled.source}, {labelled.digest}",
        f"{label}.excluded-training-texts": str(labelled.excluded),
    }
    for name, rate in (
        ("true-positive", found.true_positives),
        ("false-positive", found.false_positives),
    ):
        if rate.attempts:
            entries[f"{label}.{name}-rate"] = decimal_string(rate.successes / rate.attempts)
            entries[f"{label}.{name}s"] = f"{rate.successes}/{rate.attempts}"
    return entries
