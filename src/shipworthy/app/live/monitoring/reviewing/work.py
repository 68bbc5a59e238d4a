"""A review that goes on: what each reader still has to read, and what they answer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.reviewing.files import ReviewFolder
from shipworthy.evidence import tampered
from shipworthy.kernel import Location, Problem, Stream, did_you_mean
from shipworthy.records.live.monitors import ReviewSection
from shipworthy.records.live.prevalence import LiveAnswer, ReviewLabel
from shipworthy.records.live.reviews import LabelLine, ReviewItem
from shipworthy.stages.monitoring import Answers, answers_of, awaiting

_READERS: Final = 2
"""Most readers of one exchange."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader says of an exchange, and where it was written, if anywhere."""

    item: str
    answer: LiveAnswer
    location: Location | None = None


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
        """Keep an answer; see `record_all`."""
        self.record_all(reader, [Given(item, answer)], at_ms)

    def record_all(self, reader: str, given: Sequence[Given], at_ms: int) -> None:
        """Keep answers of one reader; where one of them is refused, none.

        They are dated after every answer before them, whatever the clock says: which answer came
        first decides how an exchange counts.

        Raises:
            Problem: `review-item` for an exchange that was not drawn, `review-twice` for one that
                the reader has answered: what was said stays said; `review-settled` for one that two
                have answered: a third could unsay what they agree on.
        """
        with self.folder.locked():
            _check_drawn(given, {draw.item for draw in self.folder.draws()})
            known = self.labels()
            mine = {line.label.item for line in self.folder.labels(reader)}
            voices = Counter(one.item for one in known)
            for one in given:
                _check_unsaid(one, reader, mine, voices)
                mine.add(one.item)
            first = max([at_ms, *(one.at_ms + 1 for one in known)])
            lines = [self._line(reader, one, first + place) for place, one in enumerate(given)]
            self.folder.add_labels(reader, lines)

    def _line(self, reader: str, given: Given, at_ms: int) -> LabelLine:
        label = ReviewLabel(
            item=given.item,
            domain=self.section.domain,
            reader=reader,
            answer=given.answer,
            at_ms=at_ms,
        )
        return LabelLine(previous="", shown=self.folder.shown(given.item).digest, label=label)


def _check_drawn(given: Sequence[Given], drawn: AbstractSet[str]) -> None:
    for one in given:
        if one.item not in drawn:
            raise Problem.of(
                "review-item",
                f"no exchange `{one.item}` was drawn",
                location=one.location,
                help=did_you_mean(one.item, drawn),
            )


def _check_unsaid(
    given: Given, reader: str, mine: AbstractSet[str], voices: Mapping[str, int]
) -> None:
    item, where = given.item, given.location
    if item in mine:
        raise Problem.of(
            "review-twice",
            f"`{reader}` has answered `{item}` before",
            location=where,
            help="an answer stays; where it was wrong, a second reader settles it",
        )
    if voices.get(item, 0) >= _READERS:
        raise Problem.of(
            "review-settled",
            f"{_READERS} readers have answered `{item}`",
            location=where,
            help="`shipworthy review next` shows what still has to be read",
        )


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
