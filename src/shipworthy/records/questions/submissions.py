"""Submissions: a question that is asked of a product again and again shares one error level."""

import unicodedata
from typing import Final, Literal

from shipworthy.kernel import Digest, Record, digest_of

_LOOK_ALIKES: Final = str.maketrans(
    "аеорсухіјѕԁԛԝһӏвмнктαβεζηικμνορτυχıɑɡ",
    "aeopcyxijsdqwhlbmhktabezhikmnoptyxiag",
)
"""Small Cyrillic, Greek and other letters, of which a form looks like a Latin letter, to that."""
_FILLERS: Final = "\u115f\u1160"
"""Letters that are not seen."""

Spending = Literal["series", "single"]
"""How submissions of one question share its error: a falling part each, or all for one."""


def plain_name(name: str) -> str:
    """Return what counts of a product's name: letters and digits, whatever they look like."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK_ALIKES)
    return "".join(sign for sign in plain if sign.isalnum() and sign not in _FILLERS)


class GateQuestion(Record, frozen=True, kw_only=True):
    """What is asked of which product: not of which checkpoint, and not by which scenarios.

    Seeds, attacks, safeguards, weights, domains and budgets do not make another question, nor does
    another version of the framework.

    Attributes:
        framework: id of the framework, without its version.
        gate: the gate that is drafted for.
        deployment: where the model would go.
        subject: the product's name, as the assessment states it.
    """

    framework: str
    gate: str
    deployment: str
    subject: str

    @property
    def digest(self) -> Digest:
        """Digest of the question.

        Of the subject, case, white space, punctuation and accents do not count, nor do letters that
        are not seen; letters that look like Latin ones are those (`spec/bundle.md`, 9.1).
        """
        seen = plain_name(self.subject)
        return digest_of(["question", self.framework, self.gate, self.deployment, seen])


class Submission(Record, frozen=True, kw_only=True):
    """Which submission of its question a campaign is, and what error it may spend.

    Attributes:
        question: what is asked.
        number: 1 for the first campaign of the question in the project, and so on.
        spending: how the submissions share the error.
        alpha: one-sided error level of every bound of this campaign.
    """

    question: GateQuestion
    number: int
    spending: Spending
    alpha: str


class TriedScenario(Record, frozen=True, kw_only=True):
    """A scenario under attack, by two digests that show neither its name nor its words.

    Attributes:
        id: digest of its id.
        content: digest of what the model meets and of what would be a breach.
    """

    id: Digest
    content: Digest
