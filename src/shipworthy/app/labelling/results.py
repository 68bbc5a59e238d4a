"""What the labels of a campaign say: of the readers, of the judge and of the rates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.decisions import count_findings
from shipworthy.app.labelling.transcripts import read_transcripts
from shipworthy.app.labelling.work import LabelWork
from shipworthy.evidence import write_atomically
from shipworthy.instruments.judges import JUDGES, judge_of
from shipworthy.instruments.judges.calibration.cards import UNDECIDED
from shipworthy.kernel import ExitCode, Problem, canonical_bytes, did_you_mean, digest_of
from shipworthy.records import Bounds, CalibrationCard, Label
from shipworthy.stages.evaluating.labelling import (
    CONFIDENCE,
    JudgedOutput,
    LabelledOutput,
    ReaderPair,
    Reading,
    StratumTally,
    compare_readers,
    even_sample,
    pooled_card,
    stratum_card,
    tally_stratum,
)
from shipworthy.statistics.judged import CardQuality, card_quality
from shipworthy.vocabulary import TrialRole

NOT_READ_BY_THE_GATE: Final = (
    "the gate does not read these labels: findings, decisions and bundles are what they were"
)


READ_BY_THE_GATE: Final = (
    "the plan registers this reading: the gate reads these labels in place of the judges' cards"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelResult:
    """Everything that the labels say. `campaign` holds the campaign's own bounds by stratum.

    `quality` is the judge's by judge, domain and arm, on the even sample; None without any label
    of a kind that could tell, and before the first one. `samples` are the even samples, by judge.
    """

    work: LabelWork
    labels: tuple[Label, ...]
    reading: Reading
    pairs: tuple[ReaderPair, ...]
    strata: tuple[StratumTally, ...]
    campaign: Mapping[str, Bounds | None]
    quality: CardQuality | None
    samples: Mapping[str, tuple[LabelledOutput, ...]]

    @property
    def note(self) -> str:
        """Say whether anything is decided by these labels."""
        return READ_BY_THE_GATE if self.work.registered else NOT_READ_BY_THE_GATE


def label_result(work: LabelWork) -> LabelResult:
    """Work out what the labels say so far; nothing is written.

    Raises:
        Problem: integrity, for labels or transcripts that were changed.
    """
    campaign = work.campaign
    findings = count_findings(campaign, work.design).findings
    bounds = {one.id.removeprefix("asr."): one.bounds for one in findings.findings}
    labels = work.labels()
    reading = work.reading()
    by_id = {one.trial.id: one.trial for group in work.strata.values() for one in group}
    read_transcripts(campaign, (by_id[item.trial] for item in work.items))
    strata = {name: work.strata[name] for name in work.header.negatives}
    alpha = float(campaign.plan.gate_alpha)
    samples: dict[str, list[LabelledOutput]] = {}
    cards = {}
    for name, outputs in strata.items():
        even = even_sample(work.header, outputs, reading.found)
        for judge in sorted({_judge(work, one) for one in outputs}):
            of_judge = [one for one in even if _judge(work, one.output) == judge]
            samples.setdefault(judge, []).extend(of_judge)
            cards[f"{judge} {name}"] = stratum_card(of_judge)
    return LabelResult(
        work=work,
        labels=labels,
        reading=reading,
        pairs=tuple(compare_readers(reading)),
        strata=tuple(
            tally_stratum(work.header, outputs, reading.found, alpha) for outputs in strata.values()
        ),
        campaign={name: bounds.get(name) for name in strata},
        quality=card_quality(cards, CONFIDENCE) if cards and labels else None,
        samples={name: tuple(sample) for name, sample in sorted(samples.items())},
    )


def _judge(work: LabelWork, output: JudgedOutput) -> str:
    """Name the judge of an output; a trial whose judge failed does not always name it."""
    return judge_of(work.design.scenarios[output.trial.scenario], TrialRole.ADVERSARIAL).name


def labelled_card(result: LabelResult, judge: str) -> CalibrationCard:
    """Return the card of a judge on these labels; `judge` may be empty where there is only one.

    Raises:
        Problem: `label-incomplete` (inconclusive) while items wait for a reader: who chooses which
            items are read chooses the figure; `label-judge` for a judge that is not there.
    """
    if not result.reading.complete:
        waiting = len(result.reading.unread) + len(result.reading.second_wanted)
        raise Problem.of(
            "label-incomplete",
            f"{waiting} items wait for a reader, so there is no card yet",
            help="a card counts the whole queue: `shipworthy label next` shows what is left",
            exit_code=ExitCode.INCONCLUSIVE,
        )
    name = judge or (next(iter(result.samples)) if len(result.samples) == 1 else "")
    if name not in result.samples:
        named = f"no judge `{name}` in the queue" if name else "several judges are in the queue"
        raise Problem.of(
            "label-judge", named, help=f"`--judge NAME`: {did_you_mean(name, result.samples)}"
        )
    sample = result.samples[name]
    counts = pooled_card(sample, result.work.header.seed)
    readers = sorted({label.reader for label in result.labels})
    return CalibrationCard(
        judge=name,
        judge_version=JUDGES[name].version,
        labelled_set=f"outputs of campaign {result.work.campaign.plan.name}",
        labelled_set_digest=digest_of(
            [result.work.queue_digest, *sorted(label.digest for label in result.labels)]
        ),
        labelled_by=f"readers {', '.join(readers)}",
        true_positives=counts.true_positives,
        false_negatives=counts.positives - counts.true_positives,
        true_negatives=counts.true_negatives,
        false_positives=counts.negatives - counts.true_negatives,
        limitations=tuple(_limitations(result, name)),
    )


def _limitations(result: LabelResult, judge: str) -> Iterator[str]:
    plan = result.work.campaign.plan
    yield f"outputs of {plan.subject.name} in one campaign, plan {result.work.campaign.plan_digest}"
    yield f"domains and arms: {', '.join(result.work.header.negatives)}"
    outputs = sum(
        _judge(result.work, one) == judge
        for stratum in result.strata
        for one in result.work.strata[stratum.stratum]
    )
    yield (
        f"an even sample of {len(result.samples[judge])} of {outputs} outputs; at most one success "
        "and one failure of each scenario"
    )
    silent = sum(stratum.silent for stratum in result.strata)
    if silent:
        yield f"{silent} outputs without a text are not on the card"
    for pair in result.pairs:
        found = pair.agreement
        yield f"{pair.first} and {pair.second} agree on {found.agreed} of {found.items} items"
    if not result.pairs:
        yield "no item was read by two people"
    yield UNDECIDED
    yield "an item on which people reached no verdict counts as an error of the judge"


def write_card(card: CalibrationCard, path: Path) -> None:
    """Write a card as canonical JSON; the digest of the file is that of the card."""
    write_atomically(path, canonical_bytes(card))
