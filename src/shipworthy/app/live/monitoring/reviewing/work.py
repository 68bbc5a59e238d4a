"""A review that goes on: what each reader still has to read, and what they answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.reviewing.files import ReviewFolder
from shipworthy.evidence import tampered
from shipworthy.kernel import Problem, Stream, did_you_mean
from shipworthy.records.live.monitors import ReviewSection
from shipworthy.records.live.prevalence import LiveAnswer, ReviewLabel
from shipworthy.records.live.reviews import LabelLine, ReviewItem
from shipworthy.stages.monitoring import Answers, answers_of, awaiting

_READERS: Final = 2
"""Most readers of one exchange."""


@dataclass(frozen=True, slots=True)
class ReviewWork:
    """The review of one domain."""

    section: ReviewSection
    folder: ReviewFolder

    def labels(self) -> tuple[ReviewLabel, ...]:
        """Return every answer, each to what its exchange shows now.

        Raises:
            Problem: `review-altered` (integrity).
        """
        found: list[ReviewLabel] = []
        for name in self.folder.readers:
            for number, line in enumerate(self.folder.labels(name), start=1):
                if self.folder.shown(line.label.item).digest != line.shown:
                    raise tampered(
                        "review-altered",
                        f"what was shown of `{line.label.item}` is not what the reader answered",
                        str(self.folder.labels_of(name)),
                        number,
                    )
                found.append(line.label)
        return tuple(found)

    def answers(self) -> Mapping[str, Answers]:
        """Return the answers by exchange."""
        return answers_of(self.labels(), self.section.domain)

    def waiting(self) -> dict[str, int]:
        """Return how many more readers each drawn exchange needs."""
        return awaiting(self.folder.draws(), self.answers())

    def left_for(self, reader: str) -> tuple[str, ...]:
        """Return the exchanges that still need this reader, in a random order that stays.

        The order says nothing of why an exchange was drawn.
        """
        given = {line.label.item for line in self.folder.labels(reader)}
        left = [item for item in self.waiting() if item not in given]
        order = Stream("review-order", self.section.seed, self.section.domain).shuffled(
            sorted({draw.item for draw in self.folder.draws()})
        )
        place = {item: index for index, item in enumerate(order)}
        return tuple(sorted(left, key=place.__getitem__))

    def show(self, items: Iterator[str] | tuple[str, ...]) -> Iterator[ReviewItem]:
        """Yield what a reader sees of exchanges."""
        for item in items:
            yield self.folder.shown(item)

    def record(self, reader: str, item: str, answer: LiveAnswer, at_ms: int) -> None:
        """Keep an answer.

        It is dated after every answer before it, whatever the clock says: which answer came first
        decides how an exchange counts.

        Raises:
            Problem: `review-item` for an exchange that was not drawn, `review-twice` for one that
                the reader has answered: what was said stays said; `review-settled` for one that two
                have answered: a third could unsay what they agree on.
        """
        with self.folder.locked():
            drawn = {draw.item for draw in self.folder.draws()}
            if item not in drawn:
                raise Problem.of(
                    "review-item", f"no exchange `{item}` was drawn", help=did_you_mean(item, drawn)
                )
            if any(line.label.item == item for line in self.folder.labels(reader)):
                raise Problem.of(
                    "review-twice",
                    f"`{reader}` has answered `{item}` before",
                    help="an answer stays; where it was wrong, a second reader settles it",
                )
            given = self.labels()
            if sum(one.item == item for one in given) >= _READERS:
                raise Problem.of(
                    "review-settled",
                    f"{_READERS} readers have answered `{item}`",
                    help="`shipworthy review next` shows what still has to be read",
                )
            at_ms = max([at_ms, *(one.at_ms + 1 for one in given)])
            label = ReviewLabel(
                item=item,
                domain=self.section.domain,
                reader=reader,
                answer=answer,
                at_ms=at_ms,
            )
            shown = self.folder.shown(item).digest
            self.folder.add_label(LabelLine(previous="", shown=shown, label=label))


def section_of(monitor: Monitor, domain: str) -> ReviewSection:
    """Return the review of a domain; of the only one where none is named.

    Raises:
        Problem: `review-domain` with the nearest name.
    """
    sections = {one.domain: one for one in monitor.file.document.review}
    if not domain and len(sections) == 1:
        return next(iter(sections.values()))
    if domain in sections:
        return sections[domain]
    what = f"the monitor file has no review of `{domain}`" if domain else "no domain was named"
    raise Problem.of(
        "review-domain",
        what if sections else "the monitor file asks for no review",
        location=monitor.file.locate("review"),
        help=f"`--domain NAME`: {did_you_mean(domain, sections)}"
        if sections
        else "add a table `[[review]]` with `domain` and `question`",
    )


def open_review(monitor: Monitor, domain: str) -> ReviewWork:
    """Open the review of a domain."""
    section = section_of(monitor, domain)
    return ReviewWork(section, ReviewFolder(monitor.file.state / "review" / section.domain))
