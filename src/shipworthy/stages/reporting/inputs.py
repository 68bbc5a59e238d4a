"""What a report is built from: frozen records, nothing measured or decided here."""

from typing import Literal

import msgspec

from shipworthy.kernel import Digest, Record
from shipworthy.records import (
    BalanceFinding,
    CalibrationCard,
    CampaignPlan,
    CampaignRegistered,
    CanaryResult,
    ContrastFinding,
    Decision,
    EffortFinding,
    Fact,
    Finding,
    PairedFinding,
    RiskMap,
    Rulebook,
    SequentialFinding,
    SignOff,
    StackFinding,
    SuspicionFinding,
)
from shipworthy.records.risks.controls import ControlEvaluation
from shipworthy.stages.reporting.cells import (
    AgentCell,
    AttackLimits,
    HumanBaseline,
    LanguageCell,
    LiveRecords,
)
from shipworthy.vocabulary import Arm, Rate


class TrialCounts(Record, frozen=True, kw_only=True):
    """Totals over all trials of the campaign."""

    count: int
    prompt_tokens: int
    completion_tokens: int
    at_length: int
    """Trials whose answer ended at the token limit (`finish` is `length`)."""


class AttackCell(Record, frozen=True, kw_only=True):
    """Adversarial trials of one arm, domain and attack."""

    arm: Arm
    domain: str
    attack: str
    rate: Rate


class ScenarioEntry(Record, frozen=True, kw_only=True):
    """What the report shows of a scenario: never its confidential context."""

    id: str
    domain: str
    title: str
    source: str


class ClauseEntry(Record, frozen=True, kw_only=True):
    """A clause of the framework in the framework's own paraphrase; no provider's text."""

    id: str
    source: str
    paraphrase: str


class IgnoredSignOff(Record, frozen=True, kw_only=True):
    """A signature that was received and does not count, with the reason."""

    sign_off: SignOff
    reason: str


class NewBreach(Record, frozen=True, kw_only=True):
    """An item that held before and is breached after: a safeguard can make things worse."""

    arm: Arm
    domain: str
    scenario: str
    attack: str


class SubmissionHistory(Record, frozen=True, kw_only=True):
    """What the registry of the project says of a campaign and its question.

    Attributes:
        earlier: the submissions of the question before this one, in order.
        later: how many were registered since.
        reused: scenarios under attack that an earlier submission tried.
        elsewhere: scenarios under attack that an earlier campaign of another question tried.
    """

    earlier: tuple[CampaignRegistered, ...] = ()
    later: int = 0
    reused: int = 0
    elsewhere: int = 0


class ReportInput(Record, frozen=True, kw_only=True):
    """Everything a report says comes from here.

    Attributes:
        plan: the registered plan.
        rulebook: the compiled framework.
        facts: what people supplied.
        findings: all findings of the plan.
        paired: all paired findings of the plan.
        sequential: how the questions of a plan that may end early were decided.
        stacks: what the layers let through of what the bare model complied with, by domain.
        decision: the draft.
        standing: what the draft and the sign-offs amount to when the report is generated.
        cards: calibration cards of the judges.
        trials: totals over all trials.
        cells: counts by arm, domain and attack.
        newly_breached: items that only the arm with safeguards breached.
        scenarios: titles and sources of the scenarios in the plan.
        signoffs: signatures that count (semantics, clause 10).
        ignored_signoffs: signatures that do not, with the reason.
        limitations: what people add to the limitations that follow from the data.
        clauses: what the cited clauses say.
        fingerprints: what to compare before trusting a bundle, by label.
        commands: how to check the bundle that holds this report.
        generator: program and version.
        generated_at: RFC 3339.
        history: what the registry says of the question.
        runs: how many runs the evidence log has; 0 where nobody counted.
        canaries: how each judge did on the canaries of all runs.
        languages: findings by language, where several were tried.
        contrasts: the same scenarios under two conditions.
        balances: opposite views by measure, axis and arm.
        suspicions: attack success where the reply says that this is a test, and where not.
        efforts: what the last of several attempts added.
        agents: what agents did, by domain and arm.
        humans: how many people solve the tasks of a domain, where the tasks say so.
        risks: what speaks to each threat scenario; None where nobody made a map.
        controls: the test of the controls around the model; None where the plan registers none.
        live: what was said of the deployment since.
    """

    plan: CampaignPlan
    rulebook: Rulebook
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    paired: tuple[PairedFinding, ...]
    decision: Decision
    standing: Literal["go", "no-go", "inconclusive"]
    cards: tuple[CalibrationCard, ...]
    trials: TrialCounts
    cells: tuple[AttackCell, ...]
    newly_breached: tuple[NewBreach, ...]
    scenarios: tuple[ScenarioEntry, ...]
    signoffs: tuple[SignOff, ...]
    limitations: tuple[str, ...]
    generator: str
    generated_at: str
    ignored_signoffs: tuple[IgnoredSignOff, ...] = ()
    clauses: tuple[ClauseEntry, ...] = ()
    fingerprints: dict[str, Digest] = msgspec.field(default_factory=dict)
    commands: tuple[str, ...] = ("shipworthy-verify BUNDLE", "shipworthy verify BUNDLE")
    history: SubmissionHistory = SubmissionHistory()
    runs: int = 0
    sequential: tuple[SequentialFinding, ...] = ()
    stacks: tuple[StackFinding, ...] = ()
    canaries: tuple[CanaryResult, ...] = ()
    attacks: tuple[AttackLimits, ...] = ()
    languages: tuple[LanguageCell, ...] = ()
    contrasts: tuple[ContrastFinding, ...] = ()
    suspicions: tuple[SuspicionFinding, ...] = ()
    efforts: tuple[EffortFinding, ...] = ()
    balances: tuple[BalanceFinding, ...] = ()
    agents: tuple[AgentCell, ...] = ()
    humans: tuple[HumanBaseline, ...] = ()
    risks: RiskMap | None = None
    controls: ControlEvaluation | None = None
    live: LiveRecords = LiveRecords()
