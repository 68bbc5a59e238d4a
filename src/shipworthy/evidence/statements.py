"""The statements that a runner and the people around it sign, one function per kind.

Subjects are named by their file in the bundle and carry that file's digest; the predicate names
the plan, so that a statement of one campaign means nothing in another.
"""

from collections.abc import Mapping, Sequence

from shipworthy.evidence.attestations import Statement, make_statement
from shipworthy.kernel import Digest, Record, digest_bytes, digest_of
from shipworthy.records import (
    CampaignPlan,
    Decision,
    Fact,
    Findings,
    Rulebook,
    SignOff,
)


class Attested(Record, frozen=True, kw_only=True):
    """The predicate of the runner's statements: for which plan, and when."""

    plan: Digest
    at: str


class FactsDocument(Record, frozen=True, kw_only=True):
    """`facts.json`."""

    facts: tuple[Fact, ...]


def plan_statement(plan: CampaignPlan, at: str) -> Statement:
    """State which plan was registered."""
    return make_statement("plan", {"plan.json": plan.digest}, Attested(plan=plan.digest, at=at))


def findings_statement(plan: Digest, found: Findings, at: str) -> Statement:
    """State what the campaign measured."""
    subjects = {"findings.json": digest_of(found)}
    return make_statement("findings", subjects, Attested(plan=plan, at=at))


def decision_statement(
    decision: Decision, rulebook: Rulebook, facts: Sequence[Fact], at: str
) -> Statement:
    """State the draft together with everything else that it was computed from."""
    subjects = {
        "decision.json": decision.digest,
        "facts.json": digest_of(FactsDocument(facts=tuple(facts))),
        "rulebook.json": rulebook.digest,
    }
    return make_statement("decision", subjects, Attested(plan=decision.plan, at=at))


def report_statement(plan: Digest, reports: Mapping[str, bytes], at: str) -> Statement:
    """State which report files were published, by their names in the bundle."""
    subjects = {name: digest_bytes(data) for name, data in reports.items()}
    return make_statement("report", subjects, Attested(plan=plan, at=at))


def sign_off_statement(sign_off: SignOff) -> Statement:
    """State a person's position on a draft; the person's own key signs it."""
    return make_statement("sign-off", {"decision.json": sign_off.decision}, sign_off)
