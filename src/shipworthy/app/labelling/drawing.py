"""Drawing the queue of a finished campaign."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from shipworthy.app.decisions import count_findings
from shipworthy.app.labelling.limits import breach_limits, wanted_negatives
from shipworthy.app.labelling.transcripts import read_transcripts
from shipworthy.app.preparation import Design
from shipworthy.app.registration import OpenCampaign, locked
from shipworthy.evidence import write_queue
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import QueueHeader, QueueItem, Trial
from shipworthy.stages.evaluating.labelling import (
    JudgedOutput,
    RegisteredQueue,
    draw,
    judged_outputs,
)
from shipworthy.vocabulary import TrialRole

MOST_SEED: Final = 2**53 - 1
USUAL_SHARE: Final = "0.15"
"""Share of items that two people read when nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawWishes:
    """What somebody asks of a draw.

    `negatives`: judge negatives for each domain and arm, 0 for all; None for what the limits of
    the framework need. `seed`: None for the seed of the campaign. `twice`: share read by two, None
    for `USUAL_SHARE`. A reading that the plan registers leaves nothing of it to be asked.
    """

    domains: tuple[str, ...] = ()
    negatives: int | None = None
    seed: int | None = None
    twice: str | None = None


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
        Problem: `campaign-incomplete`; `label-domain`; `label-share`; `label-queue-exists`;
            `label-registered` for a wish where the plan registers the draw; and integrity when a
            transcript is not the one that was judged.
    """
    twice = USUAL_SHARE if wishes.twice is None else wishes.twice
    _check_share(twice)
    registered = count_findings(campaign, design).queue
    if registered is not None:
        return _draw_registered(campaign, registered, wishes)
    trials = attacked_trials(campaign)
    seed = campaign.plan.seed if wishes.seed is None else wishes.seed
    strata = judged_outputs(trials, seed)
    chosen = _chosen(strata, wishes.domains)
    limits: dict[str, Fraction] = {}
    if wishes.negatives is None:
        limits = breach_limits(design, campaign.clock)
        negatives = wanted_negatives(chosen, limits, campaign.plan.gate_alpha)
    else:
        negatives = dict.fromkeys(chosen, wishes.negatives)
    header = QueueHeader(plan=campaign.plan_digest, seed=seed, negatives=negatives, twice=twice)
    items = draw(header, strata)
    _check_transcripts(campaign, items)
    folder = campaign.label_folder
    write_queue(folder, header, items)
    return DrawnQueue(path=folder.queue, header=header, items=items, limits=limits)


def _draw_registered(
    campaign: OpenCampaign, queue: RegisteredQueue, wishes: DrawWishes
) -> DrawnQueue:
    """Write the one queue that the plan allows and log it, before anybody reads."""
    if wishes != DrawWishes():
        raise Problem.of(
            "label-registered",
            "the plan registers which outputs people read, so nothing of the draw can be chosen",
            help="leave the options out; another draw is another `[reading]` and a new campaign",
        )
    _check_transcripts(campaign, queue.items)
    folder = campaign.label_folder
    with locked(campaign.folder):
        write_queue(folder, queue.header, queue.items)
        campaign.register_queue(queue.digest)
    return DrawnQueue(path=folder.queue, header=queue.header, items=queue.items, limits={})


def _check_transcripts(campaign: OpenCampaign, items: Collection[QueueItem]) -> None:
    asked = {item.trial for item in items}
    read_transcripts(campaign, (one for one in attacked_trials(campaign) if one.id in asked))


def attacked_trials(campaign: OpenCampaign) -> list[Trial]:
    """Return the trials under attack, as the log accounts for them."""
    return [trial for trial in campaign.trials() if trial.role is TrialRole.ADVERSARIAL]


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
