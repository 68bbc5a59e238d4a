"""Replays of confirmations as a monitor reads them: what trials name, and what the plan would ask.

Trials and fillers are files that nobody has signed while a confirmation runs. So they only point at
exchanges: what an exchange has to ask comes from the plan, which is signed and in the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from shipworthy.app.live.asked import asked_digest
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.app.live.confirming.folders import ConfirmationFolder, confirmations_of
from shipworthy.app.live.confirming.preparing import Prepared, prepare_again
from shipworthy.app.live.confirming.tries import Try, begun_tries
from shipworthy.instruments.targets.field import last_try_s, sent_request
from shipworthy.kernel import Digest, ExitCode, Problem, digest_of, short
from shipworthy.records.live.confirmations import FieldTrial, FillerSent, field_trial_id
from shipworthy.stages.confirming import Sending

FILLER: Final = "filler "
"""Begins the name of an ordinary message; its number follows."""


_NO_REQUEST: Final = "none"
"""In the place of a digest, where a trial is not what its plan calls by this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSending:
    """A trial, or an ordinary message, with the exchange that it names.

    `role` is the id of the trial as the plan gives it, or `filler` with a number. `request` is what
    a trial says that it sent; empty for an ordinary message.
    """

    role: str
    exchange: str
    sending: Sending
    request: Digest
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReplays:
    """A confirmation of a deployment.

    `begun_ms`: when its plan was logged; `ended_ms`: when what it shows was, once it is complete.
    `touched_ms`: when something of it was last written. `repeated` are roles that have a name
    already, each with the other exchange that is named. `altered`: why it cannot be believed.
    `blocked`: why it cannot be read, though nothing is wrong with it.
    """

    key: str
    number: int
    planned: int
    begun_ms: int
    ended_ms: int | None = None
    touched_ms: int = 0
    last_ms: int = 0
    named: tuple[NamedSending, ...] = ()
    repeated: tuple[tuple[str, str], ...] = ()
    unnamed: int = 0
    altered: str = ""
    blocked: str = ""

    @property
    def watch(self) -> str:
        """Under which name a state keeps it, beside those of watches."""
        return f"replays {self.key}"


@dataclass(slots=True)
class ReplayBook:
    """The confirmations of a deployment; what did not change since is not worked out again."""

    tested: Tested
    _tries: dict[str, Try] = field(default_factory=dict)
    _known: dict[str, tuple[object, ReadReplays]] = field(default_factory=dict)
    _seen: object = None
    _gone: ReadReplays | None = None
    _prepared: dict[str, Prepared | Problem] = field(default_factory=dict)
    _numbers: dict[str, dict[Sending, int]] = field(default_factory=dict)
    _digests: dict[tuple[str, Sending], tuple[Digest, Digest]] = field(default_factory=dict)

    @property
    def slowest_ms(self) -> int:
        """How long the last try of a request may begin after the first."""
        return round(last_try_s(self.tested.deployed.asking.timeout_seconds) * 1000)

    @property
    def wait_ms(self) -> int:
        """How long an answer may take."""
        return self.tested.deployed.asking.timeout_seconds * 1000

    def confirmations(self) -> tuple[ReadReplays, ...]:
        """Read every confirmation of the deployment whose plan the campaign's log knows.

        What the log knows and is nowhere, or was changed, is a confirmation that was altered.
        """
        self._look()
        if self._gone is not None:
            return (self._gone,)
        found: list[ReadReplays] = []
        for key, one in self._tries.items():
            mark = (one.said_at, *map(_mark, _segments(one.folder)))
            known = self._known.get(key)
            if known is None or known[0] != mark:
                known = self._known[key] = (mark, _read(key, one))
            found.append(known[1])
        return tuple(found)

    def place(self, read: ReadReplays, named: NamedSending) -> int:
        """Return a number that the plan alone gives to a sending; 0 for one that it has not.

        Raises:
            Problem: where the file no longer gives what was planned.
        """
        if read.key not in self._numbers:
            planned = self._replays(read.key).sendings
            order = sorted(planned, key=lambda one: (one.lab, one.route.id, one.filler))
            self._numbers[read.key] = {one: number for number, one in enumerate(order, start=1)}
        return self._numbers[read.key].get(named.sending, 0)

    def asked(self, read: ReadReplays, named: NamedSending) -> Digest:
        """Return the digest of what the plan asks there; empty where the trial says another one.

        Raises:
            Problem: as `place`.
        """
        if not self.place(read, named):
            return ""
        place = (read.key, named.sending)
        if place not in self._digests:
            route, request = named.sending.route, self._replays(read.key).request(named.sending)
            sent = digest_of(sent_request(route, request))
            self._digests[place] = sent, asked_digest(self.tested, route, request)
        sent, asked = self._digests[place]
        return asked if named.request in {"", sent} else ""

    def _look(self) -> None:
        campaign = self.tested.campaign
        try:
            campaign.ledger.refresh()
            folders = confirmations_of(campaign.folder)
            plans = [mark for one in folders for mark in (_mark(one.plan), _mark(one.envelope))]
            mark = (campaign.ledger.size, plans)
            if mark == self._seen:
                return
            tries = begun_tries(campaign, self.tested.deployed.header.name)
        except Problem as problem:
            why = problem.diagnostics[0].message
            is_altered = problem.exit_code is ExitCode.INTEGRITY
            self._seen, self._gone = (
                None,
                replace(
                    ReadReplays(key="", number=0, planned=0, begun_ms=0),
                    altered=why * is_altered,
                    blocked=why * (not is_altered),
                ),
            )
            return
        self._seen, self._gone = mark, None
        self._tries = {short(one.plan.digest): one for one in tries}

    def _replays(self, key: str) -> Prepared:
        if key not in self._prepared:
            try:
                self._prepared[key] = prepare_again(self.tested, self._tries[key].plan)
            except Problem as problem:
                self._prepared[key] = problem
        found = self._prepared[key]
        if isinstance(found, Problem):
            raise found
        return found


def _read(key: str, one: Try) -> ReadReplays:
    read = ReadReplays(
        key=key,
        number=one.plan.number,
        planned=one.plan.replays,
        begun_ms=_ms(one.begun),
        ended_ms=_ms(one.said_at) if one.concluded else None,
    )
    try:
        trials, fillers = tuple(one.folder.trials()), tuple(one.folder.fillers())
        why = _unlike(one, len(trials))
    except (Problem, OSError) as error:
        return replace(read, altered=str(error))
    if why:
        return replace(read, altered=why)
    named = [*_of_trials(one, trials), *_of_fillers(one, fillers)]
    first: dict[str, NamedSending] = {}
    again = [sent for sent in named if first.setdefault(sent.role, sent) is not sent]
    return replace(
        read,
        touched_ms=max((_mark(path)[1] // 10**6 for path in _segments(one.folder)), default=0),
        last_ms=max((sent.at_ms for sent in named), default=read.begun_ms),
        named=tuple(sent for sent in first.values() if sent.exchange),
        repeated=tuple((sent.role, sent.exchange) for sent in again if sent.exchange),
        unnamed=sum(not sent.exchange for sent in named),
    )


def _unlike(one: Try, trials: int) -> str:
    """Say how the trials differ from those that were signed with a conclusion."""
    said = one.said
    if said is None:
        return ""
    more = said.complete and trials != said.trials
    if more or one.folder.root(said.trials) != said.root:
        return "the trials of a confirmation are not those that were signed"
    return ""


def _of_trials(one: Try, trials: tuple[FieldTrial, ...]) -> Iterator[NamedSending]:
    for trial in trials:
        role = field_trial_id(one.plan.digest, trial.lab, trial.route)
        yield NamedSending(
            role=role,
            exchange=trial.exchange,
            sending=Sending(trial.lab, trial.route),
            request=trial.request if trial.id == role and trial.request else _NO_REQUEST,
            at_ms=trial.at_ms,
        )


def _of_fillers(one: Try, fillers: tuple[FillerSent, ...]) -> Iterator[NamedSending]:
    routes = {route.id: route for route in one.plan.routes}
    for sent in fillers:
        # A route that the plan does not have gives a sending that it does not have.
        route = routes.get(sent.route, one.plan.routes[0])
        number = sent.filler if sent.route in routes else -1
        yield NamedSending(
            role=f"{FILLER}{sent.filler}",
            exchange=sent.exchange,
            sending=Sending("", route, number),
            request="",
            at_ms=sent.at_ms,
        )


def _segments(folder: ConfirmationFolder) -> list[Path]:
    return [*folder.segments(), *folder.filler_segments()]


def _ms(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def _mark(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns
