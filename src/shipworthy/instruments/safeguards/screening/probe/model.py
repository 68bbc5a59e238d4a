"""A probe that knows what it was made of: weights, threshold, promise and card, in one file."""

from pathlib import Path
from typing import Final

from shipworthy.instruments.safeguards.measuring import (
    TEST,
    TRAIN,
    VALIDATION,
    LabelledSet,
    LabelledText,
    cached,
    card_entries,
    encoded,
    known_texts,
    measure_detection,
    normal_form,
    read_authored_texts,
    read_multilingual_attacks,
    read_table,
)
from shipworthy.instruments.safeguards.screening.probe.calibration import (
    Calibration,
    Promise,
    calibrate,
)
from shipworthy.instruments.safeguards.screening.probe.features import FEATURES, Score
from shipworthy.instruments.safeguards.screening.probe.scorer import open_scorer
from shipworthy.instruments.safeguards.screening.probe.tables import bad_table, read_own_table
from shipworthy.instruments.safeguards.screening.probe.training import PARAMETERS, fit
from shipworthy.instruments.safeguards.screening.rules.views import seen_bytes
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    Record,
    digest_bytes,
    digest_of,
    read_bounded,
    read_record,
    system_reason,
)

LARGEST_FILE: Final = 64_000_000
"""Bytes of a file with a probe."""


class ProbeModel(Record, frozen=True, kw_only=True):
    """A fitted probe.

    Attributes:
        features: what is read of a text; a probe of another format is refused.
        weights: as `open_scorer` takes them.
        calibration: the threshold and what it promises.
        card: what it was trained on and how well it does.
    """

    features: str
    weights: bytes
    calibration: Calibration
    card: dict[str, str]

    @property
    def digest(self) -> Digest:
        """Digest of all that decides what the probe says."""
        return digest_bytes(encoded(self))


def text_score(score: Score, text: str) -> int:
    """Return the score of a text alone."""
    return score(seen_bytes("folded", text), 0)


def make_probe(
    training: LabelledSet,
    calibrating: LabelledSet,
    measured: dict[str, LabelledSet],
    promise: Promise,
) -> ProbeModel:
    """Train, calibrate on other texts, and measure on others again.

    Raises:
        Problem: `package-missing` without numpy.
    """
    weights = fit([(item.text, item.attack) for item in training.texts])
    score = open_scorer(weights)
    scored = [(text_score(score, item.text), item.attack) for item in calibrating.texts]
    calibration = calibrate(
        [value for value, harmful in scored if harmful],
        [value for value, harmful in scored if not harmful],
        promise,
    )
    card = {
        "training.source": f"{training.source}, {training.digest}",
        "training.texts": str(len(training.texts)),
        "training.harmful": str(sum(item.attack for item in training.texts)),
        "calibration.source": f"{calibrating.source}, {calibrating.digest}",
        "calibration.excluded-training-texts": str(calibrating.excluded),
        "limitation": "knows the wording of its training source, and its promise is one about "
        "texts drawn as the calibration texts were; the unseen figures are nearer to what an "
        "attacker meets",
    }
    threshold = calibration.threshold
    if threshold is not None:
        for label, labelled in measured.items():
            found = measure_detection(lambda text: text_score(score, text) >= threshold, labelled)
            card |= card_entries(label, labelled, found)
    return ProbeModel(features=FEATURES, weights=weights, calibration=calibration, card=card)


def built_in_probe(promise: Promise, cache: Path) -> ProbeModel:
    """Return the probe of the labelled texts that the input filter uses too, made once.

    Raises:
        Problem: a package is missing (environment) or was changed (integrity).
    """
    training = read_table(TRAIN)
    known = known_texts(training)
    calibrating = read_table(VALIDATION).without(known)
    measured = {
        "test": read_table(TEST).without(known),
        "unseen-authored": read_authored_texts().without(known),
        "unseen-multilingual": read_multilingual_attacks().without(known),
    }
    key = digest_of(
        {
            "purpose": "probe of a screen, format 1",
            "features": FEATURES,
            "parameters": PARAMETERS,
            "promise": promise,
            "data": [s.digest for s in (training, calibrating, *measured.values())],
        }
    )
    return cached(
        cache, key, ProbeModel, lambda: make_probe(training, calibrating, measured, promise)
    )


def table_probe(path: Path, promise: Promise) -> ProbeModel:
    """Return a probe of a person's own labelled table.

    CSV with columns `text` (or `prompt` and `answer`) and `harmful` (0 or 1). Of every five texts
    three train, one calibrates and one is held out; which is which depends on the text alone, so
    copies of one text stay together.

    Raises:
        Problem: `probe-table` with the line, also for a text that is called both, or
            `package-missing`.
    """
    whole = read_own_table(path)
    parts: tuple[list[LabelledText], ...] = ([], [], [])
    for item in whole.texts:
        fifth = int(digest_of(normal_form(item.text))[-8:], 16) % 5
        parts[max(0, fifth - 2)].append(item)
    sets = [
        LabelledSet(f"{whole.source}, {part}", whole.digest, tuple(texts))
        for part, texts in zip(("3/5", "1/5", "1/5"), parts, strict=True)
    ]
    if {item.attack for item in sets[0].texts} != {True, False}:
        raise bad_table(path, "training needs harmful and harmless texts", 0)
    return make_probe(sets[0], sets[1], {"held-out": sets[2]}, promise)


def read_probe(path: Path) -> ProbeModel:
    """Read a probe from its file.

    Raises:
        Problem: `probe-unreadable`, `record-invalid`, or `probe-weights` for another format.
    """
    try:
        data = read_bounded(path, LARGEST_FILE)
    except OSError as error:
        place = Location(str(path))
        raise Problem.of("probe-unreadable", system_reason(error), location=place) from None
    model = read_record(data, ProbeModel, str(path))
    if model.features != FEATURES:
        raise Problem.of(
            "probe-weights",
            f"the probe reads `{model.features}`, and this version `{FEATURES}`",
            location=Location(str(path)),
            help="train it again",
        )
    return model
