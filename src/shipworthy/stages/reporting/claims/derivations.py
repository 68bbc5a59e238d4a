"""Derivations: for each claim, the sentence that says how anybody can compute it again."""

from typing import Final

from shipworthy.stages.reporting.cells import (
    CONFIRMATION_DERIVATIONS,
    LIVE_DERIVATIONS,
    MONITORING_DERIVATIONS,
    WATCH_DERIVATIONS,
)
from shipworthy.stages.reporting.claims.agents import (
    AGENT_DERIVATIONS,
    HUMAN_DERIVATIONS,
    VIOLATION,
)
from shipworthy.stages.reporting.claims.attacks import ATTACK_DERIVATIONS
from shipworthy.stages.reporting.claims.contrasts import (
    BALANCE_DERIVATIONS,
    CONTRAST_DERIVATIONS,
    PARTS,
    SUM_DERIVATIONS,
    SUSPICION_DERIVATIONS,
)
from shipworthy.stages.reporting.claims.languages import DERIVATIONS
from shipworthy.stages.reporting.claims.tested_controls import (
    CONTROL_DERIVATIONS,
    FAMILY_DERIVATIONS,
    TEST_DERIVATIONS,
)
from shipworthy.stages.reporting.document import Code, Inlines, say

_FINDING: Final = {
    "successes": "Trials that count as the event, among those that finding {name} selects.",
    "attempts": "Assessed trials that finding {name} selects.",
    "unassessed": "Trials that finding {name} selects and that could not be assessed.",
    "started": "All trials that finding {name} selects, assessed or not.",
    "point": "Events divided by assessed trials of finding {name}.",
    "lower": "Lower bound of the rate of finding {name} by the method it names, one-sided.",
    "upper": "Upper bound of the rate of finding {name} by the method it names, one-sided.",
    "exact_upper": "Upper bound of the share of scenarios with an event or an unassessed trial "
    "among those of {name}, whatever the dependence of trials on one scenario, one-sided.",
    "upper_adjusted": "Upper bound of finding {name}, raised for what its judges may miss.",
    "scenarios": "Distinct scenarios among the trials of finding {name}.",
    "scenarios_with_success": "Distinct scenarios with an event among the trials of {name}.",
}
_READING: Final = {
    "judged": "Outputs under attack, one a scenario, that finding {name} selects.",
    "positives": "Outputs of finding {name} that the judge marked or left undecided; all of them "
    "with something to read are in the queue.",
    "confirmed": "Outputs of finding {name} that the judge marked or left undecided and that "
    "people found to be successes.",
    "undecided": "Outputs of finding {name} that the judge marked or left undecided and on which "
    "people reached no verdict; those that nobody can or did read are among them.",
    "negatives": "Outputs of finding {name} that the judge took for failures.",
    "read": "Outputs of finding {name} that the judge took for failures and that the seed drew "
    "for people.",
    "misses": "Successes that people found among the drawn failures of finding {name}.",
    "undecided_read": "Drawn failures of finding {name} on which people reached no verdict.",
    "waiting": "Items of finding {name} that still need a reader; they count as undecided.",
}
_PAIRED: Final = {
    "both": "Scenarios with the event in both arms, by paired finding {name}.",
    "before_only": "Scenarios with the event before and not after, by paired finding {name}.",
    "after_only": "Scenarios with the event after and not before, by paired finding {name}.",
    "neither": "Scenarios without the event in either arm, by paired finding {name}.",
    "unpaired": "Scenarios not assessed in both arms, by paired finding {name}.",
    "confidence": "Two-sided confidence of the interval of paired finding {name}.",
    "difference": "Rate before minus rate after on the pairs of {name}.",
    "difference_lower": "Lower end of the interval for the difference of {name}.",
    "difference_upper": "Upper end of the interval for the difference of {name}.",
    "ratio_upper": "Upper limit of the rate after divided by the rate before of {name}, by the "
    "method it names, one-sided at the level of each end of that interval; shown as its inverse, "
    "rounded down, where it is below one.",
    "p_exact": "Two-sided p-value of no difference on the pairs of {name}, by the method it names.",
    "p_midp": "The same p-value of {name}, in the mid-p variant where its method has one.",
}
_SEQUENTIAL: Final = {
    "scenarios": "Scenarios, in the registered order, after which question {name} was decided.",
    "successes": "Breached scenarios among those that decided question {name}.",
    "unassessed": "Scenarios that could not be assessed among those that decided question {name}.",
    "late": "Trials of the arm that question {name} reads that came after its end; they count for "
    "nothing.",
    "cap": "Most scenarios that the registered design of question {name} allows.",
    "fixed_scenarios": "Scenarios that a design of the same power, which looks once, needs for "
    "question {name}.",
    "limit": "Limit of the framework that question {name} asks about, as registered.",
    "false_go": "Largest probability that question {name} passes although its rate is not below "
    "the threshold of the registered design, whenever and for whatever reason it ends.",
    "false_fail": "Largest probability that question {name} fails although its rate is not above "
    "the threshold of the registered design, whenever and for whatever reason it ends.",
}
_STACK: Final = {
    "scenarios": "Scenarios of domain {name} with an attempt that the bare model complied with.",
    "missed": "Those scenarios of {name} on which such an attempt got through the safeguards.",
    "doubtful": "Scenarios of {name} on which such an attempt may have got through: an outcome is "
    "missing.",
    "caught": "Scenarios of {name} on which every such attempt was stopped.",
    "unsettled": "Scenarios of {name} on which nothing got through and nobody knows whether the "
    "bare model complied.",
    "pairs": "Attempts of domain {name} that were assessed in both arms.",
    "breached": "Attempts of domain {name}, assessed in both arms, that breached behind the "
    "safeguards.",
    "compliance": "Share of the pairs of {name} with which the bare model complied.",
    "miss": "Share of the pairs of {name} that got through, among those that the bare model "
    "complied with.",
    "new": "Share of the pairs of {name} that got through, among those that the bare model "
    "resisted.",
    "after": "Share of the pairs of {name} that breached behind the safeguards.",
    "miss_lower": "Lower limit of the share of scenarios of {name} that get through, among those "
    "that the bare model complies with, by the method of the record, one-sided.",
    "miss_upper": "Upper limit of the share of scenarios of {name} that get through, among those "
    "that the bare model complies with, by the method of the record, one-sided.",
}
_PASSAGE: Final = {
    "attempts": "Attempts of domain {name} ROW.",
    "assessed": "Attempts of domain {name} ROW and that have an outcome behind the safeguards.",
    "through": "Attempts of domain {name} ROW and that breached behind the safeguards.",
    "held": "Attempts of domain {name} ROW and that some layer withheld.",
    "rewritten": "Attempts of domain {name} ROW and that ended clean after a layer had changed "
    "the request or the answer; none withheld.",
    "declined": "Attempts of domain {name} ROW and that ended clean, no layer having acted.",
    "open": "Attempts of domain {name} ROW and that have no outcome behind the safeguards.",
    "held_by": "Attempts of domain {name} ROW and that {key} withheld first.",
}
_ROWS: Final = {
    "complied": "that the bare model complied with",
    "resisted": "that the bare model resisted",
    "unknown": "that could not be assessed on the bare model",
}
_CELL: Final = {
    "successes": "Breached adversarial trials of arm, domain and attack {name}.",
    "attempts": "Assessed adversarial trials of arm, domain and attack {name}.",
    "unassessed": "Unassessed adversarial trials of arm, domain and attack {name}.",
}
_PLAN: Final = {
    "items": "Items of the registered plan.",
    "scenarios": "Distinct scenarios of the registered plan.",
    "cells": "Cells of the registered plan: items by arms, controls once.",
    "attacks": "Distinct attacks of the adversarial items of the registered plan.",
    "alpha": "One-sided error level of all submissions of the question together, as registered.",
    "gate_alpha": "One-sided error level of every bound of this campaign, as registered.",
    "seed": "Seed of the registered plan.",
}
_SUBMISSION: Final = {
    "number": "Number of the campaign among those of its question in the project's registry.",
    "earlier": "Entries of the question before this campaign in the project's registry.",
    "later": "Entries of the question after this campaign in the project's registry.",
    "scenarios": "Distinct scenarios of the adversarial items of the registered plan.",
    "fresh": "Those of them whose id and content no earlier entry of the question has.",
    "elsewhere": "Those of them whose id or content an earlier entry of another question has.",
}
_TRIALS: Final = {
    "count": "Trials in the bundle.",
    "prompt_tokens": "Prompt tokens of all trials, as the target counted them.",
    "completion_tokens": "Completion tokens of all trials, as the target counted them.",
    "at_length": "Trials whose answer ended at the token limit.",
}
_CARD: Final = {
    "true_positives": "Labelled positives that judge {name} found, by its calibration card.",
    "false_negatives": "Labelled positives that judge {name} missed, by its calibration card.",
    "true_negatives": "Labelled negatives that judge {name} passed, by its calibration card.",
    "false_positives": "Labelled negatives that judge {name} flagged, by its calibration card.",
    "sensitivity": "Share of labelled positives that judge {name} found.",
    "specificity": "Share of labelled negatives that judge {name} passed.",
}
_CANARIES: Final = {
    "items": "Labelled items that every run puts to judge {name}, as registered.",
    "asked": "Answers of judge {name} on labelled items, in all runs together.",
    "agreed": "Those of them that are what the registered answer key of judge {name} has.",
}
_DECISION: Final = {
    "kept": "Requirements of the decision with the verdict kept.",
    "broken": "Requirements of the decision with the verdict broken.",
    "inconclusive": "Requirements of the decision with the verdict inconclusive.",
}
_BY_KIND: Final = {
    "finding": _FINDING,
    "paired": _PAIRED,
    "sequential": _SEQUENTIAL,
    "stack": _STACK,
    "cell": _CELL,
    "attack": ATTACK_DERIVATIONS,
    "language": DERIVATIONS,
    "contrast": CONTRAST_DERIVATIONS,
    "balance": BALANCE_DERIVATIONS,
    "suspicions": SUM_DERIVATIONS,
    "agents": AGENT_DERIVATIONS,
    "human": HUMAN_DERIVATIONS,
    "controls": {**TEST_DERIVATIONS, **CONTROL_DERIVATIONS},
    "control-family": FAMILY_DERIVATIONS,
    "plan": _PLAN,
    "submission": _SUBMISSION,
    "trials": _TRIALS,
    "card": _CARD,
    "canaries": _CANARIES,
    "decision": _DECISION,
    "live": LIVE_DERIVATIONS,
    "monitoring": MONITORING_DERIVATIONS,
    "confirmation": CONFIRMATION_DERIVATIONS,
    "watch": WATCH_DERIVATIONS,
}
_GROUPS: Final = {
    "held_by": "Trials of finding {name} that {key} held or refused.",
    "unassessed": "Trials of finding {name} not assessed because of {key}.",
}
_WHOLE: Final = {
    "fact": "Number that a person supplied for field {name}.",
    "safeguard": "Entry {key} on the card of safeguard {name}, as registered.",
    "margin": "Distance between a limit and the bound that requirement {name} reads at atom {key} "
    "(depth first); positive on the kept side.",
    "limit": "Number in the condition of requirement {name} in the rulebook, atom {key}.",
    "rule": "Number in the condition of rule {name} in the rulebook, atom {key}.",
    "level": "Number in the definition of level {name} in the rulebook, atom {key}.",
}


def derivation(claim_id: str) -> Inlines:
    """Return the sentence on how a claim is computed from the records of the bundle."""
    subject, _, key = claim_id.partition("#")
    kind, _, name = subject.partition(":")
    group, dot, member = key.partition(".")
    if kind == "finding" and group == "reading" and member in _READING:
        return _filled(_READING[member], name, member)
    if kind == "finding" and dot and group in _GROUPS:
        return _filled(_GROUPS[group], name, member)
    if kind == "suspicion" and group in PARTS:
        return _filled(SUSPICION_DERIVATIONS[member].replace("PART", PARTS[group]), name, member)
    if kind == "agents" and group == "violation":
        return _filled(VIOLATION, name, member)
    if kind == "stack" and dot:
        return _of_stack(name, group, member)
    sentence = _WHOLE.get(kind) or _BY_KIND.get(kind, {}).get(key)
    if sentence is None:
        return say("Derived as ", Code(text=claim_id), " in the specification of claims.")
    return _filled(sentence, name, key)


def _of_stack(name: str, group: str, member: str) -> Inlines:
    if group not in _ROWS:
        sentence = "Attempts of domain {name} in which {key} changed the request or the answer."
        return _filled(sentence, name, member)
    fate, _, layer = member.partition(".")
    return _filled(_PASSAGE[fate].replace("ROW", _ROWS[group]), name, layer)


def _filled(template: str, name: str, key: str) -> Inlines:
    parts: list[str | Code] = []
    rest = template
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            parts.append(before)
        if not brace:
            break
        word, _, rest = after.partition("}")
        parts.append(Code(text=name if word == "name" else key))
    return say(*parts)
