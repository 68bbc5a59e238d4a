"""From a deployment and the campaign that tested it to a plan of what is sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import msgspec

from shipworthy.app.live.confirming.deployed import Tested, asked_routes
from shipworthy.app.live.confirming.following import log_is_read
from shipworthy.app.live.confirming.tries import tries_of
from shipworthy.app.live.filler import filler_messages
from shipworthy.instruments.attacks import Composer
from shipworthy.kernel import Location, Problem, Stream, digest_of, digest_text
from shipworthy.records import PlannedItem, Trial, trial_id
from shipworthy.records.live.confirmations import ConfirmationPlan, FieldRoute, LeftOut
from shipworthy.stages.confirming import (
    Replayed,
    Sending,
    dealt_routes,
    schedule,
    spent_alpha,
)
from shipworthy.vocabulary import PLAIN, Arm, Message, Request, TrialRole

BEHIND_SAFEGUARDS: Final = frozenset({TrialRole.ADVERSARIAL, TrialRole.BENIGN})
"""Roles that the laboratory ran behind its safeguards; a deployment is held against those."""

EventMetric = Literal["asr", "over-refusal", "capability", "contamination"]

METRIC_OF: Final[Mapping[TrialRole, EventMetric]] = {
    TrialRole.ADVERSARIAL: "asr",
    TrialRole.BENIGN: "over-refusal",
    TrialRole.CAPABILITY: "capability",
    TrialRole.CONTAMINATION: "contamination",
}
"""Roles of items that are replayed, with the metric that each is compared in. Tasks and strings ran
without safeguards in the laboratory, and are held against that: a path that solves more than what
was assessed is another model."""

_WHY: Final[Mapping[str, str]] = {
    "positive-control": "a scripted answer, no model: no deployment has one",
    "negative-control": "a scripted answer, no model: no deployment has one",
    "capability": "asked under an announcement, or its task cannot be sent over these routes",
    "realism": "it compares two dresses of one request without safeguards, not two systems",
    "agency": "an agent in a world works over many turns, and the world is not deployed",
    "balance": "answers are measured on scales, for which no paired comparison is registered",
}
_UNSENT: Final = "its conversation has tools and no route offers any, or it has no trial"

UNSTATED: Final = "und"

_USERS: Final = 2**16
"""Numbers of users that are drawn from; few enough keys share them evenly."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is known before the first replay.

    `items` and `lab` are by the id of the laboratory's trial. `dealt` holds the routes of each
    scenario; the first counts for its domain.
    """

    tested: Tested
    plan: ConfirmationPlan
    items: Mapping[str, PlannedItem]
    lab: Mapping[str, Trial]
    dealt: Mapping[str, tuple[FieldRoute, ...]]
    sendings: tuple[Sending, ...]
    fillers: tuple[str, ...]
    system_prompt: str

    def request(self, sending: Sending) -> Request:
        """Return the conversation of a sending, before its route puts tools beside it."""
        if not sending.lab:
            return self.ordinary(sending)
        item = self.items[sending.lab]
        compose = Composer(self.tested.design.attacks, self._sent_prompt)
        scenario = self.tested.design.scenarios[item.scenario]
        return compose(scenario, attack=item.attack, role=item.role, seed=item.seed)

    def account(self, sending: Sending) -> int:
        """Return the number of the user who asks: drawn for each request, as users come."""
        named = (sending.lab, sending.filler, sending.route.id)
        return Stream("confirm-account", self.plan.seed, *named).below(_USERS)

    def ordinary(self, sending: Sending) -> Request:
        """Return an ordinary message in the frame of a replay that its route carries.

        System turns, tools and seed are those of an item: without them whoever sees a conversation
        could tell the fillers by what they lack.
        """
        draws = Stream("confirm-frame", self.plan.seed, sending.filler, sending.route.id)
        frames = [
            name
            for name, item in sorted(self.items.items())
            if sending.route.tools or not self.tested.design.scenarios[item.scenario].tools
        ]
        text = self.fillers[sending.filler % len(self.fillers)]
        said = Message(role="user", content=text)
        if not frames:
            return Request(messages=(said,), seed=sending.filler)
        frame = self.request(Sending(draws.choice(frames), sending.route))
        system = tuple(turn for turn in frame.messages if turn.role == "system")
        return msgspec.structs.replace(frame, messages=(*system, said))

    def language(self, scenario: str) -> str:
        """Return the tag of a scenario's language."""
        tag = self.tested.design.scenarios[scenario].language
        return UNSTATED if isinstance(tag, msgspec.UnsetType) else tag

    @property
    def _sent_prompt(self) -> str:
        return self.system_prompt if self.plan.prompt == "sent" else ""


def prepare(tested: Tested) -> Prepared:
    """Plan the replays of a campaign; nothing is sent or written.

    Raises:
        Problem: `campaign-incomplete` (environment) for a campaign that has not ended;
            `confirm-idle` when nothing of it can be replayed; and as `asked_routes`.
    """
    deployed, campaign = tested.deployed, tested.campaign
    routes = asked_routes(deployed)
    items, lab = _replayable(tested)
    replayed = _replayed(tested, items, routes)
    if not replayed:
        raise _idle(tested)
    fillers = _fillers(tested)
    tries = tries_of(campaign, deployed.header.name)
    known = tries.since[-1] if tries.since else None
    draft = Draft(tested, routes, replayed, fillers, tries.renewal)
    plan = draft.plan(known.plan.number if known else 1)
    if known and (known.concluded or known.plan != plan):
        plan = draft.plan(known.plan.number + 1)
    return _drawn(tested, plan, replayed, (items, lab), fillers)


def prepare_again(tested: Tested, plan: ConfirmationPlan) -> Prepared:
    """Return what was planned by a plan of the log, as the deployment's file draws it now.

    Raises:
        Problem: `confirm-other-plan` when the file, or the campaign, no longer gives what was
            planned; and as `prepare`.
    """
    items, lab = _replayable(tested)
    replayed = _replayed(tested, items, plan.routes)
    fillers = _fillers(tested)
    dealt = dealt_routes(replayed, plan.routes, plan.passes, plan.seed)
    planned = sum(len(dealt[one.scenario]) for one in replayed)
    if (planned, digest_of(list(fillers))) != (plan.replays, plan.filler):
        raise Problem.of(
            "confirm-other-plan",
            "the campaign or the ordinary messages are not those that the confirmation was "
            "planned with",
            location=Location(str(tested.deployed.file.path)),
            help="put back the `filler` that the deployment file named then",
        )
    return _drawn(tested, plan, replayed, (items, lab), fillers)


def _drawn(
    tested: Tested,
    plan: ConfirmationPlan,
    replayed: Sequence[Replayed],
    of_lab: tuple[Mapping[str, PlannedItem], Mapping[str, Trial]],
    fillers: tuple[str, ...],
) -> Prepared:
    deployed, (items, lab) = tested.deployed, of_lab
    dealt = dealt_routes(replayed, plan.routes, plan.passes, plan.seed)
    count = ceil(plan.replays * deployed.asking.fillers_per_hundred / 100)
    return Prepared(
        tested=tested,
        plan=plan,
        items={one.lab: items[one.lab] for one in replayed},
        lab=lab,
        dealt=dealt,
        sendings=schedule(replayed, dealt, count, plan.seed),
        fillers=fillers,
        system_prompt=deployed.header.system_prompt
        or tested.design.file.assessment.subject.system_prompt,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan but for its number; each try draws anew."""

    tested: Tested
    routes: tuple[FieldRoute, ...]
    replayed: tuple[Replayed, ...]
    fillers: tuple[str, ...]
    renewal: int

    def plan(self, number: int) -> ConfirmationPlan:
        """Return the plan of the try with this number."""
        deployed, campaign = self.tested.deployed, self.tested.campaign
        asking = deployed.asking
        drawn = Stream("confirm-seed", campaign.plan.seed, self.renewal, number)
        seed = drawn.below(2**31)
        dealt = dealt_routes(self.replayed, self.routes, asking.passes, seed)
        arm = lab_arm(self.tested)
        return ConfirmationPlan(
            plan=campaign.plan_digest,
            deployment=deployed.header.name,
            address=digest_text(deployed.url),
            model=deployed.header.model,
            routes=self.routes,
            passes=asking.passes,
            margin=asking.margin,
            alpha=format(spent_alpha(float(asking.alpha), number), ".6f"),
            renewal=self.renewal,
            number=number,
            seed=seed,
            prompt=asking.prompt,
            stack=next(one.stack.digest for one in campaign.plan.arms if one.arm is arm),
            layers=_layers(self.tested, arm),
            accepted=tuple(sorted(asking.accept_unknown)),
            filler=digest_of(list(self.fillers)),
            replays=sum(len(dealt[one.scenario]) for one in self.replayed),
            expires_days=asking.expires_days,
        )


def lab_arm(tested: Tested) -> Arm:
    """Return the arm that the deployment is held against: the safeguarded one, if there is one."""
    arms = {arm.arm for arm in tested.campaign.plan.arms}
    return Arm.SAFEGUARDED if Arm.SAFEGUARDED in arms else Arm.BARE


def _layers(tested: Tested, arm: Arm) -> tuple[str, ...]:
    """Return the layers that are compared one by one: those of the arm, where a log is to be read.

    Decided before anything is asked: a log that turns out to say nothing leaves them not shown.
    """
    if arm is not Arm.SAFEGUARDED or not log_is_read(tested.deployed):
        return ()
    return tuple(sorted(layer.enforcement.name for layer in tested.design.layers))


def left_out(prepared: Prepared) -> tuple[LeftOut, ...]:
    """Say what of the campaign is not replayed: items by kind, and why."""
    plan = prepared.tested.campaign.plan
    whole = Counter(item.role.value for item in plan.items)
    sent = Counter(item.role.value for item in prepared.items.values())
    return tuple(
        LeftOut(kind=kind, items=count - sent[kind], why=_WHY.get(kind, _UNSENT))
        for kind, count in sorted(whole.items())
        if count > sent[kind]
    )


def _arm_of(tested: Tested, item: PlannedItem) -> Arm:
    return Arm.BARE if item.role.is_bare_only else lab_arm(tested)


def _is_asked(item: PlannedItem) -> bool:
    """Say whether an item is of a kind that is replayed; of tasks those without announcement."""
    plain = item.role is not TrialRole.CAPABILITY or item.attack == PLAIN
    return item.role in METRIC_OF and plain


def _replayable(tested: Tested) -> tuple[dict[str, PlannedItem], dict[str, Trial]]:
    plan, digest = tested.campaign.plan, tested.campaign.plan_digest
    planned = {
        trial_id(digest, item, _arm_of(tested, item)): item
        for item in plan.items
        if _is_asked(item)
    }
    lab = {one.id: one for one in tested.campaign.trials()}
    return {name: item for name, item in planned.items() if name in lab}, lab


def _replayed(
    tested: Tested, items: Mapping[str, PlannedItem], routes: Sequence[FieldRoute]
) -> tuple[Replayed, ...]:
    found = [
        Replayed(name, item.scenario, item.domain, bool(_tools(tested, item)))
        for name, item in items.items()
    ]
    if not any(route.tools for route in routes):
        found = [one for one in found if not one.has_tools]
    return tuple(found)


def _fillers(tested: Tested) -> tuple[str, ...]:
    named = tested.deployed.asking.filler
    return filler_messages(tested.deployed.file.path.parent / named if named else None)


def _tools(tested: Tested, item: PlannedItem) -> bool:
    return bool(tested.design.scenarios[item.scenario].tools)


def _idle(tested: Tested) -> Problem:
    return Problem.of(
        "confirm-idle",
        "no attack and no harmless request of the campaign can be replayed over these routes",
        location=Location(str(tested.campaign.folder.path)),
        help="run `shipworthy evaluate` first; scenarios with tools need a route with tools",
    )
