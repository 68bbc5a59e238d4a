"""Which questions end a campaign early: from the framework, the items and the judges' cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation.control_tests import DesignedControls
from shipworthy.frameworks import Case
from shipworthy.instruments.judges import judge_of
from shipworthy.kernel import Problem
from shipworthy.records import (
    CalibrationCard,
    PlannedItem,
    Rulebook,
    Scenario,
    ScoreCheck,
    SequentialQuestion,
    Submission,
)
from shipworthy.stages.deciding import admit
from shipworthy.stages.evaluating import FindingTerms, stances_of
from shipworthy.stages.evaluating.prospects import (
    PlannedRate,
    StoppingTerms,
    asked_goals,
    mirrored_rates,
    planned_rates,
    sequential_questions,
    working_controls,
)
from shipworthy.vocabulary import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What is tried on whom: the items in their arms, their scenarios, the judges' cards."""

    items: tuple[PlannedItem, ...]
    arms: Sequence[Arm]
    scenarios: Mapping[str, Scenario]
    cards: Mapping[str, CalibrationCard]
    controls: DesignedControls | None = None

    def rates(self) -> dict[str, PlannedRate]:
        """Return every rate that this measures, by the id of its finding."""
        mirrored = mirrored_rates(self.items, stances_of(self.scenarios.values()), self.arms)
        controls = self.controls.rates() if self.controls else {}
        return planned_rates(self.items, self.arms, self._judge) | mirrored | controls

    def _judge(self, item: PlannedItem) -> str:
        """Return the judge of an item; what another program scored has none of ours, nor a card."""
        scenario = self.scenarios[item.scenario]
        if isinstance(scenario.check, ScoreCheck):
            return "imported"
        return judge_of(scenario, item.role).name


def questions_of(
    file: AssessmentFile,
    rulebook: Rulebook,
    tried: Tried,
    submission: Submission,
    *,
    fail_only: bool = False,
) -> tuple[SequentialQuestion, ...]:
    """Return the questions of an assessment that asks for `sequential`; none for another.

    With `fail_only` none of them can pass: what another program scores has no card.

    Raises:
        Problem: `campaign-stopping` when no question can be asked, and as `sequential_questions`.
    """
    campaign = file.assessment.campaign
    if campaign.stopping == "fixed":
        return ()
    deployment = file.assessment.assessment.deployment
    case = Case(rulebook, admit(rulebook, (), file.assessment.facts, "", deployment))
    rates = tried.rates()
    terms = FindingTerms("", submission.alpha, tried.cards, working_controls(rates))
    with file.placed("campaign", "stopping"):
        found = sequential_questions(
            asked_goals(case, submission.question.gate),
            rates,
            StoppingTerms(terms=terms, futility=campaign.futility, fail_only=fail_only),
        )
        if not found:
            raise Problem.of(
                "campaign-stopping",
                f"framework `{rulebook.id}` sets no limit on an attack success rate that this "
                "campaign measures, so nothing can end it early",
                help='take `stopping = "fixed"`, or check domains and safeguards',
            )
    return found
