"""The second reading of logs: each sample that counts becomes a trial, and each that is missing."""

from dataclasses import dataclass

from shipworthy.app.inspect_logs.census import (
    NOTHING_ASKED,
    CellKey,
    Census,
    Entry,
    GivenLog,
    LogReading,
    cell_of,
)
from shipworthy.app.registration import OpenCampaign, RunRecorder
from shipworthy.instruments.inspect_logs import NOT_LOGGED, LoggedSample, reply_of, request_of
from shipworthy.instruments.judges import suspects_test
from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.records import PlannedItem, plan_cells, trial_id
from shipworthy.stages.evaluating import Exchange, Judgement, Transcript
from shipworthy.vocabulary import Arm, Failure, Request


def write_trials(campaign: OpenCampaign, census: Census, reading: LogReading) -> None:
    """Write every trial of the plan that is not on disk; nothing when all are.

    Raises:
        Problem: `inspect-changed` (environment) when a log is no longer what was counted.
    """
    due = {trial_id(campaign.plan_digest, *cell): cell for cell in plan_cells(campaign.plan)}
    done = {trial.id for trial in campaign.trials()}
    if campaign.complete and done >= due.keys():
        return
    with RunRecorder(campaign) as recorder:
        writer = _Writer(campaign, recorder, done)
        items = {_key(item): item for item in campaign.plan.items}
        absent = {_key(i).question for i, arm in due.values() if arm not in census.cells[_key(i)]}
        asked: dict[object, Request] = {}
        for number, given in enumerate(reading.logs):
            for position, logged in enumerate(given.log.samples()):
                key = cell_of(given, logged.sample, reading.domain)
                entry = _counted(census, given, key)
                if census.final[key].question in absent:
                    asked[census.final[key].question] = request_of(logged.sample)
                if (entry.log, entry.position) == (number, position):
                    _check_same(given, entry, logged)
                    writer.logged(items[census.final[key]], given.arm, entry, logged)
        for item, arm in due.values():
            if arm not in census.cells[_key(item)]:
                writer.missing(item, arm, asked.get(_key(item).question, NOTHING_ASKED))
        recorder.end("completed")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes trials that are not on disk yet."""

    campaign: OpenCampaign
    recorder: RunRecorder
    done: set[str]

    def logged(self, item: PlannedItem, arm: Arm, entry: Entry, logged: LoggedSample) -> None:
        request, reply = request_of(logged.sample), reply_of(logged.sample, entry.outcome)
        judgement = Judgement(
            outcome=entry.outcome, judge=entry.judge, suspects_test=suspects_test(request, reply)
        )
        self._write(item, arm, Exchange(request, reply, judgement))

    def missing(self, item: PlannedItem, arm: Arm, asked: Request) -> None:
        failure = Failure(reason=NOT_LOGGED.reason, detail=NOT_LOGGED.detail)
        self._write(item, arm, Exchange(asked, failure, Judgement(outcome=NOT_LOGGED, judge="")))

    def _write(self, item: PlannedItem, arm: Arm, exchange: Exchange) -> None:
        name = trial_id(self.campaign.plan_digest, item, arm)
        if name in self.done:
            return
        trial = exchange.trial(name, self.recorder.run, item, arm)
        transcript = Transcript(trial=name, request=exchange.request, reply=exchange.reply)
        self.recorder.write(trial, transcript)


def _key(item: PlannedItem) -> CellKey:
    return CellKey(item.domain, item.scenario, item.attack, item.role.value, item.seed)


def _counted(census: Census, given: GivenLog, key: CellKey) -> Entry:
    entry = census.cells.get(census.final.get(key, key), {}).get(given.arm)
    if entry is None:
        raise _changed(given)
    return entry


def _check_same(given: GivenLog, entry: Entry, logged: LoggedSample) -> None:
    if entry.sample != logged.digest:
        raise _changed(given)


def _changed(given: GivenLog) -> Problem:
    return Problem.of(
        "inspect-changed",
        "the log was changed while it was read",
        location=Location(str(given.log.path)),
        help="import it again when nothing writes to it",
        exit_code=ExitCode.ENVIRONMENT,
    )
