"""The first reading of logs: which cells there are, in which arms, and what each one showed.

It keeps a line for every sample, never its texts. What was to run and is not in a log is a cell
as well: it was not assessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shipworthy.evidence import Tree
from shipworthy.instruments.inspect_logs import (
    InspectLog,
    LoggedSample,
    Sample,
    ScoreRules,
    is_own,
    judge_name,
    own_cell,
    own_score,
    request_of,
    verdict_of,
)
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    did_you_mean,
    digest_of,
    digest_text,
    escaped,
    short,
)
from shipworthy.records import ImportedLog
from shipworthy.vocabulary import MODEL, Arm, Breached, Outcome, Request, TrialRole, Unassessed

LARGEST_PLAN: Final = 2_000_000
"""Most cells of one log: a header of a few bytes could ask for any number."""

LOGGED: Final = "as-logged"
"""The attack of an imported sample, and what holds behind safeguards that a log does not name."""

NOTHING_ASKED: Final = Request(messages=())
"""What a cell asks that no log holds."""

_LONGEST_ID: Final = 80
_LAST_EPOCH: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class GivenLog:
    """A log and the arm that it is of."""

    log: InspectLog
    arm: Arm


@dataclass(frozen=True, slots=True)
class LogReading:
    """Which logs are read, how their scores are read, and the domain of foreign samples."""

    logs: Sequence[GivenLog]
    rules: ScoreRules
    domain: str


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """What makes two samples two attempts; the seed of a foreign sample is its epoch."""

    domain: str
    scenario: str
    attack: str
    role: str
    seed: int

    @property
    def question(self) -> object:
        """What has to ask the same: all epochs of a foreign sample, or one cell of ours."""
        return self.scenario if self.attack == LOGGED else self


@dataclass(frozen=True, slots=True)
class Entry:
    """What one sample showed, and where it stands: the place in the list of logs and in the log."""

    log: int
    position: int
    outcome: Outcome
    judge: str
    request: Digest
    sample: Digest
    content: Digest

    @property
    def rank(self) -> int:
        """The lower, the worse: a sample that is in two logs of an arm counts by its worst."""
        return {Breached: 0, Unassessed: 1}.get(type(self.outcome), 2)


@dataclass(slots=True)
class Census:
    """Everything that logs hold, counted."""

    reading: LogReading
    cells: dict[CellKey, dict[Arm, Entry]] = field(default_factory=dict)
    """What became of each cell, as `final` names it."""
    final: dict[CellKey, CellKey] = field(default_factory=dict)
    """The cell of the plan by the cell that a sample names."""
    logs: list[ImportedLog] = field(default_factory=list)
    judges: set[str] = field(default_factory=set)
    seen_scorers: set[str] = field(default_factory=set)

    def requests(self) -> dict[CellKey, Digest]:
        """Return what each cell asks; a cell that no log holds asks nothing that we know.

        Raises:
            Problem: `inspect-unpaired` where two logs ask two things under one id.
        """
        asked: dict[object, Digest] = {}
        for key, entries in self.cells.items():
            for entry in entries.values():
                if asked.setdefault(key.question, entry.request) != entry.request:
                    raise _unpaired(key)
        nothing = digest_of(NOTHING_ASKED)
        return {key: asked.get(key.question, nothing) for key in self.cells}


def take_census(reading: LogReading) -> Census:
    """Read all logs once.

    Raises:
        Problem: `inspect-*`.
    """
    census, rules = Census(reading), reading.rules
    for number, given in enumerate(reading.logs):
        census.logs.append(_count(census, number, given))
    if not census.judges and census.seen_scorers:
        named = ", ".join(f"`{rule.name}`" for rule in rules.all)
        raise Problem.of(
            "inspect-scorer",
            f"no sample has a score of {named}",
            help=did_you_mean(rules.all[0].name, census.seen_scorers),
        )
    census.final = settled(census.cells)
    census.cells = {census.final[key]: entries for key, entries in census.cells.items()}
    return census


def settled(cells: Mapping[CellKey, Mapping[Arm, Entry]]) -> dict[CellKey, CellKey]:
    """Return what each cell becomes when a question under several ids is taken for one scenario.

    Repeating a sample under new ids shows nothing new: its repetitions are attempts on the first.
    """
    owners: dict[Digest, str] = {}
    turns: dict[str, dict[str, int]] = {}
    found: dict[CellKey, CellKey] = {}
    for key in sorted(cells):
        first = next((cells[key][arm] for arm in Arm if arm in cells[key]), None)
        if first is None or key.attack != LOGGED:
            found[key] = key
            continue
        owner = owners.setdefault(first.content, key.scenario)
        known = turns.setdefault(owner, {})
        turn = known.setdefault(key.scenario, len(known))
        found[key] = replace(key, scenario=owner, seed=key.seed + turn * (_LAST_EPOCH + 1))
    return found


def cell_of(given: GivenLog, sample: Sample, domain: str) -> CellKey:
    """Return the cell that a sample is.

    Raises:
        Problem: `inspect-form`.
    """
    if is_own(given.log.header):
        cell = own_cell(sample, str(given.log.path))
        return CellKey(cell.domain, cell.scenario, cell.attack, cell.role.value, cell.seed)
    if not 0 <= sample.epoch <= _LAST_EPOCH:
        raise _beyond(given, f"epoch {sample.epoch} of a sample")
    return foreign_cell(given, sample.id, sample.epoch, domain)


def foreign_cell(given: GivenLog, sample: int | str, epoch: int, domain: str) -> CellKey:
    """Return the cell of a sample that we did not export."""
    scenario = f"{short_name(given.log.header.eval.task)}/{short_name(str(sample))}"
    return CellKey(domain, scenario, LOGGED, TrialRole.ADVERSARIAL.value, epoch)


def _count(census: Census, number: int, given: GivenLog) -> ImportedLog:
    tree = Tree()
    found: set[CellKey] = set()
    for position, logged in enumerate(given.log.samples()):
        tree.append(logged.digest.encode("ascii"))
        key = cell_of(given, logged.sample, census.reading.domain)
        entry = _entry(census, number, position, given, logged)
        found.add(key)
        arms = census.cells.setdefault(key, {})
        known = arms.get(given.arm)
        if known is None or entry.rank < known.rank:
            arms[given.arm] = entry
        census.seen_scorers.update(logged.sample.scores or ())
        if entry.judge:
            census.judges.add(entry.judge)
    missing = 0
    for key in _expected(census, given):
        if key not in found:
            missing += 1
            census.cells.setdefault(key, {})
    header = given.log.header
    return ImportedLog(
        file=given.log.file,
        format=f"inspect/{header.version}",
        producer=short_name(
            f"inspect_ai {header.eval.packages.get('inspect_ai', 'of unknown version')}"
        ),
        task=short_name(header.eval.task),
        created=short_name(header.eval.created),
        status=header.status,
        arm=given.arm,
        samples=tree.size,
        missing=missing,
        root=f"sha256:{tree.root().hex()}",
    )


def _entry(
    census: Census, number: int, position: int, given: GivenLog, logged: LoggedSample
) -> Entry:
    sample = logged.sample
    outcome: Outcome
    if is_own(given.log.header):
        score = own_score(sample, str(given.log.path))
        outcome, judge = score.outcome, judge_name(score.judge)
    else:
        verdict = verdict_of(
            sample, census.reading.rules, MODEL if given.arm is Arm.BARE else LOGGED
        )
        outcome, judge = verdict.outcome, verdict.judge
    asked = digest_of(request_of(sample))
    return Entry(number, position, outcome, judge, asked, logged.digest, logged.content)


def _expected(census: Census, given: GivenLog) -> Iterator[CellKey]:
    """Yield the cells that the log says were to run; our exports hold all that there is."""
    spec = given.log.header.eval
    if is_own(given.log.header):
        return
    ids: Sequence[int | str] = spec.dataset.sample_ids or ()
    epochs = 1 if spec.config.epochs is None else spec.config.epochs
    if not 0 <= epochs <= _LAST_EPOCH or len(ids) * epochs > LARGEST_PLAN:
        raise _beyond(given, f"{len(ids)} samples in {epochs} epochs")
    for sample in ids:
        for epoch in range(1, epochs + 1):
            yield foreign_cell(given, sample, epoch, census.reading.domain)


def short_name(text: str) -> str:
    """Return a name in ASCII that can be shown; one that had to be changed gets a digest."""
    plain = ascii(escaped(text))[1:-1]
    if plain == text and len(plain) <= _LONGEST_ID:
        return plain
    return f"{plain[: _LONGEST_ID - 13]}~{short(digest_text(text))}"


def _beyond(given: GivenLog, what: str) -> Problem:
    return Problem.of(
        "inspect-form",
        f"not a log that can be imported: {what}",
        location=Location(str(given.log.path)),
        help="give a log that Inspect wrote",
    )


def _unpaired(key: CellKey) -> Problem:
    return Problem.of(
        "inspect-unpaired",
        f"`{key.scenario}` asks one thing in one log and another in the next",
        help="import logs of one dataset together, others under another `--name`",
    )
