"""First submissions, and the registry of a made-up project. Nothing was asked of any model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from shipworthy.app.registration.registry import ORIGIN
from shipworthy.evidence import CHECKPOINT, ENTRIES, Ledger, Signer
from shipworthy.kernel import digest_text
from shipworthy.records import (
    CampaignPlan,
    CampaignRegistered,
    GateQuestion,
    Scenario,
    Spending,
    Submission,
    TriedScenario,
)
from shipworthy.stages.evaluating import next_submission, registration

ALPHA: Final = "0.05"
ENTERED_AT: Final = "2026-11-22T04:00:00Z"


def first_submission(
    framework: str, deployment: str, subject: str, spending: Spending = "series"
) -> Submission:
    """Return the first submission of a question at 0.05; `single` leaves its bounds all of it."""
    question = GateQuestion(
        framework=framework, gate="deploy", deployment=deployment, subject=subject
    )
    return next_submission(question, (), spending, ALPHA)


def another_product() -> CampaignRegistered:
    """Return an entry of another question: what stands before the first of most projects."""
    return CampaignRegistered(
        plan=digest_text("plan of another product"),
        question=digest_text("question about another product"),
        number=1,
        spending="series",
        scenarios=(
            TriedScenario(id=digest_text("its scenario"), content=digest_text("its content")),
        ),
        at=ENTERED_AT,
    )


def example_registry(
    folder: Path,
    plan: CampaignPlan,
    scenarios: Mapping[str, Scenario],
    earlier: Sequence[CampaignRegistered],
    signer: Signer,
) -> dict[str, bytes]:
    """Register a plan after the earlier entries in `folder`; return the registry's files."""
    ledger = Ledger.open(folder, origin=ORIGIN)
    for entry in (*earlier, registration(plan, scenarios, ENTERED_AT)):
        ledger.append(entry)
    ledger.checkpoint(signer)
    return {name: (folder / name).read_bytes() for name in (ENTRIES, CHECKPOINT)}
