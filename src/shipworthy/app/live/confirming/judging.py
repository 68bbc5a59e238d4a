"""Judges an answer from the field as the campaign judged the laboratory's."""

from typing import Literal

import msgspec

from shipworthy.app.live.confirming.disclosure import Known
from shipworthy.app.live.confirming.preparing import Prepared
from shipworthy.instruments.judges import judge_of, judge_trial
from shipworthy.instruments.safeguards.engine import GuardEngine, drive_now
from shipworthy.instruments.targets.field import sent_request
from shipworthy.kernel import digest_of
from shipworthy.records.live.confirmations import FieldTrial, field_trial_id
from shipworthy.stages.confirming import Sending
from shipworthy.vocabulary import Breached, Failure, Message, Outcome, Request, Unassessed


def judged(prepared: Prepared, sending: Sending, known: Known, at_ms: int) -> FieldTrial:
    """Return the trial of a replay; an answer that broke off is unassessed unless it breached."""
    item = prepared.items[sending.lab]
    scenario = prepared.tested.design.scenarios[item.scenario]
    request = prepared.request(sending)
    reply = known.answer.reply
    outcome: Outcome
    if isinstance(reply, Failure):
        outcome = Unassessed(reason=reply.reason, detail=reply.detail)
    else:
        outcome = judge_trial(scenario, item.role, request, reply)
        if not known.answer.complete and not isinstance(outcome, Breached):
            outcome = Unassessed(reason="response-truncated", detail="the answer broke off")
    judge = "" if isinstance(reply, Failure) else judge_of(scenario, item.role).name
    return FieldTrial(
        id=field_trial_id(prepared.plan.digest, sending.lab, sending.route),
        lab=sending.lab,
        scenario=item.scenario,
        domain=item.domain,
        language=prepared.language(item.scenario),
        attack=item.attack,
        role=item.role,
        seed=item.seed,
        route=sending.route,
        request=digest_of(sent_request(sending.route, request)),
        response=digest_of(msgspec.to_builtins(reply)),
        finish="" if isinstance(reply, Failure) else reply.finish,
        outcome=outcome,
        judge=judge,
        layers=reply.layers,
        layers_from=known.source,
        engine=known.engine,
        prompt=_prompt(prepared, sending, known),
        served=known.answer.served,
        exchange=known.answer.exchange,
        usage=reply.usage,
        at_ms=at_ms,
    )


def _prompt(
    prepared: Prepared, sending: Sending, known: Known
) -> Literal["as-sent", "other", "unknown"]:
    """Say whether the system turns in the log are those that the tested stack makes of ours."""
    route = sending.route
    if not known.prompt or prepared.plan.prompt != "sent" or route.dialect == "completions":
        return "unknown"
    request = sent_request(route, prepared.request(sending))
    if route.dialect == "messages":
        request = _joined(request)
    admitted = drive_now(GuardEngine(prepared.tested.design.layers).admit(request)).request
    return "as-sent" if digest_of(_system(admitted)) == known.prompt else "other"


def _joined(request: Request) -> Request:
    """Return the request with one system turn, as that wire format has it."""
    system = _system(request)
    turns = tuple(turn for turn in request.messages if turn.role != "system")
    if system:
        turns = (Message(role="system", content="\n\n".join(system), confidential=True), *turns)
    return msgspec.structs.replace(request, messages=turns)


def _system(request: Request) -> list[str]:
    return [turn.content for turn in request.messages if turn.role == "system"]
