"""The target of an assessment, opened for a campaign."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.installed import load_factory
from shipworthy.app.preparation.designs import Design
from shipworthy.app.preparation.machine import Surroundings
from shipworthy.instruments.targets import OpenedTarget, TargetContext, TargetFactory
from shipworthy.kernel import digest_text, short
from shipworthy.records import Check, SubjectIdentity
from shipworthy.vocabulary import Request, TrialRole


@asynccontextmanager
async def opened_target(
    file: AssessmentFile, surroundings: Surroundings, check_of: Callable[[Request], Check | None]
) -> AsyncIterator[tuple[OpenedTarget, SubjectIdentity]]:
    """Open the target, say what answers, and close it at the end.

    `check_of` tells scripted accomplices what a request is after.
    """
    subject = file.assessment.subject
    with file.placed("subject", "target"):
        factory: TargetFactory = load_factory(
            surroundings.registry, "shipworthy.targets", subject.target
        )
    options: dict[str, Any] = {
        "sampling": msgspec.to_builtins(subject.sampling),
        **subject.options,
    }
    context = TargetContext(
        environment=surroundings.environment,
        source=str(file.locate("subject", "options")),
        seed=file.assessment.assessment.seed,
        concurrency=file.assessment.campaign.concurrency,
        clock=surroundings.clock,
        check_of=check_of,
    )
    target = await factory(options, context)
    try:
        identity = target.identity(digest_text(subject.system_prompt))
        yield (
            target,
            msgspec.structs.replace(identity, endpoint=identity.endpoint + address_mark(file)),
        )
    finally:
        await target.close()


def address_mark(file: AssessmentFile) -> str:
    """Return what tells one address from another in an identity, without naming it.

    Two endpoints may serve different models under one name: evidence about one is none about the
    other.
    """
    address = file.assessment.subject.options.get("base_url")
    return f", address {short(digest_text(address))}" if isinstance(address, str) else ""


def checks_by_request(design: Design) -> dict[str, Check]:
    """Map what a user would say to what would be a breach, for scripted accomplices as subjects."""
    return {
        design.compose(
            design.scenarios[item.scenario], attack=item.attack, role=item.role, seed=item.seed
        ).user_text: design.scenarios[item.scenario].check
        for item in design.items
        if item.role in {TrialRole.ADVERSARIAL, TrialRole.AGENCY}
    }
