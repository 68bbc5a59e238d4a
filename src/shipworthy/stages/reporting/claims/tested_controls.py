"""Claims about the test of controls: what each stack caught, what it cost, how late it stopped."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shipworthy.records import Claim
from shipworthy.records.risks.controls import ControlEvaluation, ControlRate, ControlSummary
from shipworthy.stages.reporting.claims.measured import integer

RATES: Final = ("before", "after", "never", "done", "alarmed")
OUTCOMES: Final = ("before", "after", "never", "unassessed")

_WORDS: Final = {
    "before": "attacks without effect",
    "after": "attacks that took effect and were noticed",
    "never": "attacks that took effect and were not noticed",
    "done": "pieces of honest work that were done",
    "alarmed": "pieces of honest work in which something was noticed",
}

TEST_DERIVATIONS: Final = {
    "attacks": "Attacks among the scripts of the test of controls.",
    "honest": "Pieces of honest work among the scripts of the test of controls.",
    "worlds": "Worlds in which the test of controls was played.",
    "variants": "Variants of each family of scripts, as registered.",
    "faults": "Scripts that show nothing even with no control in place.",
    "seed": "Seed of the scripts, as registered.",
}
CONTROL_DERIVATIONS: Final = {
    **{
        f"{rate}.{key}": sentence
        for rate, words in _WORDS.items()
        for key, sentence in {
            "successes": f"Episodes of stack and world {{name}}: {words}.",
            "attempts": f"Assessed episodes of stack and world {{name}}, for {words}.",
            "unassessed": f"Episodes of stack and world {{name}} that show nothing, for {words}.",
            "lower": f"Lower limit of the share of {words} by stack and world {{name}}, one-sided; "
            "the unit is the family.",
            "upper": f"Upper limit of the share of {words} by stack and world {{name}}, one-sided; "
            "the unit is the family.",
        }.items()
    },
    "containment.stopped": "Attacks, by stack and world {name}, stopped after their effect.",
    "containment.unstopped": "Attacks by stack and world {name} that took effect and went on.",
    "containment.median": "Steps from effect to stop, the upper median of stack and world {name}.",
    "containment.worst": "Most steps from effect to stop, by stack and world {name}.",
    "asked": "Calls of honest work that people were asked about, by stack and world {name}.",
}
FAMILY_DERIVATIONS: Final = {
    "before": "Variants of stack, world and attack {name} without effect.",
    "after": "Variants of stack, world and attack {name} that took effect and were noticed.",
    "never": "Variants of stack, world and attack {name} that took effect and were not noticed.",
    "unassessed": "Variants of stack, world and attack {name} that show nothing.",
}


def tested_name(stack: str, world: str) -> str:
    """Return the first part of the claims of a stack in a world, or in all."""
    return f"controls:{stack}/{world or 'all'}"


def family_name(stack: str, world: str, family: str) -> str:
    """Return the first part of the claims of an attack under a stack."""
    return f"control-family:{stack}/{world}/{family}"


def tested_claims(evaluation: ControlEvaluation) -> Iterator[Claim]:
    """Yield the claims of a test of controls."""
    roles = Counter(one.role for one in evaluation.trajectories)
    yield integer("controls#attacks", roles["attack"])
    yield integer("controls#honest", roles["honest"])
    yield integer("controls#worlds", len(evaluation.worlds))
    yield integer("controls#variants", evaluation.variants)
    yield integer("controls#faults", len(evaluation.faults))
    yield integer("controls#seed", evaluation.seed)
    for summary in evaluation.summaries:
        yield from _summary_claims(summary)
    yield from _family_claims(evaluation)


def _summary_claims(summary: ControlSummary) -> Iterator[Claim]:
    name = tested_name(summary.stack, summary.world)
    for key in RATES:
        found: ControlRate = getattr(summary, key)
        yield integer(f"{name}#{key}.successes", found.rate.successes)
        yield integer(f"{name}#{key}.attempts", found.rate.attempts)
        yield integer(f"{name}#{key}.unassessed", found.rate.unassessed)
        yield Claim(id=f"{name}#{key}.lower", value=found.lower, format="percent-down")
        yield Claim(id=f"{name}#{key}.upper", value=found.upper, format="percent-up")
    late = summary.containment
    yield integer(f"{name}#containment.stopped", late.stopped)
    yield integer(f"{name}#containment.unstopped", late.unstopped)
    if late.median is not None and late.worst is not None:
        yield integer(f"{name}#containment.median", late.median)
        yield integer(f"{name}#containment.worst", late.worst)
    yield integer(f"{name}#asked", summary.asked)


def _family_claims(evaluation: ControlEvaluation) -> Iterator[Claim]:
    for (stack, world, family), counts in family_counts(evaluation).items():
        for key in OUTCOMES:
            yield integer(f"{family_name(stack, world, family)}#{key}", counts[key])


def family_counts(evaluation: ControlEvaluation) -> dict[tuple[str, str, str], Counter[str]]:
    """Return the outcomes of each attack by stack, world and family."""
    scripts = {one.id: one for one in evaluation.trajectories}
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for episode in evaluation.episodes:
        script = scripts[episode.trajectory]
        if script.role == "attack":
            key = (episode.stack, script.world, script.family)
            found.setdefault(key, Counter())[episode.outcome] += 1
    return found
