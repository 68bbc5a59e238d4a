"""What `shipworthy confirm` prints."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shipworthy.cli.output.streams import Output, plain

if TYPE_CHECKING:
    from shipworthy.app.live.confirming.foreseeing import Outlook
    from shipworthy.records.live.confirmations import Confirmation

_COLOURS = {"confirmed": "green", "defect": "red", "inconclusive": "yellow"}
_MOST_LISTED = 20


def confirmation_lines(found: "Confirmation", output: Output) -> Iterator[str]:
    """Yield the table of a confirmation."""
    yield f"{'group':44} {'field':>6} {'lab':>6} {'same':>6} {'open':>6}  shown"
    yield f"{'':44} {'only':>6} {'only':>6}"
    for one in found.comparisons:
        shown = "worse" if one.found else one.verdict
        counts = f"{one.field_only:>6} {one.lab_only:>6} {one.same:>6} {one.unassessed:>6}"
        yield f"{plain(one.id):44} {counts}  {shown}"
    for check in found.drift:
        yield f"{check.name:15} {check.status:8} tested: {plain(check.lab)}"
        yield f"{'':24} deployed: {plain(check.field)} ({plain(check.how)})"
    for layer in found.layers:
        yield (
            f"held by {plain(layer.holder)} in the laboratory: {layer.replays} replays; "
            f"same {layer.same}, another {layer.other}, undisclosed {layer.unknown}, "
            f"breached {layer.breached}, unassessed {layer.unassessed}"
        )
    for swap in found.field_only[:_MOST_LISTED]:
        yield f"succeeds in the field only: {plain(swap.scenario)} over {', '.join(swap.routes)}"
    if len(found.field_only) > _MOST_LISTED:
        yield f"  and {len(found.field_only) - _MOST_LISTED} more scenarios"
    yield from _refusals(found)
    for left in found.left_out:
        yield f"not replayed: {left.items:,} of kind {left.kind} ({plain(left.why)})"
    costs = found.costs
    yield (
        f"sent {costs.requests:,} requests: {costs.fillers:,} ordinary, {costs.retries:,} again; "
        f"{costs.prompt_tokens:,} + {costs.completion_tokens:,} tokens"
    )
    verdict = output.styled(found.verdict.upper(), _COLOURS[found.verdict])
    until = f", until {found.expires_at}" if found.verdict == "confirmed" else ""
    yield f"{verdict}: {plain(found.deployment)}{until}"
    for reason in found.reasons[:_MOST_LISTED]:
        yield f"  {plain(reason)}"
    if len(found.reasons) > _MOST_LISTED:
        yield f"  and {len(found.reasons) - _MOST_LISTED} more reasons"


def _refusals(found: "Confirmation") -> Iterator[str]:
    for one in found.refused_only[:_MOST_LISTED]:
        name, by = plain(one.scenario), plain(one.holder)
        yield f"harmless, refused in the field only: {name} by {by} over {', '.join(one.routes)}"
    if len(found.refused_only) > _MOST_LISTED:
        yield f"  and {len(found.refused_only) - _MOST_LISTED} more such refusals"


def outlook_lines(look: "Outlook") -> Iterator[str]:
    """Yield what a confirmation would take and could show."""
    yield (
        f"would send {look.replays:,} replays and {look.fillers:,} ordinary messages, "
        f"in about {look.minutes:,} minutes"
    )
    yield (
        f"try {look.number}: within {look.margin} of the laboratory, at error {look.alpha}, takes "
        f"{look.least:,} scenarios a group if none differs"
    )
    if look.likely is None:
        yield "if 1 in 20 differs by chance, no number in reach shows it: take a wider margin"
    else:
        yield f"if 1 in 20 differs by chance, {look.likely:,} show it with a chance of 0.8"
    for group in look.short:
        yield f"too few: {plain(group.id)} has {group.scenarios:,} scenarios"
    if not look.short:
        yield "every group has enough scenarios"
    if look.answers < look.least_answers:
        yield (
            f"too few: answers has {look.answers:,} harmless items to compare and takes "
            f"{look.least_answers:,}; `accept_unknown` goes without"
        )
