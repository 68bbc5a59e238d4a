"""What labels say, as JSON: probabilities are decimal strings, rounded to the safe side."""

from typing import TYPE_CHECKING, Any

import msgspec

from shipworthy.kernel import decimal_string

if TYPE_CHECKING:
    from shipworthy.app.labelling import LabelResult
    from shipworthy.stages.evaluating.labelling import ReaderPair, StratumTally
    from shipworthy.statistics import Interval
    from shipworthy.statistics.judged import CategoryQuality


def result_document(result: "LabelResult") -> dict[str, Any]:
    """Return a document with everything that the labels say."""
    reading, work = result.reading, result.work
    quality = result.quality
    return {
        "note": result.note,
        "read_by_the_gate": work.registered,
        "plan": work.campaign.plan_digest,
        "queue": work.queue_digest,
        "complete": reading.complete,
        "items": len(work.items),
        "labels": len(result.labels),
        "missing": {
            "unread": list(reading.unread),
            "second_reader": list(reading.second_wanted),
        },
        "rates": [_stratum(result, one) for one in result.strata],
        "judge": {
            "categories": [_quality(one) for one in quality.categories] if quality else [],
            "weakest": quality.weakest.category if quality else None,
        },
        "readers": [_pair(one) for one in result.pairs],
        "disagreements": [
            {"item": one.item, "answers": dict(one.answers)} for one in reading.disagreements
        ],
    }


def _stratum(result: "LabelResult", tally: "StratumTally") -> dict[str, Any]:
    bound = tally.bound
    return {
        "stratum": tally.stratum,
        "outputs": tally.outputs,
        "not_drawn": tally.not_drawn,
        "without_text": tally.silent,
        "confusion": [
            {"judge": called.value, "people": consensus.value, "outputs": count}
            for (called, consensus), count in sorted(
                tally.confusion.items(), key=lambda cell: (cell[0][0].value, cell[0][1].value)
            )
        ],
        "two_phase": {
            **{name: getattr(tally.counts, name) for name in tally.counts.__slots__},
            "lower": decimal_string(bound.lower, "down"),
            "upper": decimal_string(bound.upper, "up"),
            "misses_upper": decimal_string(bound.misses_upper, "up"),
            "confidence": decimal_string(bound.confidence),
        },
        "campaign": msgspec.to_builtins(result.campaign[tally.stratum]),
    }


def _quality(one: "CategoryQuality") -> dict[str, Any]:
    return {
        "category": one.category,
        "true_positives": one.card.true_positives,
        "positives": one.card.positives,
        "true_negatives": one.card.true_negatives,
        "negatives": one.card.negatives,
        "sensitivity": _interval(one.sensitivity),
        "specificity": _interval(one.specificity),
    }


def _pair(pair: "ReaderPair") -> dict[str, Any]:
    found = pair.agreement
    return {
        "first": pair.first,
        "second": pair.second,
        "items": found.items,
        "agreed": found.agreed,
        "share": _interval(found.share),
        "kappa": None if found.kappa is None else decimal_string(found.kappa),
    }


def _interval(interval: "Interval | None") -> dict[str, str] | None:
    if interval is None:
        return None
    return {
        "lower": decimal_string(interval.lower, "down"),
        "upper": decimal_string(interval.upper, "up"),
        "confidence": decimal_string(interval.confidence),
    }
