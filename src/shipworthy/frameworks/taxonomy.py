"""The closed lists by which frameworks of different publishers are put side by side."""

from typing import Final

HEDGE_KINDS: Final[dict[str, str]] = {
    "feasibility": "the duty ends where it becomes costly or hard",
    "competitors": "the duty depends on what others do",
    "substitution": "something else that is judged good enough may take the place of what is named",
    "benefits": "benefits may outweigh the risk, by no stated rule",
    "adequacy": "a word of measure without a measure",
    "modality": "an intention or possibility in place of a duty",
    "actor-discretion": "whoever has the duty decides whether it is due",
    "illustration": "a number or list is only an example",
    "future-work": "a promise without a date",
    "rescoping": "what counts can be redefined after the result is known",
    "baseline": "the choice of what is compared decides how bad it looks",
    "availability": "others already offer the same, so it no longer counts",
    "time": "a duty without a deadline",
    "secrecy": "what would show that the duty is done may be withheld",
    "inheritance": "an earlier result stands for a new model",
    "lower-bound": "a test that can only show presence is used to show absence",
}
"""Classes of escape hatches, with what they do."""

DOMAINS: Final[dict[str, str]] = {
    "cyber": "attacks on computer systems",
    "fraud": "fraud, extortion and scams at scale",
    "chemical": "chemical weapons",
    "biological": "biological weapons",
    "radiological": "radiological weapons",
    "nuclear": "nuclear weapons",
    "persuasion": "harmful manipulation of people at scale",
    "ai-rnd": "automation or acceleration of AI research",
    "autonomy": "self-replication, acquiring resources, escaping containment",
    "loss-of-control": "deception and the undermining of evaluation, oversight or shutdown",
    "physical-autonomy": "machines or swarms that act in the world",
}
"""What a frontier framework may be about."""

TOPICS: Final[dict[str, str]] = {
    "scope": "which models the framework covers",
    "compute-trigger": "an amount of computation that makes evaluation due",
    "cadence": "when evaluation is repeated",
    "thresholds": "what capability or risk level has consequences",
    "acceptance-numbers": "numbers that a model has to reach",
    "before-and-after": "evaluation before and after mitigations",
    "elicitation": "how hard capability is sought",
    "fine-tuned-elicitation": "elicitation by fine-tuning",
    "red-teaming": "adversarial testing of safeguards",
    "mitigations": "which safeguards are due",
    "security": "protection of weights",
    "open-weights": "what holds for release of weights",
    "internal-deployment": "what holds for use inside the developer",
    "loss-of-control": "models that undermine oversight",
    "stop-rule": "when development or deployment stops",
    "contingency": "what depends on other developers",
    "decision": "who decides",
    "board": "what the board does",
    "escalation": "how a concern rises",
    "whistleblowing": "who may report a breach, to whom, protected how",
    "external-review": "outside evaluation of models",
    "external-audit": "outside audit of whether the framework is followed",
    "incidents": "what happens after an incident",
    "monitoring": "what is watched after deployment",
    "report": "what is published about a model",
    "authorities": "what authorities are told",
    "amendment": "how the framework is changed",
    "change-log": "whether changes are listed and justified",
    "safety-case": "an argued case that risk is acceptable",
    "benefit-weighing": "whether benefits count against risk",
}
"""What the matrix of frameworks has a row for."""

GOVERNANCE_ELEMENTS: Final[dict[str, str]] = {
    "risk-ownership": "a named owner of each risk",
    "board-committee": "a committee of the board with oversight of catastrophic risk",
    "challenge": "somebody outside the first line who advises and challenges it",
    "external-audit": "independent audit of whether the framework is followed",
    "central-risk-function": "a central function for risk",
    "executive-risk-officer": "an executive who answers for risk",
    "risk-tracking": "risk is tracked and monitored",
    "go-no-go": "a protocol for the decision to go or not",
    "escalation": "a way for concerns to rise",
    "whistleblowing": "protected reporting of breaches",
    "incident-response": "a process for incidents",
    "internal-audit": "an internal audit of whether the framework is followed",
    "culture": "measures for speaking up about safety",
}
"""Elements of risk governance; the first seven are the minimum that CLTR asks for."""
