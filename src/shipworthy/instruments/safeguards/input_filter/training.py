"""Fitting the classifier: seconds on one core, and the same weights every time."""

from collections.abc import Iterable
from typing import Final

from shipworthy.instruments.safeguards.input_filter.linear_model import (
    CHARACTER_RANGE,
    WORD_RANGE,
    LinearModel,
    TermBlock,
)
from shipworthy.instruments.safeguards.measuring import LabelledSet, installed_version
from shipworthy.kernel import ExitCode, Problem

INSTALL: Final = "python -m pip install 'shipworthy[guard]'"

MINIMUM_DOCUMENTS: Final = 3
"""A term must occur in so many training texts."""

INVERSE_PENALTY: Final = 1.0
"""Inverse strength of the quadratic penalty of the logistic regression."""

PARAMETERS: Final[dict[str, str]] = {
    "features": f"word {WORD_RANGE[0]}-{WORD_RANGE[1]}, char_wb {CHARACTER_RANGE[0]}-"
    f"{CHARACTER_RANGE[1]}, lower case, sublinear, smoothed idf, unit length",
    "minimum documents": str(MINIMUM_DOCUMENTS),
    "classifier": f"logistic regression, liblinear, inverse penalty {INVERSE_PENALTY}",
}
"""All that decides the fit besides the data and the version of scikit-learn."""


def trainer_version() -> str:
    """Return the version of scikit-learn, without importing it.

    Raises:
        Problem: `package-missing` with the command that installs it.
    """
    return installed_version("scikit-learn", INSTALL)


def fit(training: LabelledSet) -> LinearModel:
    """Fit the classifier on labelled texts.

    One thread, so that sums are added in the same order in every process.

    Raises:
        Problem: `package-missing` when scikit-learn cannot be imported.
    """
    try:
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise Problem.of(
            "package-missing",
            f"training the input classifier needs scikit-learn: {error}",
            help=INSTALL,
            exit_code=ExitCode.ENVIRONMENT,
        ) from error

    texts = [item.text for item in training.texts]
    labels = [int(item.attack) for item in training.texts]
    words = TfidfVectorizer(ngram_range=WORD_RANGE, min_df=MINIMUM_DOCUMENTS, sublinear_tf=True)
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=CHARACTER_RANGE, min_df=MINIMUM_DOCUMENTS, sublinear_tf=True
    )
    with threadpool_limits(limits=1):
        matrix = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr()
        classifier = LogisticRegression(C=INVERSE_PENALTY, solver="liblinear", random_state=0)
        classifier.fit(matrix, labels)

    weights = [float(weight) for weight in classifier.coef_[0]]
    split = len(words.idf_)
    return LinearModel(
        words=_block(words.get_feature_names_out(), words.idf_, weights[:split]),
        characters=_block(characters.get_feature_names_out(), characters.idf_, weights[split:]),
        intercept=float(classifier.intercept_[0]),
    )


def _block(terms: Iterable[object], idf: Iterable[float], weights: list[float]) -> TermBlock:
    return TermBlock(
        terms=tuple(str(term) for term in terms),
        idf=tuple(float(value) for value in idf),
        weights=tuple(weights),
    )
