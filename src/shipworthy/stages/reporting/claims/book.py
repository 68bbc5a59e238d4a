"""The claim book: every number that a report may show, by id."""

from collections.abc import Iterator

from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import Claim
from shipworthy.stages.reporting.cells import live_claims
from shipworthy.stages.reporting.claims.agents import agent_claims, human_claims
from shipworthy.stages.reporting.claims.attacks import attack_claims
from shipworthy.stages.reporting.claims.conditions import condition_claims
from shipworthy.stages.reporting.claims.contrasts import (
    balance_claims,
    contrast_claims,
    suspicion_claims,
    suspicion_sums,
)
from shipworthy.stages.reporting.claims.languages import language_claims
from shipworthy.stages.reporting.claims.measured import (
    cell_claims,
    finding_claims,
    paired_claims,
    sequential_claims,
    trial_claims,
)
from shipworthy.stages.reporting.claims.registered import (
    canary_claims,
    card_claims,
    decision_claims,
    fact_claims,
    plan_claims,
    safeguard_claims,
    submission_claims,
)
from shipworthy.stages.reporting.claims.stacks import stack_claims
from shipworthy.stages.reporting.claims.tested_controls import tested_claims
from shipworthy.stages.reporting.inputs import ReportInput


class ClaimBook:
    """Resolves the claim ids of `spec/claims.md` against the records of one report."""

    def __init__(self, report: ReportInput) -> None:
        self._claims: dict[str, Claim] = {}
        self._disputed: set[str] = set()
        for claim in _all_claims(report):
            if self._claims.setdefault(claim.id, claim) != claim:
                self._disputed.add(claim.id)

    def __contains__(self, claim_id: object) -> bool:
        """Say whether the records give exactly one value for a claim."""
        return claim_id in self._claims and claim_id not in self._disputed

    def claim(self, claim_id: str, section: str) -> Claim:
        """Return the claim with this id.

        Raises:
            Problem: `report-claim` naming the section, when no record gives the number or two
                records give different ones.
        """
        if claim_id in self._disputed:
            raise Problem.of(
                "report-claim",
                f"section `{section}` shows claim `{claim_id}`, about which records disagree",
                help="give the records that it is derived from distinct ids",
            )
        found = self._claims.get(claim_id)
        if found is None:
            kind = claim_id.partition(":")[0].partition("#")[0]
            near = (known for known in self._claims if known.startswith(kind))
            raise Problem.of(
                "report-claim",
                f"section `{section}` shows claim `{claim_id}`, which no record gives",
                help=did_you_mean(claim_id, near),
            )
        return found

    def ids(self) -> list[str]:
        """Return all claim ids, sorted."""
        return sorted(self._claims.keys() - self._disputed)


def _all_claims(report: ReportInput) -> Iterator[Claim]:
    layers = tuple(sorted({layer.name for arm in report.plan.arms for layer in arm.stack.layers}))
    for finding in report.findings:
        yield from finding_claims(finding, layers)
    for paired in report.paired:
        yield from paired_claims(paired)
    for question in report.sequential:
        yield from sequential_claims(question)
    for stack in report.stacks:
        yield from stack_claims(stack, layers)
    yield from _battery_claims(report)
    yield from _part_claims(report)
    yield from trial_claims(report.trials)
    yield from plan_claims(report.plan)
    yield from submission_claims(report.plan, report.history)
    yield from _judge_claims(report)
    for arm in report.plan.arms:
        for layer in arm.stack.layers:
            yield from safeguard_claims(layer)
    for fact in report.facts:
        yield from fact_claims(fact)
    yield from decision_claims(report.decision)
    yield from live_claims(report.live)
    yield from condition_claims(
        report.rulebook, {finding.id: finding for finding in report.findings}
    )


def _part_claims(report: ReportInput) -> Iterator[Claim]:
    for cell in report.cells:
        yield from cell_claims(cell)
    for one in report.attacks:
        yield from attack_claims(one)
    for spoken in report.languages:
        yield from language_claims(spoken)


def _battery_claims(report: ReportInput) -> Iterator[Claim]:
    for contrast in report.contrasts:
        yield from contrast_claims(contrast)
    for split in report.suspicions:
        yield from suspicion_claims(split)
    yield from suspicion_sums(report.suspicions)
    for balance in report.balances:
        yield from balance_claims(balance)
    for agents in report.agents:
        yield from agent_claims(agents)
    for baseline in report.humans:
        yield from human_claims(baseline)
    if report.controls is not None:
        yield from tested_claims(report.controls)


def _judge_claims(report: ReportInput) -> Iterator[Claim]:
    for card in report.cards:
        yield from card_claims(card)
    for result in report.canaries:
        yield from canary_claims(result)
