"""Trials of laboratory and field, put side by side as the comparisons read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from shipworthy.app.live.confirming.folders import ConfirmationFolder
from shipworthy.app.live.confirming.preparing import BEHIND_SAFEGUARDS, METRIC_OF, Prepared, lab_arm
from shipworthy.app.live.confirming.sending import FieldTranscript
from shipworthy.evidence import tampered
from shipworthy.evidence.segments import read_records
from shipworthy.instruments.targets.field import PATH_HOLDER
from shipworthy.records import Finding, Trial, trial_id
from shipworthy.records.live.confirmations import (
    FieldRoute,
    FieldTrial,
    field_trial_id,
)
from shipworthy.stages.confirming import AnswerTriple, Replay
from shipworthy.stages.evaluating import Transcript, aggregate, draw_findings
from shipworthy.stages.evaluating.events import is_success
from shipworthy.vocabulary import (
    MODEL,
    Answered,
    Arm,
    Breached,
    Held,
    LayerAction,
    Outcome,
    Refused,
    Reply,
    TrialRole,
)

_HOLDING = frozenset({"withheld", "rewrote"})


def accounted_replays(prepared: Prepared, folder: ConfirmationFolder) -> list[FieldTrial]:
    """Return the trials on disk, each of a replay of the plan and of no other.

    Raises:
        Problem: `segment-altered` or `confirm-altered` (integrity).
    """
    digest = prepared.plan.digest
    expected = {
        field_trial_id(digest, one.lab, one.route): one for one in prepared.sendings if one.lab
    }
    found: dict[str, FieldTrial] = {}
    for trial in folder.trials():
        planned = expected.get(trial.id)
        item = prepared.items.get(trial.lab)
        if (
            planned is None
            or item is None
            or (planned.lab, planned.route)
            != (
                trial.lab,
                trial.route,
            )
        ):
            raise tampered("confirm-altered", f"`{trial.id}` is no replay of the plan", folder.name)
        if (trial.scenario, trial.domain, trial.role, trial.attack, trial.seed) != (
            item.scenario,
            item.domain,
            item.role,
            item.attack,
            item.seed,
        ):
            raise tampered("confirm-altered", f"`{trial.id}` says another item", folder.name)
        if trial.id in found:
            raise tampered("confirm-altered", f"`{trial.id}` is there twice", folder.name)
        found[trial.id] = trial
    return list(found.values())


def replays_of(prepared: Prepared, trials: Iterable[FieldTrial]) -> list[Replay]:
    """Pair each field trial with the laboratory's.

    A scenario is left out on a route until all its items of a kind are there: with fewer tries than
    the laboratory had, the field would look better than it is.
    """
    found = [(trial, _replay(prepared, trial)) for trial in trials]
    wanted = _items_of(prepared)
    seen: dict[tuple[str, str, str], int] = {}
    for _, one in found:
        key = (one.metric, one.scenario, one.route.id)
        seen[key] = seen.get(key, 0) + 1
    return [
        one
        for _, one in found
        if seen[one.metric, one.scenario, one.route.id] == wanted[one.metric, one.scenario]
    ]


def _items_of(prepared: Prepared) -> Mapping[tuple[str, str], int]:
    wanted: dict[tuple[str, str], int] = {}
    for item in prepared.items.values():
        key = (METRIC_OF[item.role], item.scenario)
        wanted[key] = wanted.get(key, 0) + 1
    return wanted


def _acted(prepared: Prepared, layers: Sequence[LayerAction]) -> frozenset[str]:
    """Return the layers that held or changed; of one that only detects, that it noticed."""
    noticing = {
        layer.enforcement.name
        for layer in prepared.tested.design.layers
        if layer.enforcement.mode == "detect"
    }
    return frozenset(
        act.layer
        for act in layers
        if act.action in _HOLDING or (act.action == "flagged" and act.layer in noticing)
    )


def _replay(prepared: Prepared, trial: FieldTrial) -> Replay:
    lab = prepared.lab[trial.lab]
    metric = METRIC_OF[trial.role]
    return Replay(
        metric=metric,
        scenario=trial.scenario,
        domain=trial.domain,
        language=trial.language,
        route=trial.route,
        primary=trial.route == prepared.dealt[trial.scenario][0],
        lab=is_success(metric, lab.outcome),
        field=is_success(metric, trial.outcome),
        lab_holder=_holder(lab.outcome),
        field_holder=_field_holder(trial),
        lab_acted=_acted(prepared, lab.layers),
        field_acted=_acted(prepared, trial.layers) if trial.layers_from == "log" else None,
    )


def _holder(outcome: Outcome) -> str:
    return outcome.by if isinstance(outcome, Held | Refused) else ""


def _field_holder(trial: FieldTrial) -> str:
    """Return who held it; without a word of the deployment `model` may hide a layer."""
    holder = _holder(trial.outcome)
    if holder == MODEL and trial.layers_from == "none":
        return PATH_HOLDER
    return holder


def unreadable_routes(prepared: Prepared, trials: Sequence[FieldTrial]) -> tuple[str, ...]:
    """Return the routes over which nothing came back that shows that a breach would be seen."""
    read = {
        trial.route.id
        for trial in trials
        if isinstance(trial.outcome, Breached)
        or (isinstance(trial.outcome, Answered) and trial.outcome.useful)
    }
    return tuple(route.id for route in prepared.plan.routes if route.id not in read)


def deployed_findings(prepared: Prepared, trials: Iterable[FieldTrial]) -> tuple[Finding, ...]:
    """Return the findings of the deployed arm, with bounds as those of other arms.

    The positive and negative controls of the campaign vouch for the judges here as they do there.
    """
    plan = prepared.tested.campaign.plan
    controls = [one for one in prepared.lab.values() if one.role.is_control]
    behind = (trial for trial in trials if trial.role in BEHIND_SAFEGUARDS)
    counts = aggregate([*controls, *(_as_trial(trial) for trial in behind)])
    plain = msgspec.structs.replace(plan, stopping=(), reading=None)
    design = prepared.tested.design
    drawn = draw_findings(counts, plain, design.cards, opposed=design.opposed)
    return tuple(
        msgspec.structs.replace(finding, plan=prepared.tested.campaign.plan_digest)
        for finding in drawn.findings
        if finding.arm is Arm.DEPLOYED
    )


def _as_trial(trial: FieldTrial) -> Trial:
    return Trial(
        id=trial.id,
        run="",
        scenario=trial.scenario,
        domain=trial.domain,
        attack=trial.attack,
        role=trial.role,
        arm=Arm.DEPLOYED,
        seed=trial.seed,
        request=trial.request,
        response=trial.response,
        finish=trial.finish,
        outcome=trial.outcome,
        judge=trial.judge,
        layers=trial.layers,
        usage=trial.usage,
    )


def answer_triples(
    prepared: Prepared, folder: ConfirmationFolder, trials: Iterable[FieldTrial]
) -> Iterator[AnswerTriple]:
    """Yield harmless items with the answers of both arms and of the field, one route an item.

    Only routes with turns and without tools put the conversation to the model as the laboratory
    did. Answers that a layer wrote or changed say nothing about the model.
    """
    chosen: dict[str, FieldTrial] = {}
    for trial in trials:
        if trial.role is TrialRole.BENIGN and _is_plain(trial.route):
            known = chosen.get(trial.lab)
            if known is None or _rank(trial.route) < _rank(known.route):
                chosen[trial.lab] = trial
    if lab_arm(prepared.tested) is not Arm.SAFEGUARDED or not chosen:
        return
    lab, field = _lab_answers(prepared), _field_answers(folder)
    digest = prepared.tested.campaign.plan_digest
    for name, trial in sorted(chosen.items()):
        bare = lab.get(trial_id(digest, prepared.items[name], Arm.BARE))
        with_layers, came = lab.get(name), field.get(trial.id)
        if bare and with_layers and came:
            yield AnswerTriple(bare=bare, safeguarded=with_layers, field=came)


def comparable_answers(prepared: Prepared) -> int:
    """Count the harmless items that `answer_triples` can compare, if no layer changes an answer."""
    if lab_arm(prepared.tested) is not Arm.SAFEGUARDED:
        return 0
    plain = {
        scenario
        for scenario, routes in prepared.dealt.items()
        if any(_is_plain(route) for route in routes)
    }
    return sum(
        item.role is TrialRole.BENIGN and item.scenario in plain for item in prepared.items.values()
    )


def _is_plain(route: FieldRoute) -> bool:
    return not route.tools and route.dialect != "completions"


def _rank(route: FieldRoute) -> tuple[bool, bool, str]:
    return route.dialect != "chat", route.stream, route.id


def _lab_answers(prepared: Prepared) -> dict[str, str]:
    folder = prepared.tested.campaign.folder.transcripts
    return {
        one.trial: text
        for path in sorted(folder.glob("run-*.jsonl"))
        for one in read_records(path, Transcript)
        if (text := _own_words(one.reply))
    }


def _field_answers(folder: ConfirmationFolder) -> dict[str, str]:
    return {
        one.trial: text
        for path in sorted((folder.path / "transcripts").glob("run-*.jsonl"))
        for one in read_records(path, FieldTranscript)
        if (text := _own_words(one.reply))
    }


def _own_words(reply: object) -> str:
    """Return what the model said, or nothing where a layer spoke in its place."""
    if not isinstance(reply, Reply) or reply.finish == "withheld":
        return ""
    changed = any(act.action in {"withheld", "rewrote"} for act in reply.layers)
    return "" if changed else reply.text
