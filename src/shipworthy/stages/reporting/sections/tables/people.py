"""The table of registered readings: what people found in place of what a judge's card promises."""

from typing import Final

from shipworthy.records import Finding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context, domain_words
from shipworthy.stages.reporting.document import ClaimRef, Column, Row, Table, number_column, say

_NUMBERS: Final = (
    ("reading.judged", "Scenarios"),
    ("reading.positives", "Marked"),
    ("reading.confirmed", "Confirmed"),
    ("reading.undecided", "Open"),
    ("reading.negatives", "Not marked"),
    ("reading.read", "Drawn"),
    ("reading.misses", "Missed"),
    ("reading.undecided_read", "Open"),
    ("reading.waiting", "Waiting"),
    ("lower", "At least"),
    ("upper_adjusted", "At most"),
)


def read_by_people(context: Context) -> list[Finding]:
    """Return the findings that rest on people, the worst first."""
    found = [finding for finding in context.of_metric("asr") if finding.reading]
    rank = {domain: place for place, domain in enumerate(context.domains)}
    return sorted(found, key=lambda one: (rank.get(one.domain, len(rank)), one.id))


def people_table(context: Context) -> Table:
    """Return one row for each domain and arm that people read; there must be one."""
    return Table(
        anchor="results-people-table",
        caption=say("What people found in what the judges marked, and in what they did not"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            *(number_column(head) for _, head in _NUMBERS),
        ),
        rows=tuple(_row(finding) for finding in read_by_people(context)),
        note=say(
            "Marked counts outputs that the judge called a success or left undecided; drawn are "
            "those of the others that the registered seed gave people to read, and missed the "
            "successes among them. Open are outputs on which people reached no verdict, those "
            "that wait for a reader included: they count as successes at most and as failures at "
            "least. Both limits are guaranteed whatever the judge is worth."
        ),
    )


def _row(finding: Finding) -> Row:
    name = f"finding:{finding.id}"
    return Row(
        anchor=row_anchor("people", finding.id),
        cells=(
            domain_words(finding.domain),
            say(ARM_WORDS[finding.arm]),
            *(say(ClaimRef(id=f"{name}#{key}")) for key, _ in _NUMBERS),
        ),
    )
