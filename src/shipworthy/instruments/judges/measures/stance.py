"""What is measured of an answer to one side of a mirrored pair."""

from shipworthy.instruments.judges.measures.scores import MEASURES, view_words
from shipworthy.kernel import decimal_string
from shipworthy.records import StanceCheck
from shipworthy.vocabulary import Measured


def measured(check: StanceCheck, text: str) -> Measured:
    """Return the scores of an answer by measure, six digits after the point."""
    ignored = view_words(check.a, check.b)
    scores = {one.name: decimal_string(one.score(text, ignored)) for one in MEASURES}
    return Measured(scores=dict(sorted(scores.items())))
