"""From data to a filter that knows how good it is: fit, choose a threshold, measure, keep."""

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from shipworthy.instruments.safeguards.input_filter.linear_model import LinearModel, Scorer
from shipworthy.instruments.safeguards.input_filter.training import (
    PARAMETERS,
    fit,
    trainer_version,
)
from shipworthy.instruments.safeguards.measuring import (
    TEST,
    TRAIN,
    VALIDATION,
    LabelledSet,
    cached,
    card_entries,
    encoded,
    known_texts,
    measure_detection,
    read_authored_texts,
    read_multilingual_attacks,
    read_table,
)
from shipworthy.kernel import Digest, Record, decimal_string, digest_bytes, digest_of


class CalibratedFilter(Record, frozen=True, kw_only=True):
    """A fitted model, the log odds above which a text is an attack, and its measured card."""

    model: LinearModel
    threshold: float
    card: dict[str, str]

    @property
    def weights_digest(self) -> Digest:
        """Digest of the fitted model: terms, frequencies, weights and intercept."""
        return digest_bytes(encoded(self.model))


def calibrated_filter(false_positive_rate: Decimal, cache: Path) -> CalibratedFilter:
    """Return the filter for a stated false positive rate, from the cache or made now.

    The first call takes seconds and needs scikit-learn; later ones read a file.

    Raises:
        Problem: a package is missing (environment) or was changed (integrity).
    """
    training = read_table(TRAIN)
    known = known_texts(training)
    validation = read_table(VALIDATION).without(known)
    measured = {
        "test": read_table(TEST).without(known),
        "unseen-authored": read_authored_texts().without(known),
        "unseen-multilingual": read_multilingual_attacks().without(known),
    }
    trainer = trainer_version()
    key = digest_of(
        {
            "purpose": "input classifier, format 1",
            "parameters": PARAMETERS,
            "trainer": trainer,
            "false positive rate": str(false_positive_rate),
            "data": [training.digest, validation.digest, *(s.digest for s in measured.values())],
        }
    )

    def make() -> CalibratedFilter:
        model = fit(training)
        scorer = Scorer(model)
        benign = [scorer.log_odds(item.text) for item in validation.texts if not item.attack]
        threshold = choose_threshold(benign, false_positive_rate)
        card = {
            "training.source": f"{training.source}, {training.digest}",
            "training.texts": str(len(training.texts)),
            "training.attacks": str(sum(item.attack for item in training.texts)),
            "training.software": f"scikit-learn {trainer}",
            "threshold.log-odds": decimal_string(threshold),
            "threshold.stated-false-positive-rate": str(false_positive_rate),
            **_measured(scorer, threshold, {"validation": validation, **measured}),
            "limitation": "knows the wording of its training source; the unseen figures are "
            "nearer to what an attacker meets",
        }
        return CalibratedFilter(model=model, threshold=threshold, card=card)

    return cached(cache, key, CalibratedFilter, make)


def choose_threshold(benign: Sequence[float], false_positive_rate: Decimal) -> float:
    """Return the lowest threshold that at most this share of benign scores lies above.

    Raises:
        ValueError: there are no benign scores.
    """
    if not benign:
        raise ValueError("a threshold needs benign scores")
    allowed = math.floor(len(benign) * false_positive_rate)
    return sorted(benign, reverse=True)[allowed]


def _measured(scorer: Scorer, threshold: float, sets: dict[str, LabelledSet]) -> dict[str, str]:
    entries: dict[str, str] = {}
    for label, labelled in sets.items():
        found = measure_detection(lambda text: scorer.log_odds(text) > threshold, labelled)
        entries |= card_entries(label, labelled, found)
    return entries
