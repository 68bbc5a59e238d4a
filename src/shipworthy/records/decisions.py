"""Decisions: drafted by the gate, signed by people."""

from typing import Literal

import msgspec

from shipworthy.kernel import Digest, Record, digest_of


class RequirementResult(Record, frozen=True, kw_only=True):
    """The verdict on one requirement of one rule.

    `reads` are the ids of findings and facts it rests on; `why` is one sentence; `missing` says
    what evidence would settle an inconclusive verdict; `flip` the nearest change of the data that
    would change the verdict.
    """

    rule: str
    requirement: str
    title: str
    clauses: tuple[str, ...]
    verdict: Literal["kept", "broken", "inconclusive"]
    reads: tuple[str, ...]
    why: str
    missing: str = ""
    flip: str = ""
    illustrative: bool = False


class RuleResult(Record, frozen=True, kw_only=True):
    """Whether a rule's ceiling applies: for certain (`true`), perhaps (`unknown`) or not."""

    rule: str
    applies: Literal["true", "false", "unknown"]
    triggered: Literal["true", "false", "unknown"]
    ceiling: str
    clauses: tuple[str, ...]


class LevelResult(Record, frozen=True, kw_only=True):
    """The level of a scale field: from `best` to `worst`, equal when it is known."""

    field: str
    best: str
    worst: str
    why: str


class LiveTerms(Record, frozen=True, kw_only=True):
    """What a draft says of live evidence, so that people sign it with the rest.

    Attributes:
        answers: digests of the envelopes of re-openings, and of confirmations with a defect, that
            the log held when the draft was made, in the order of the log.
        confirmation_days: for how many days a confirmation of the deployed path counts; 0 where
            none is required.
        confirmation_deployment: name of the deployment of which a confirmation is required; empty
            where none is.
    """

    answers: tuple[Digest, ...] = ()
    confirmation_days: int = 0
    confirmation_deployment: str = ""


class Decision(Record, frozen=True, kw_only=True):
    """A draft for people to sign: what the framework says of this model and deployment.

    `level_worst` is the decision level if every unknown turns out badly, `level_best` if every
    unknown turns out well. GO needs the worst, NO-GO follows from the best.
    """

    subject: Digest
    plan: Digest
    framework: str
    rulebook: Digest
    deployment: str
    gate: Literal["deploy", "develop"]
    ruling: Literal["go", "no-go", "inconclusive"]
    level_worst: str
    level_best: str
    levels: tuple[LevelResult, ...]
    rules: tuple[RuleResult, ...]
    requirements: tuple[RequirementResult, ...]
    determining: tuple[str, ...]
    """Clauses that determined the ruling."""
    missing: tuple[str, ...]
    flip: str
    roles: tuple[str, ...]
    """Roles whose signature is required."""
    drafted_at: str
    expires_at: str
    unmapped: tuple[str, ...] = ()
    """Threat scenarios that may matter and for which there is no evidence: no go with any."""
    live: LiveTerms | msgspec.UnsetType = msgspec.UNSET
    """Absent where nothing had re-opened a decision and no confirmation is required."""

    @property
    def live_terms(self) -> LiveTerms:
        """What it says of live evidence; by default, that it answers nothing."""
        return LiveTerms() if self.live is msgspec.UNSET else self.live

    @property
    def digest(self) -> Digest:
        """Digest of the draft: what people sign."""
        return digest_of(self)


class SignOff(Record, frozen=True, kw_only=True):
    """A person's signature in a role over one draft."""

    decision: Digest
    role: str
    person: str
    position: Literal["go", "no-go"]
    rationale: str
    signed_at: str
