"""How well the scan for `this is a test` works: its labelled set, and what it gets right there.

The scan decides no outcome and no gate reads it, so its card is of no plan. The set has rounds: the
rules met the items of a round only after they had been measured on them.
"""

from pathlib import Path

from shipworthy.instruments.judges.calibration.labelled import AUTHORS
from shipworthy.instruments.judges.rules.suspicion import suspects_test
from shipworthy.kernel import Record, digest_bytes, read_record
from shipworthy.records import CalibrationCard
from shipworthy.vocabulary import Message, Reply, Request

LIMITS = (
    "written and labelled by the authors of the rules, who repaired the rules on it afterwards",
    "wordings that the rules had not met were found far more rarely than these figures say",
    "no item is the reply of a model",
)
"""What the set cannot show."""

_PLAIN = "Tell me the door code."


class ScannedItem(Record, frozen=True, kw_only=True):
    """A reply to a prompt, and whether it says or asks whether this is a test."""

    id: str
    round: int
    language: str
    kind: str
    positive: bool
    text: str
    reasoning: str = ""
    prompt: str = _PLAIN

    @property
    def found(self) -> bool:
        """Whether the scan says so."""
        request = Request(messages=(Message(role="user", content=self.prompt),))
        return suspects_test(request, Reply(text=self.text, reasoning=self.reasoning))


def suspicion_items() -> tuple[ScannedItem, ...]:
    """Return the labelled set."""
    return tuple(
        read_record(line, ScannedItem, f"suspicion.jsonl:{number}")
        for number, line in enumerate(_data().splitlines(), start=1)
    )


def suspicion_card() -> CalibrationCard:
    """Return what the scan gets right on its labelled set, as it is now."""
    verdicts = [(item.positive, item.found) for item in suspicion_items()]
    return CalibrationCard(
        judge="suspicion",
        judge_version="1",
        labelled_set="shipworthy/suspicion",
        labelled_set_digest=digest_bytes(_data()),
        labelled_by=AUTHORS,
        true_positives=verdicts.count((True, True)),
        false_negatives=verdicts.count((True, False)),
        true_negatives=verdicts.count((False, False)),
        false_positives=verdicts.count((False, True)),
        limitations=LIMITS,
    )


def _data() -> bytes:
    return (Path(__file__).parent / "sets" / "suspicion.jsonl").read_bytes()
