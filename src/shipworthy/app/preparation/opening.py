"""The target of an assessment, opened for a campaign."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation.accomplices import Accomplice
from shipworthy.app.preparation.installed import load_factory
from shipworthy.instruments.targets import OpenedTarget, TargetContext, TargetFactory
from shipworthy.kernel import Surroundings, digest_text, short
from shipworthy.records import SubjectIdentity


@asynccontextmanager
async def opened_target(
    file: AssessmentFile, surroundings: Surroundings, accomplice: Accomplice
) -> AsyncIterator[tuple[OpenedTarget, SubjectIdentity]]:
    """Open the target, say what answers, and close it at the end.

    `accomplice` tells scripted subjects what a request is after.
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
        check_of=accomplice.check_of,
        twin_of=accomplice.twin_of,
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
    """Return what tells the address of an assessment's model from another, as `marked_address`."""
    return marked_address(file.assessment.subject.options)


def marked_address(options: Mapping[str, object]) -> str:
    """Return what tells one address from another in an identity, without naming it.

    Two endpoints may serve different models under one name: evidence about one is none about the
    other.
    """
    address = options.get("base_url")
    return f", address {short(digest_text(address))}" if isinstance(address, str) else ""
