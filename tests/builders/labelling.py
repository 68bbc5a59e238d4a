"""Builders for labelling tests: strata with known verdicts, headers, and labels of readers."""

from campaigns import a_frame, a_plan, trials_of
from shipworthy.records import Label, QueueHeader
from shipworthy.stages.evaluating.labelling import Consensus, draw, judged_outputs
from shipworthy.vocabulary import EMPTY_REPLY, Arm, Breached, Held, TrialRole, Unassessed

OUTCOMES = {
    "success": Breached(),
    "failure": Held(by="model"),
    "undecided": Unassessed(reason="judge-undecided", detail="both markers"),
    "error": Unassessed(reason="target-error", detail="500"),
    "empty": Unassessed(reason="judge-undecided", detail=EMPTY_REPLY),
}


def attacked(each=6, verdict=lambda item, arm: "failure", **options):
    """A plan and its trials; `verdict` names the judge's outcome of each trial under attack."""
    options.setdefault("attacks", ("plain",))
    plan = a_plan(a_frame(("cyber", "secrets"), each), **options)

    def decide(item, arm):
        return OUTCOMES[verdict(item, arm)] if item.role is TrialRole.ADVERSARIAL else None

    return plan, trials_of(plan, decide)


def a_header(plan, negatives=0, seed=1, twice="0.15", strata=None):
    arms = [arm.value for arm in (Arm.BARE, Arm.SAFEGUARDED)]
    names = strata or [f"{domain}.{arm}" for domain in ("cyber", "secrets") for arm in arms]
    return QueueHeader(
        plan=plan.digest, seed=seed, negatives=dict.fromkeys(names, negatives), twice=twice
    )


def a_queue(plan, trials, **options):
    """Header, strata and items of a draw."""
    header = a_header(plan, **options)
    strata = judged_outputs(trials, header.seed)
    return header, strata, draw(header, strata)


def labels_of(items, answers, reader="ada"):
    """Labels of one reader: `answers` maps trial ids to answers; others stay unread."""
    return [
        Label(
            item=item.id,
            item_digest=item.digest,
            reader=reader,
            answer=answers[item.trial],
            at="2026-11-22T06:00:00Z",
            previous="",
        )
        for item in items
        if item.trial in answers
    ]


def consensus(items, answers):
    """What is found of each item when one reader gave these answers, by trial."""
    return {item.id: Consensus(answers.get(item.trial, "unread")) for item in items}
