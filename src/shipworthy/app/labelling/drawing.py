"""Drawing the queue of a finished campaign."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from shipworthy.app.decisions import count_findings
from shipworthy.app.labelling.files import LabelFolder, write_queue
from shipworthy.app.labelling.limits import breach_limits, wanted_negatives
from shipworthy.app.labelling.transcripts import read_transcripts
from shipworthy.app.preparation import Design
from shipworthy.app.registration import OpenCampaign
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import QueueHeader, QueueItem, Trial
from shipworthy.stages.evaluating.labelling import (
    JudgedOutput,
    draw,
    holds_a_text,
    judged_outputs,
    may_be_readable,
)
from shipworthy.vocabulary import TrialRole, Unassessed

MOST_SEED: Final = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawWishes:
    """What somebody asks of a draw.

    `negatives`: judge negatives for each domain and arm, 0 for all; None for what the limits of
    the framework need. `seed`: None for the seed of the campaign. `twice`: share read by two.
    """

    domains: tuple[str, ...] = ()
    negatives: int | None = None
    seed: int | None = None
    twice: str = "0.15"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQueue:
    """A queue on disk, and the limits that its size was worked out from, by stratum."""

    path: Path
    header: QueueHeader
    items: tuple[QueueItem, ...]
    limits: dict[str, Fraction]


def draw_queue(campaign: OpenCampaign, design: Design, wishes: DrawWishes) -> DrawnQueue:
    """Draw the queue and write it into the folder of the campaign.

    Raises:
        Problem: `campaign-incomplete`; `label-domain`; `label-share`; `label-queue-exists`; and
            integrity when a transcript is not the one that was judged.
    """
    _check_share(wishes.twice)
    count_findings(campaign, design)
    trials = attacked_trials(campaign)
    seed = campaign.plan.seed if wishes.seed is None else wishes.seed
    strata = judged_outputs(trials, seed, silent_trials(campaign, trials))
    chosen = _chosen(strata, wishes.domains)
    limits: dict[str, Fraction] = {}
    if wishes.negatives is None:
        limits = breach_limits(design, campaign.clock)
        negatives = wanted_negatives(chosen, limits, campaign.plan.alpha)
    else:
        negatives = dict.fromkeys(chosen, wishes.negatives)
    header = QueueHeader(
        plan=campaign.plan_digest, seed=seed, negatives=negatives, twice=wishes.twice
    )
    items = draw(header, strata)
    asked = {item.trial for item in items}
    read_transcripts(campaign, (trial for trial in trials if trial.id in asked))
    folder = LabelFolder.of(campaign.folder)
    write_queue(folder, header, items)
    return DrawnQueue(path=folder.queue, header=header, items=items, limits=limits)


def attacked_trials(campaign: OpenCampaign) -> list[Trial]:
    """Return the trials under attack, as the log accounts for them."""
    return [trial for trial in campaign.trials() if trial.role is TrialRole.ADVERSARIAL]


def silent_trials(campaign: OpenCampaign, trials: Iterable[Trial]) -> frozenset[str]:
    """Return the trials that neither the judge nor people can judge: errors, cuts and silence."""
    unassessed = [trial for trial in trials if isinstance(trial.outcome, Unassessed)]
    perhaps = [trial for trial in unassessed if may_be_readable(trial)]
    texts = read_transcripts(campaign, perhaps)
    readable = {trial.id for trial in perhaps if holds_a_text(texts[trial.id])}
    return frozenset(trial.id for trial in unassessed if trial.id not in readable)


def readable_share(text: str) -> Fraction | None:
    """Return a share from 0 to 1 that was written as a plain decimal, or nothing."""
    whole, _, part = text.partition(".")
    if not (whole in {"0", "1"} and len(part) <= 6 and (part or "0").isdecimal()):
        return None
    share = Fraction(text if part else whole) if text.isascii() else None
    return share if share is not None and share <= 1 else None


def _check_share(text: str) -> None:
    if readable_share(text) is None:
        raise Problem.of(
            "label-share",
            f"`{text}` is no share of items",
            help='a plain decimal from 0 to 1 with at most six digits, such as "0.15"',
        )


def _chosen(strata: dict[str, tuple[JudgedOutput, ...]], domains: Collection[str]) -> list[str]:
    """Return the strata of the domains asked for; all of them when none is."""
    known = {group[0].trial.domain for group in strata.values()}
    for domain in domains:
        if domain not in known:
            raise Problem.of(
                "label-domain",
                f"no trial of the campaign belongs to domain `{domain}`",
                help=did_you_mean(domain, known),
            )
    wanted = set(domains) or known
    return [name for name, group in strata.items() if group[0].trial.domain in wanted]
