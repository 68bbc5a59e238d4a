"""Phrases by which duties can be left undone, by class of `taxonomy.HEDGE_KINDS`.

The lexicon reads phrases of a source, never a paraphrase of ours. Where the encoder declared the
class of a phrase, that judgement stands and the lexicon is not asked. It is tuned on the phrases
of published frameworks, so on a new text it misses some and calls some that are harmless.
"""

import re
from typing import Final

_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "feasibility": (
        r"\b(?:technically |operationally )?feasib(?:le|ility)\b",
        r"\bpractica(?:ble|bility|lly possible)\b",
        r"\bcommercially\b",
        r"\bto the (?:extent|degree) (?:possible|practical)\b",
        r"\bcost[- ]effective\b",
        r"\bbest efforts?\b",
        r"\bwhere(?:ver)? possible\b",
        r"\bas far as possible\b",
    ),
    "competitors": (
        r"\bcompetitors?\b",
        r"\bother (?:\w+ )?(?:developers?|companies|labs?|organi[sz]ations?)\b",
        r"\bacross the (?:field|industry)\b",
        r"\bfield as a whole\b",
        r"\bfrontier ai field\b",
        r"\blimited social utility\b",
        r"\bunilateral(?:ly)?\b",
    ),
    "substitution": (
        r"\bor (?:we )?otherwise (?:assess|determine|judge)",
        r"\bor (?:an )?(?:equivalent|comparable|alternative)\b",
        r"\bor implement additional\b",
    ),
    "benefits": (
        r"\bbenefits?\b.*\b(?:outweigh|risks?)\b",
        r"\brisks?\b.*\bbenefits?\b",
        r"\bbenefits of\b",
        r"\bbalanc(?:e|ing) (?:safety|risks?|innovation)\b",
    ),
    "adequacy": (
        r"\b(?:in)?adequate(?:ly)?\b",
        r"\b(?:acceptable|tolerable)\b",
        r"\b(?:in)?sufficient(?:ly)?\b",
        r"\bproportionate\b",
        r"\breasonabl[ey]\b",
        r"\brobust(?:ly)?\b",
        r"\bdefensible\b",
        r"\bappropriate (?:level|safeguard|measure|mitigation|protection)s?\b",
    ),
    "modality": (
        r"\b(?:may|might|could)\b(?! not)",
        r"\b(?:aim|intend|seek|strive|hope|expect)(?:s|ing|ed)? to\b",
        r"\btypically\b",
        r"\b(?:generally|usually|ordinarily)\b",
        r"\bencouraged?\b",
        r"\bexploratory\b",
        r"\bnot (?:hard |binding )?commitments?\b",
        r"\b(?:cannot|not) (?:make |give )?(?:any )?guarantees?\b",
        r"\brecommend(?:s|ed|ation)?\b",
    ),
    "actor-discretion": (
        r"\b(?:as|where|when|if) (?:deemed |we deem )?(?:appropriate|necessary|relevant|needed)\b",
        r"\b(?:in|at) (?:our|its|their) (?:sole )?(?:discretion|judge?ment)\b",
        r"\bto the extent (?:that )?(?:we|they) (?:can|choose)\b",
        r"\bto the extent applicable\b",
        r"\bat our discretion\b",
        r"\badditional factors\b",
        r"\bin the judge?ment of\b",
        r"\bexpert (?:deliberation|judge?ment)\b",
    ),
    "illustration": (
        r"\billustrat(?:ive|ion|ed)\b",
        r"\bfor (?:example|instance)\b",
        r"\bsuch as\b",
        r"\be\.g\.",
    ),
    "future-work": (
        r"\b(?:are|is|actively|currently|still) (?:researching|exploring|developing)\b",
        r"^(?:researching|exploring|developing)\b",
        r"(?<!\ba )\bplan(?:s|ning)? to\b",
        r"\bfuture work\b",
        r"\bwill evolve\b|\bto evolve\b",
        r"\bdefined by evolving\b",
    ),
    "rescoping": (
        r"\b(?:add|adding|new) (?:threat )?(?:scenarios?|outcomes?)\b",
        r"\bre-?rat(?:e|ed|ing)\b",
        r"\b(?:outcomes?|scenarios?|domains?|thresholds?)\b.*\bremoved\b",
        r"\bsubject to (?:revision|change)\b",
        r"\bother barriers\b",
    ),
    "baseline": (
        r"\bnet[- ]new\b",
        r"\brelative to\b",
        r"\bcompared (?:to|with)\b",
        r"\bwithout (?:access to )?(?:generative|general-purpose|frontier) ai\b",
        r"\bmarginal risk\b",
        r"\bhistorical rates\b",
        r"\b20\d\d(?:-era)? (?:ai )?tool(?:s|ing)\b",
    ),
    "availability": (
        r"\bother (?:\w+ )?models?\b",
        r"\b(?:already|widely|publicly) available\b",
        r"\bsimilarly capable\b",
        r"\bexisting tools\b",
    ),
    "time": (
        r"\bin a timely (?:manner|fashion)\b",
        r"\bpromptly\b",
        r"\bperiodic(?:ally)?\b",
        r"\bregular(?:ly)?\b",
        r"\bfrom time to time\b",
        r"\bin due course\b",
        r"\bas soon as\b",
    ),
    "secrecy": (
        r"\bnot (?:provid|disclos|publish)(?:e|ing|ed)?\b",
        r"\bredact(?:ed|ion|ions)?\b",
        r"\btrade secrets?\b",
        r"\bconfidential(?:ity)?\b",
        r"\bwithh(?:old|eld)\b",
    ),
    "inheritance": (
        r"\binherit(?:s|ed|ance)?\b",
        r"\bordinarily not require\b",
        r"\bpresumed to\b",
        r"\bnon-material\b",
    ),
    "lower-bound": (
        r"\b(?:no|not) (?:evidence|indication) (?:of|that)\b",
        r"\babsence of (?:evidence|capabilit)",
        r"\bdid not (?:observe|find)\b",
    ),
}

PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    kind: re.compile("|".join(phrases), re.IGNORECASE) for kind, phrases in _PHRASES.items()
}
"""One pattern a class, in the order of the taxonomy."""


def kinds_of(phrase: str) -> tuple[str, ...]:
    """Return the classes whose phrases occur in a text of the source, in taxonomy order."""
    return tuple(kind for kind, pattern in PATTERNS.items() if pattern.search(phrase))
