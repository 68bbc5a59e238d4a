"""Is what is deployed what was tested? By what it says of itself, and by how it answers.

What a deployment says is no proof: a name can stay while the model behind it changes. Answers to
harmless requests, word for word, are held against the laboratory's, where the two arms show how
often the tested model itself repeats an answer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from shipworthy.records.live.confirmations import DriftCheck, DriftName, DriftStatus
from shipworthy.stages.confirming.policy import KeptIn, Secrets, policy_check
from shipworthy.statistics.paired import FieldCounts, FieldVerdict, field_verdict
from shipworthy.vocabulary import Sampling

ALIKE: Final = 0.9
"""Share of matching characters from which two answers count as one."""

_COMPARED: Final = 600
"""Characters of an answer that are compared: the effort grows with their square."""

_UNSAID: Final = "not disclosed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTriple:
    """One harmless item: without safeguards and with them in the laboratory, and in the field."""

    bare: str
    safeguarded: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What is known of one side.

    Attributes:
        models: names that answers or the identity give.
        prompts: digests of the product's system turn.
        stacks: digests of safeguards that ruled or are said to be deployed.
        kept_in: which system turns are secrets; of the laboratory `secrets` says it.
        secrets: the system turns that were confidential.
    """

    models: Collection[str]
    prompts: Collection[str]
    stacks: Collection[str]
    kept_in: KeptIn = field(default_factory=KeptIn)
    secrets: Secrets = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftTerms:
    """How answers were drawn in the laboratory, and the margin and error of their comparison."""

    sampling: Sampling
    margin: float
    alpha: float


def drift_checks(
    lab: Configuration, field: Configuration, answers: Iterable[AnswerTriple], terms: DriftTerms
) -> tuple[DriftCheck, ...]:
    """Check each part of the configuration, in the order of `DriftName`."""
    alike = _answers(list(answers), terms)
    return (
        _model(lab.models, field.models),
        _digests("system-prompt", lab.prompts, field.prompts),
        _digests("stack", lab.stacks, field.stacks),
        policy_check(lab.secrets, field.kept_in),
        _sampling(terms.sampling, alike),
        alike,
    )


def _model(lab: Collection[str], field: Collection[str]) -> DriftCheck:
    status: DriftStatus = "differs"
    how = "names in answers"
    asked = min(lab) if lab else ""
    if not field or not asked:
        status, how = "unknown", _UNSAID
    elif set(field) == {asked}:
        status = "same"
    elif len(set(field)) == 1 and next(iter(field)).startswith(asked):
        status, how = "unknown", "the answer's name says more than the one asked for"
    return _check("model", status, lab, field, how)


def _digests(name: DriftName, lab: Collection[str], field: Collection[str]) -> DriftCheck:
    if not field:
        return _check(name, "unknown", lab, field, _UNSAID)
    status: DriftStatus = "same" if set(field) == set(lab) else "differs"
    return _check(name, status, lab, field, "digests in the log, or that the deployment gives")


def _sampling(sampling: Sampling, alike: DriftCheck) -> DriftCheck:
    """Greedy answers that repeat word for word were drawn greedily; nothing else shows it."""
    asked = f"temperature {sampling.temperature}, at most {sampling.max_tokens} tokens"
    greedy = float(sampling.temperature) == 0.0
    if greedy and alike.status == "same":
        return _check("sampling", "same", [asked], [asked], "answers repeat word for word")
    how = "sent with each request; whether it is kept is not known"
    return _check("sampling", "unknown", [asked], [], how)


def _answers(answers: list[AnswerTriple], terms: DriftTerms) -> DriftCheck:
    counts = FieldCounts()
    for one in answers:
        counts = counts.add(
            lab=not alike(one.bare, one.safeguarded), field=not alike(one.safeguarded, one.field)
        )
    total = len(answers)
    repeated = sum(alike(one.bare, one.safeguarded) for one in answers)
    kept = sum(alike(one.safeguarded, one.field) for one in answers)
    verdict = field_verdict(counts, terms.margin, terms.alpha) if total else FieldVerdict.NOT_SHOWN
    status: DriftStatus = "unknown"
    if verdict is FieldVerdict.NOT_WORSE:
        status = "same"
    elif verdict is FieldVerdict.WORSE:
        status = "differs"
    return DriftCheck(
        name="answers",
        status=status,
        lab=f"{repeated} of {total} alike in both arms",
        field=f"{kept} of {total} alike in laboratory and field",
        how="harmless answers that no layer changed, word for word",
    )


def alike(first: str, second: str) -> bool:
    """Say whether two answers are the same, but for space and a few words."""
    one, other = (" ".join(text.split())[:_COMPARED] for text in (first, second))
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _check(
    name: DriftName, status: DriftStatus, lab: Collection[str], field: Collection[str], how: str
) -> DriftCheck:
    return DriftCheck(
        name=name,
        status=status,
        lab=", ".join(sorted(set(lab))) or "nothing",
        field=", ".join(sorted(set(field))) or _UNSAID,
        how=how,
    )
