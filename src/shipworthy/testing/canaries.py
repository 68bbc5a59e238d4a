"""The canaries of the example judge, and its answers in a simulated run. Nothing was judged."""

from collections.abc import Callable, Sequence
from typing import Final

from shipworthy.kernel import digest_bytes, digest_text
from shipworthy.records import AnswerKey, AskedRun, CanaryAnswer, CanaryReply, KeyedItem
from shipworthy.stages.evaluating import Canary, CanaryMixer, canary_order

CANARIES: Final = 24
_REPLIES: Final = ("yes", "no", "no", "yes", "undecided", "no")


def example_key(judge: str, judge_version: str = "1") -> AnswerKey:
    """Return an answer key of two dozen made-up items, of which the judge gets some wrong."""
    items = [
        KeyedItem(
            item=digest_text(f"canary {judge} {number}"),
            positive=number % 2 == 0,
            answer=_REPLIES[number % len(_REPLIES)],
        )
        for number in range(CANARIES)
    ]
    return AnswerKey(
        judge=judge,
        judge_version=judge_version,
        labelled_set="made-up canaries",
        labelled_set_digest=digest_bytes(b"canaries"),
        items=tuple(sorted(items, key=lambda one: one.item)),
    )


def as_keyed(canary: Canary) -> CanaryReply:
    """Answer as the key has it."""
    return canary.keyed.answer


def asked_run(
    keys: Sequence[AnswerKey],
    seed: int,
    ended: tuple[str, str, int],
    answer: Callable[[Canary], CanaryReply] = as_keyed,
) -> AskedRun:
    """Return what judges say of the canaries of a run, each trial of which starts after another.

    `ended` is the run, how it ended and its number of trials. One that was interrupted asks no
    canary after its last trial.
    """
    run, how, trials = ended
    answers: list[CanaryAnswer] = []
    done = 0

    def ask(canary: Canary) -> None:
        answers.append(
            CanaryAnswer(
                run=run,
                judge=canary.judge,
                item=canary.keyed.item,
                expected=canary.keyed.answer,
                answer=answer(canary),
                after=done,
            )
        )

    mixer = CanaryMixer(canary_order(keys, seed, run), trials, ask)
    for done in range(trials):  # noqa: B007 - `ask` reads it
        mixer.before_cell()
    done = trials
    if how != "interrupted":
        mixer.finish()
    return AskedRun(run=run, how=how, trials=trials, answers=tuple(answers))
