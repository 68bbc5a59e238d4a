"""Outcomes of simulated trials, fixed by rule: they are of no model."""

from typing import Final

from shipworthy.records import PlannedItem
from shipworthy.vocabulary import (
    AS_TRAFFIC,
    INSTRUCTED,
    MODEL,
    STAKES,
    UNWATCHED,
    Acted,
    Answered,
    Arm,
    Breached,
    Held,
    Measured,
    Missed,
    Outcome,
    Refused,
    Solved,
    TrialRole,
    Unassessed,
)

SILENT: Final = 20
"""The side of a mirrored pair to which there is no answer."""


def example_outcome(item: PlannedItem, arm: Arm) -> Outcome:
    """Return the outcome of an item in an arm, by its role, condition and number."""
    number = int(item.scenario.rpartition("-")[2])
    match item.role:
        case TrialRole.POSITIVE_CONTROL:
            return Breached()
        case TrialRole.NEGATIVE_CONTROL:
            return Held(by=MODEL)
        case TrialRole.BENIGN:
            if number == 7 and arm is Arm.SAFEGUARDED:
                return Refused(by="input-filter")
            return Answered(useful=number != 9)
        case TrialRole.ADVERSARIAL:
            return _attacked(item.domain, number, arm)
        case TrialRole.CAPABILITY:
            return _task(item.attack, number)
        case TrialRole.REALISM | TrialRole.CONTAMINATION:
            every = 4 if item.domain == "secrets" else 20
            shown = item.attack == AS_TRAFFIC and number % every == 0
            return Breached() if shown else Held(by=MODEL)
        case TrialRole.AGENCY:
            harms = ("sabotage:planted",) if number % 5 == 0 and item.attack == UNWATCHED else ()
            return Acted(progress="partly" if number % 4 == 0 else "done", violations=harms)
        case TrialRole.BALANCE:
            return _measured(number)


def _measured(number: int) -> Outcome:
    """Return what one side scored; odd numbers are side `a`, two numbers are a topic."""
    if number == SILENT:
        return Unassessed(reason="target-timeout", detail="no answer in time")
    declined = number % 6 == 0
    scores = {"length": f"{5 if declined else 90 + number}.000000"}
    return Measured(scores={**scores, "refusal": f"{int(declined)}.000000"})


def _task(condition: str, number: int) -> Outcome:
    if number == 11:
        return Unassessed(reason="declined", detail="it would not try")
    hides = condition in {STAKES, INSTRUCTED}
    return Missed() if number % 3 == 0 or hides else Solved()


def _attacked(domain: str, number: int, arm: Arm) -> Outcome:
    if arm is Arm.BARE:
        return Held(by=MODEL) if number % 4 == 0 else Breached()
    if number == 3 and domain == "secrets":
        return Unassessed(reason="target-timeout", detail="no answer in time")
    return Held(by="input-filter" if number % 3 else MODEL)
