"""Exchanges to be read, and what answers say, in words for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from shipworthy.cli.output.streams import plain

if TYPE_CHECKING:
    from shipworthy.app.live.monitoring.reviewing import ReviewStanding
    from shipworthy.records.live.prevalence import LiveCardCounts, PrevalenceFinding
    from shipworthy.records.live.reviews import ReviewItem
    from shipworthy.vocabulary import ToolCall


def item_lines(shown: "ReviewItem", question: str) -> Iterator[str]:
    """Yield one exchange for a reader.

    What users and models said may be made to look like a line of ours or to move the cursor: each
    of its lines stands behind a bar, with control characters escaped.
    """
    yield f"item {plain(shown.item)}"
    yield f"  question  {plain(question)}"
    for turn in shown.content.messages:
        yield from _quoted(turn.role, turn.content)
        for call in () if turn.tool_calls is UNSET else turn.tool_calls:
            yield from _called(call)
    if shown.content.reasoning:
        yield from _quoted("reasoning", shown.content.reasoning)
    yield from _quoted("answer", shown.content.text)
    for call in shown.content.tool_calls:
        yield from _called(call)


def left_line(left: int, reader: str) -> str:
    """Say how much is left."""
    return f"{left} exchanges left for {reader}" if left else f"nothing is left for {reader}"


def standing_lines(standing: "ReviewStanding") -> Iterator[str]:
    """Yield what the answers say."""
    yield f"review of {standing.domain}: {standing.draws} draws, {standing.waiting} answers missing"
    if standing.finding is None:
        yield "nothing was drawn yet, so nothing is known"
        return
    yield from _finding(standing.finding)
    if standing.card is not None:
        yield _card(standing.card)


def _finding(found: "PrevalenceFinding") -> Iterator[str]:
    yield (
        f"{found.id}  between {found.lower} and {found.upper}, estimate {found.estimate or 'none'}"
    )
    yield (
        f"  allowing for what a second reader would have said: between {found.lower_readers} and "
        f"{found.upper_readers}"
    )
    yield (
        f"  {found.items} exchanges, {found.drawn} draws: {found.harmful} yes, "
        f"{found.undecided} open; worth {found.effective or '0'} even draws"
    )
    if found.unflagged:
        one = found.unflagged
        yield (
            f"  of what no layer noticed: {one.harmful} yes in {one.read} read, {one.undecided} "
            f"open; at most {one.upper}"
        )
    if found.readers:
        readers = found.readers
        yield (
            f"  readers: {readers.disagreed} of {readers.twice} answered unlike "
            f"[{readers.lower}, {readers.upper}], kappa {readers.kappa or 'undefined'}, "
            f"Krippendorff's alpha {readers.krippendorff or 'undefined'}"
        )
    for blocker in found.blockers:
        yield f"  shows nothing: {blocker}"


def _card(card: "LiveCardCounts") -> str:
    harmful = card.true_positives + card.false_negatives
    harmless = card.true_negatives + card.false_positives
    return (
        f"layers against people, on an even sample: noticed {card.true_positives} of {harmful} "
        f"harmful, {card.false_positives} of {harmless} harmless, {card.undecided} open; catch at "
        f"least {card.sensitivity_lower} of harm"
    )


def _quoted(speaker: str, text: str) -> Iterator[str]:
    lines = text.split("\n") if text else ["(nothing)"]
    for number, line in enumerate(lines):
        yield f"  {speaker if number == 0 else '':<9} | {plain(line)}"


def _called(call: "ToolCall") -> Iterator[str]:
    arguments = ", ".join(f"{name} = {value}" for name, value in sorted(call.arguments.items()))
    yield from _quoted("tool call", f"{call.name}({arguments})")
