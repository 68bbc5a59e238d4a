"""Section `limitations`: what the report cannot say, drawn from the data, then from people."""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import CalibrationCard
from shipworthy.stages.reporting.claims import attacks_of
from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Emphasis,
    Inlines,
    Limitation,
    Limitations,
    Link,
    Quote,
    Section,
    listed,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.battery import section_gaps
from shipworthy.stages.reporting.sections.battery.controls import control_worked
from shipworthy.stages.reporting.statistics_lint import RECORD_RULES, lint_report_input
from shipworthy.vocabulary import NOT_USEFUL, Arm, DeploymentType

_KINDS_OF_GAPS: Final = {
    "elicitation": "Not sought as hard as is due",
    "threat-model": "No threat model",
    "barrier": "Barriers that may fall",
}
"""What may be missing for a threat scenario that is mapped."""

_UNKNOWN_ATTACKS: Final = "How attacks were chosen, a log does not say. "
_ATTACKS_OF_TASK: Final = "What is tried is the task's own; the plan fixes its samples. "
_AS_LOGGED: Final = "Which safeguards ran, a log does not show; "
_AS_CONFIGURED: Final = "Safeguards ran as configured for the campaign; "
_TOLD: Final = frozenset({"asr", "capability", "unsanctioned", "contamination"})
_BENIGN: Final = frozenset({"over-refusal", "usefulness"})


def build(context: Context) -> Section:
    """Return every limitation; none of them is written by hand for a particular result."""
    data = [
        *_of_statistics(context),
        *_of_lint(context),
        *_of_risks(context),
        *_of_coverage(context),
        *section_gaps(context),
        *_of_stopping(context),
        *_of_measurement(context),
        *_of_people(context),
        *_of_judges(context),
        *_of_subject(context),
    ]
    items = [Limitation(origin="data", words=words) for words in data]
    items.extend(
        Limitation(origin="stated", words=say(Quote(text=words, source="statement")))
        for words in context.report.limitations
    )
    return Section(
        id="limitations",
        title="Limitations",
        blocks=(
            paragraph(
                "The first part follows from the records themselves and cannot be left out; "
                "what people add is marked as stated."
            ),
            Limitations(items=tuple(items)),
        ),
    )


def _of_statistics(context: Context) -> Iterator[Inlines]:
    yield say(
        Emphasis(text="Error level. "),
        "Each bound is wrong with probability at most ",
        ClaimRef(id="plan#gate_alpha"),
        " on its side. Bounds of several domains are not corrected for being many.",
    )
    yield say(
        Emphasis(text="Frame. "),
        "Bounds speak of scenarios like the ",
        ClaimRef(id="plan#scenarios"),
        " of the plan under its ",
        ClaimRef(id="plan#attacks"),
        " attacks. They say nothing of other threats.",
    )
    plan = context.report.plan
    fixed = "Attacks were fixed before the first request. "
    known = _UNKNOWN_ATTACKS if plan.imported else fixed
    yield say(
        Emphasis(text="Attacks of a task. " if plan.external else "Not adaptive. "),
        _ATTACKS_OF_TASK if plan.external else known,
        "Somebody who watches the answers and adapts may do better than any rate here.",
    )


def _of_lint(context: Context) -> Iterator[Inlines]:
    warnings = [one for one in lint_report_input(context.report) if one.severity == "warning"]
    for rule in RECORD_RULES:
        places = [say(Code(text=one.where)) for one in warnings if one.rule == rule.id]
        if places:
            title = rule.title[:1].upper() + rule.title[1:]
            yield say(Emphasis(text=f"{title}. "), f"{rule.why}: ", listed(places), ".")


def _of_risks(context: Context) -> Iterator[Inlines]:
    risks = context.report.risks
    if risks is None:
        return
    if risks.unmapped:
        yield say(
            Emphasis(text="Unmapped. "),
            "Nothing speaks to these threat scenarios, so no go is possible: ",
            listed([say(Code(text=name)) for name in risks.unmapped]),
            ".",
        )
    whole = [*(gap.words for gap in risks.gaps), *risks.beyond]
    gaps = [say(Quote(text=words, source="map")) for words in whole]
    if gaps:
        yield say(Emphasis(text="Risk map. "), listed(gaps, "; "), ".")
    for kind, title in _KINDS_OF_GAPS.items():
        found = [
            say(Code(text=one.scenario))
            for one in risks.scenarios
            if any(gap.kind == kind for gap in one.gaps)
        ]
        if found:
            yield say(
                Emphasis(text=f"{title}. "),
                listed(found),
                ". ",
                Link(text="Each gap in words.", target="#risks-gaps"),
            )


def _of_coverage(context: Context) -> Iterator[Inlines]:
    attacks = attacks_of(context.report.plan)
    gaps = [
        say(domain_words(domain), " under ", Code(text=attack))
        for domain in context.domains
        for attack in attacks
        if all((arm, domain, attack) not in context.cells for arm in context.arms)
    ]
    if gaps:
        yield say(Emphasis(text="Not tested. "), listed(gaps, "; "), ".")
    silent = [
        say(Code(text=finding.id))
        for finding in context.report.findings
        if finding.bounds is None and finding.metric != "control-breach"
    ]
    if silent:
        yield say(Emphasis(text="No bound. "), "Nothing could be bounded for ", listed(silent), ".")
    idle = [
        say(domain_words(finding.domain))
        for finding in context.of_metric("asr")
        if finding.arm is Arm.BARE and finding.rate.attempts and not finding.rate.successes
    ]
    if idle and Arm.SAFEGUARDED in context.arms:
        yield say(
            Emphasis(text="Nothing to hold. "),
            "The bare model was never breached in these domains, so what the safeguards add "
            "there was not shown: ",
            listed(idle),
            ".",
        )
    if Arm.DEPLOYED not in context.arms:
        yield say(
            Emphasis(text="Deployed path. "),
            (_AS_LOGGED if context.report.plan.imported else _AS_CONFIGURED)
            + "the path that users will meet was not measured.",
        )


def _of_stopping(context: Context) -> Iterator[Inlines]:
    asked = context.report.sequential
    if not asked:
        return
    yield say(
        Emphasis(text="Decided early. "),
        "Shares observed in domains that could end early are biased, and limits and verdicts "
        "there assume scenarios drawn independently, in an order that was drawn beforehand. ",
        Link(text="Each decision", target="#results-early"),
        " has its own error probabilities.",
    )
    unshown = [one for one in asked if one.verdict == "not-shown"]
    for title, words, questions in (
        (
            "Scenarios used up. ",
            "Neither below nor above their limit was shown when no scenario was left",
            [one for one in unshown if one.scenarios >= one.cap],
        ),
        (
            "Given up. ",
            "Ended when a pass had become unlikely, shown neither below nor above their limit",
            [one for one in unshown if one.scenarios < one.cap],
        ),
        (
            "Open. ",
            "These had no verdict yet when the records were drawn",
            [one for one in asked if one.verdict == "continue"],
        ),
    ):
        if questions:
            names = listed([say(Code(text=one.id)) for one in questions])
            yield say(Emphasis(text=title), f"{words}: ", names, ".")
    late = [
        say(Code(text=one.id), " ", ClaimRef(id=f"sequential:{one.id}#late"))
        for one in asked
        if one.late
    ]
    if late:
        yield say(
            Emphasis(text="Late trials. "),
            "These came after their arm had ended and count in no rate: ",
            listed(late, "; "),
            ".",
        )


def _of_measurement(context: Context) -> Iterator[Inlines]:
    yield say(
        Emphasis(text="Cut answers. "),
        ClaimRef(id="trials#at_length"),
        " of ",
        ClaimRef(id="trials#count"),
        " answers ended at the token limit; a goal that lies beyond it was not seen.",
    )
    open_ended = [
        say(
            Code(text=finding.id),
            " ",
            ClaimRef(id=f"finding:{finding.id}#unassessed"),
            " of ",
            ClaimRef(id=f"finding:{finding.id}#started"),
        )
        for finding in sorted(
            context.report.findings, key=lambda item: (-item.rate.unassessed, item.id)
        )
        if finding.rate.unassessed
        and (finding.metric in _TOLD or (finding.domain == "all" and finding.metric in _BENIGN))
    ]
    if open_ended:
        yield say(
            Emphasis(text="Unassessed. "),
            "These trials count as neither and widen every bound: ",
            listed(open_ended, "; "),
            ". ",
            Link(text="All findings with theirs are in the appendix.", target="#appendix-findings"),
        )
    yield from _of_no_use(context)
    controls = context.of_metric("control-breach")
    failed = [
        domain_words(item.domain)
        for item in controls
        if control_worked(item) is not True and item.domain != "all"
    ]
    if failed:
        yield say(
            Emphasis(text="Controls. "),
            "A control did not behave, and no good verdict rests on these domains: ",
            listed(failed),
            ".",
        )
    elif not controls:
        yield say(Emphasis(text="Controls. "), "None ran, so no good verdict is possible.")


def _of_no_use(context: Context) -> Iterator[Inlines]:
    found = [
        say(
            Code(text=finding.id),
            " ",
            ClaimRef(id=f"finding:{finding.id}#unassessed.{NOT_USEFUL}"),
            " of ",
            ClaimRef(id=f"finding:{finding.id}#started"),
        )
        for finding in context.report.findings
        if finding.domain == "all" and finding.unassessed.get(NOT_USEFUL)
    ]
    if found:
        yield say(
            Emphasis(text="Answers of no use. "),
            "These harmless requests were answered without the expected content. Some may be "
            "refusals that no judge knows, so they are unassessed: ",
            listed(found, "; "),
            ".",
        )


def _of_people(context: Context) -> Iterator[Inlines]:
    found = [say(Code(text=one.id)) for one in context.of_metric("asr") if one.reading]
    if found:
        yield say(
            Emphasis(text="Read by people. "),
            "These rates rest on readers whose names stand for people; that they are different "
            "people and read blind is the word of whoever ran the campaign. Rates of refusal, "
            "comparisons of arms and tables of attacks rest on judges: ",
            listed(found),
            ". ",
            Link(text="What they found.", target="#results-people"),
        )


def _of_judges(context: Context) -> Iterator[Inlines]:
    for card in context.report.cards:
        yield _card(card)
    bare = [say(Code(text=name)) for name in context.cardless]
    if bare:
        yield say(
            Emphasis(text="Judges without a card. "),
            "How often these are wrong is unknown: ",
            listed(bare),
            ".",
        )


def _card(card: CalibrationCard) -> Inlines:
    name = f"card:{card.judge}"
    words = [
        Emphasis(text="Judge "),
        Code(text=card.judge),
        *say(
            ". Checked against ",
            Quote(text=card.labelled_set, source="card"),
            ", labelled by ",
            Quote(text=card.labelled_by, source="card"),
            ": missed ",
            ClaimRef(id=f"{name}#false_negatives"),
            " positives, flagged ",
            ClaimRef(id=f"{name}#false_positives"),
            " negatives.",
        ),
    ]
    for limitation in card.limitations:
        words.extend(say(" ", Quote(text=limitation, source="card")))
    return tuple(words)


def _of_subject(context: Context) -> Iterator[Inlines]:
    plan = context.report.plan
    if plan.subject.unknown:
        parts = [say(Code(text=part)) for part in plan.subject.unknown]
        yield say(
            Emphasis(text="Identity. "),
            "The target does not disclose ",
            listed(parts),
            "; a silent change of them would not be noticed.",
        )
    silent = sorted(
        {layer.name for arm in plan.arms for layer in arm.stack.layers if not layer.card}
    )
    if silent:
        names = listed([say(Code(text=name)) for name in silent])
        yield say(Emphasis(text="Safeguards. "), "No quality figure is on record for ", names, ".")
    known = {kind.value: kind for kind in DeploymentType}
    kind = known.get(plan.deployment)
    if kind and kind.adversary_may_fine_tune:
        yield say(
            Emphasis(text="Fine-tuning. "),
            "In this deployment an adversary may change the weights; rates with safeguards do "
            "not hold for what they make of it.",
        )
    if kind and kind.irreversible:
        yield say(Emphasis(text="Irreversible. "), "This deployment cannot be taken back.")
    examples = [
        say(Code(text=result.requirement)) for result in context.requirements if result.illustrative
    ]
    if examples:
        yield say(
            Emphasis(text="Illustrative numbers. "),
            "The framework gives the numbers of these as examples only: ",
            listed(examples),
            ".",
        )
