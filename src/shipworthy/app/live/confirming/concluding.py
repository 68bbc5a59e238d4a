"""From the trials on disk to a confirmation that is signed and logged."""

from datetime import UTC, datetime, timedelta

from shipworthy.app.live.confirming.evidence import (
    accounted_replays,
    answer_triples,
    deployed_findings,
    replays_of,
    unreadable_routes,
)
from shipworthy.app.live.confirming.folders import ConfirmationFolder
from shipworthy.app.live.confirming.grouping import comparison_terms
from shipworthy.app.live.confirming.preparing import (
    BEHIND_SAFEGUARDS,
    Prepared,
    lab_arm,
    left_out,
)
from shipworthy.app.live.confirming.sending import total_spent
from shipworthy.app.registration.live_evidence import log_statement, writing
from shipworthy.evidence import write_atomically
from shipworthy.evidence.live import confirmation_statement
from shipworthy.instruments.targets.field import Identity
from shipworthy.kernel import Digest, canonical_bytes, digest_text, timestamp
from shipworthy.records import ConfirmationLogged
from shipworthy.records.live.confirmations import (
    Confirmation,
    ConfirmationPlan,
    DriftCheck,
    FieldTrial,
)
from shipworthy.stages.confirming import (
    DEFECT_SHARE,
    Configuration,
    DriftTerms,
    KeptIn,
    Secrets,
    Sending,
    Shown,
    compare,
    drift_checks,
    error_bounds,
    field_only,
    layer_agreement,
    refused_only,
    secrets_of,
    verdict_of,
)
from shipworthy.vocabulary import Arm


def conclude(
    prepared: Prepared, folder: ConfirmationFolder, identity: Identity | None
) -> Confirmation:
    """Say what the trials on disk show; nothing is written.

    Raises:
        Problem: as `accounted_replays`.
    """
    plan, campaign = prepared.plan, prepared.tested.campaign
    trials = accounted_replays(prepared, folder)
    replays = replays_of(prepared, trials)
    compared = compare(replays, comparison_terms(prepared))
    drift = _drift(prepared, folder, trials, identity)
    complete = len(trials) == plan.replays
    verdict, reasons = verdict_of(
        Shown(
            comparisons=compared,
            drift=drift,
            accepted=plan.accepted,
            unreadable=unreadable_routes(prepared, trials),
            complete=complete,
        )
    )
    # What was asked long ago does not become fresh by being concluded again.
    began = min((one.at_ms for one in trials), default=0)
    asked = datetime.fromtimestamp(began // 1000, UTC) if trials else campaign.clock.now()
    return Confirmation(
        confirmation=plan.digest,
        plan=plan.plan,
        deployment=plan.deployment,
        verdict=verdict,
        reasons=reasons,
        comparisons=compared,
        bounds=error_bounds(compared, plan.alpha),
        findings=deployed_findings(prepared, trials),
        layers=layer_agreement(replays),
        drift=drift,
        field_only=field_only(replays),
        refused_only=refused_only(replays),
        left_out=left_out(prepared),
        costs=total_spent(folder.spent),
        trials=len(trials),
        root=folder.root(),
        complete=complete,
        started_at=_at(began),
        ended_at=_at(max((one.at_ms for one in trials), default=0)),
        expires_at=timestamp(asked + timedelta(days=plan.expires_days)),
    )


def keep(prepared: Prepared, folder: ConfirmationFolder, found: Confirmation) -> None:
    """Write, sign and log a confirmation."""
    campaign = prepared.tested.campaign
    write_atomically(folder.result, canonical_bytes(found))
    with writing(campaign) as at:

        def entry(envelope: Digest) -> ConfirmationLogged:
            return ConfirmationLogged(
                plan=campaign.plan_digest,
                confirmation=envelope,
                deployment=found.deployment,
                verdict=found.verdict,
                expires_at=found.expires_at,
                at=at,
            )

        log_statement(campaign, confirmation_statement(campaign.plan_digest, found), entry)


def _drift(
    prepared: Prepared,
    folder: ConfirmationFolder,
    trials: list[FieldTrial],
    identity: Identity | None,
) -> tuple[DriftCheck, ...]:
    plan, subject = prepared.plan, prepared.tested.campaign.plan.subject
    said = identity or Identity()
    served = {trial.served for trial in trials} | {said.model or ""}
    stacks = {trial.engine for trial in trials} | {said.stack or ""}
    return drift_checks(
        Configuration(
            models={plan.model},
            prompts={subject.system_prompt},
            stacks={plan.stack},
            secrets=_secrets(prepared),
        ),
        Configuration(
            models=served - {""},
            prompts=_prompts(prepared, trials, said),
            stacks=stacks - {""},
            kept_in=KeptIn(said.system_turns, said.public_turns),
        ),
        answer_triples(prepared, folder, trials),
        DriftTerms(
            sampling=subject.sampling,
            margin=float(plan.margin),
            alpha=drift_alpha(plan),
        ),
    )


def drift_alpha(plan: ConfirmationPlan) -> float:
    """Return the error of the comparison of answers: what defects of rates leave of the whole."""
    return (1.0 - DEFECT_SHARE) * float(plan.alpha)


def _secrets(prepared: Prepared) -> Secrets:
    """Return what the layers of the laboratory were told is confidential; nothing without layers.

    System turns are those of the scenario: one item of each says them all.
    """
    if lab_arm(prepared.tested) is not Arm.SAFEGUARDED:
        return {}
    items = sorted(prepared.items.items())
    asked = {one.scenario: name for name, one in items if one.role in BEHIND_SAFEGUARDS}
    route = prepared.plan.routes[0]
    return secrets_of(prepared.request(Sending(name, route)).messages for name in asked.values())


def _prompts(prepared: Prepared, trials: list[FieldTrial], said: Identity) -> set[str]:
    """Return the system turns that are known to reach the model, by digest.

    `said` names what the deployment adds itself, empty for nothing, and what it says that the
    product sends. What we send is known; that nothing comes to it is not, unless the deployment or
    its log says so. A product that declares another turn than was tested is another product,
    whatever we send.
    """
    own, added = digest_text(prepared.system_prompt), said.system_prompt
    tested = prepared.tested.campaign.plan.subject.system_prompt
    declared = {said.declared_prompt} - {""}
    if prepared.plan.prompt == "deployment":
        return declared if added is None else {added or digest_text("")} | declared
    logged = {trial.prompt for trial in trials} - {"unknown"}
    if own != tested or "other" in logged or declared - {tested}:
        return {own} | declared | ({"others in the log"} if "other" in logged else set())
    if added is None and "as-sent" in logged:
        return {own}
    if added is None:
        return set()
    return {own, added} if added else {own}


def _at(at_ms: int) -> str:
    return timestamp(datetime.fromtimestamp(at_ms / 1000, UTC))
