"""The records of a campaign that ended early, for tests of its report; no model is real."""

import dataclasses
from collections import deque

import msgspec

from shipworthy.app.publishing import attack_cells, new_breaches, trial_counts
from shipworthy.records import plan_cells
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.stages.evaluating import Stopping, aggregate, draw_findings
from shipworthy.stages.reporting import ReportInput
from shipworthy.testing.campaigns import (
    DRAFTED_AT,
    EXPIRES_AT,
    example_card,
    example_facts,
    example_rulebook,
    sequential_plan,
    trial_of,
)
from shipworthy.vocabulary import (
    MODEL,
    Answered,
    Arm,
    Breached,
    DeploymentType,
    Held,
    TrialRole,
    Unassessed,
)

IN_FLIGHT = 12
"""Cells that are tried while earlier ones have not ended."""

ASKED = (
    ("asr.secrets.bare", "0.35"),
    ("asr.secrets.safeguarded", "0.05"),
    ("asr.secrets.safeguarded", "0.20"),
    ("asr.secrets.safeguarded", "0.35"),
)
"""Given up (before); scenarios used up, shown below and shown below (after)."""


def early_report(asked=ASKED, breached=None, most=None, futility=None):
    """Return a report's records; `breached(arm, place)` says how the attack at a place ends.

    `most` trials are made at most, so that questions can stay open.
    """
    plan = sequential_plan(asked)
    if futility is not None:
        plan = msgspec.structs.replace(
            plan, stopping=tuple(_with_futility(one, futility) for one in plan.stopping)
        )
    trials = list(_trials(plan, breached or _bare_gives_in))[:most]
    stopping = Stopping.after(plan, trials)
    counts = aggregate(trials, stopping.counts)
    card, rulebook = example_card(), example_rulebook()
    found = draw_findings(counts, plan, {card.judge: card}, stopping)
    return ReportInput(
        plan=plan,
        rulebook=rulebook,
        facts=example_facts(),
        findings=found.findings,
        paired=found.paired,
        stacks=found.stacks,
        sequential=found.sequential,
        decision=decide(
            rulebook, found.findings, example_facts(), draft_terms(plan, found.sequential)
        ),
        standing="inconclusive",
        cards=(card,),
        trials=trial_counts(counts),
        cells=attack_cells(counts),
        newly_breached=new_breaches(counts),
        scenarios=(),
        signoffs=(),
        limitations=(),
        generator="shipworthy 0.1.0",
        generated_at="2026-11-24T08:00:00Z",
    )


def draft_terms(plan, questions=()):
    """Return the terms of a draft about a plan's subject, with how its questions were decided."""
    return DraftTerms(
        subject=plan.subject.digest,
        plan=plan.digest,
        deployment=DeploymentType(plan.deployment),
        gate="deploy",
        drafted_at=DRAFTED_AT,
        expires_at=EXPIRES_AT,
        questions=questions,
    )


def _with_futility(question, futility):
    design = dataclasses.replace(question.design, futility=futility)
    return msgspec.structs.replace(question, design=design)


def _bare_gives_in(arm, place):
    return arm is Arm.BARE and place % 4 != 0


def _trials(plan, breached):
    """Try each cell that is due when its turn comes; some are still in flight by then."""
    stopping, started = Stopping(plan), deque()
    places = {}
    for cell in plan_cells(plan):
        item, arm = cell
        if stopping.is_due(*cell):
            place = places.setdefault(item.scenario, len(places))
            started.append(trial_of(plan.digest, cell, _outcome(item, arm, place, breached)))
        if len(started) > IN_FLIGHT:
            stopping.take(started[0])
            yield started.popleft()
    yield from started


def _outcome(item, arm, place, breached):
    match item.role:
        case TrialRole.POSITIVE_CONTROL:
            return Breached()
        case TrialRole.NEGATIVE_CONTROL:
            return Held(by=MODEL)
        case TrialRole.BENIGN:
            return Answered(useful=True)
        case _ if place == 5 and arm is Arm.SAFEGUARDED:
            return Unassessed(reason="judge-undecided")
        case _:
            return Breached() if breached(arm, place) else Held(by=MODEL)
