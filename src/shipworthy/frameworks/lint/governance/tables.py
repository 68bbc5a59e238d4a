"""The rules of this folder."""

from shipworthy.frameworks.lint.finding import LintRule
from shipworthy.frameworks.lint.governance.amending import (
    LooseAmendment,
    NoReviewCadence,
    ReviewOverdue,
)
from shipworthy.frameworks.lint.governance.deciding import DecisionConflict, SingleSigner
from shipworthy.frameworks.lint.governance.elements import (
    GovernanceMinimum,
    NoDecisionProtocol,
    NoWhistleblowing,
)


def governance_rules(today: str = "") -> tuple[LintRule, ...]:
    """Return the rules of this folder; `today` (ISO 8601) is the day for which they speak."""
    return (
        GovernanceMinimum(),
        NoDecisionProtocol(),
        NoWhistleblowing(),
        LooseAmendment(),
        NoReviewCadence(),
        ReviewOverdue(today),
        DecisionConflict(),
        SingleSigner(),
    )
