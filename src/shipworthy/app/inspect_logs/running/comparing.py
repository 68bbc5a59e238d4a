"""What Inspect's logs say afterwards, held against what was recorded when each sample ended."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from shipworthy.app.registration import OpenCampaign
from shipworthy.evidence import Attested, Statement, make_statement, open_envelope, tampered
from shipworthy.instruments.inspect_logs import ScoreRules, open_log
from shipworthy.instruments.inspect_tasks import Ended, judged
from shipworthy.kernel import Digest, Problem, digest_file, digest_of
from shipworthy.records import RunEnded, Trial
from shipworthy.stages.evaluating import without_latency

FOLDER: Final = "inspect"
"""Folder of a campaign that holds the logs that Inspect wrote, one folder a run."""

Execution = tuple[str, str, int]
"""Who answered (`bare`, `safeguarded`, `accomplice`, `refuser`), the sample's id, its epoch."""


def logs_of(campaign: OpenCampaign, run: str) -> Path:
    """Return the folder of the logs of a run."""
    return campaign.folder.path / FOLDER / run


def seal_logs(campaign: OpenCampaign, run: str) -> None:
    """Sign the digests of the logs of a run, and log that; before the run ends."""
    campaign.attest(_statement(campaign, run))


def check_logs(
    campaign: OpenCampaign, executions: Mapping[Execution, str], rules: ScoreRules
) -> None:
    """Compare every sample in the logs of all runs with its trial, and every trial with its sample.

    `executions` gives the id of each trial by what ran. Of a run that was interrupted nothing was
    sealed, and Inspect keeps the last samples in memory: there only what both hold is compared.

    Raises:
        Problem: `inspect-differs` (integrity).
    """
    trials = {trial.id: trial for trial in campaign.trials()}
    guarded = {planned.arm for planned in campaign.plan.arms if planned.stack.layers}
    for entry in campaign.ledger.entries():
        if not isinstance(entry, RunEnded):
            continue
        whole = entry.how != "interrupted"
        if whole:
            _check_seal(campaign, entry.run)
        own = {name: trial for name, trial in trials.items() if trial.run == entry.run}
        said = set()
        for execution, ended in _ended(logs_of(campaign, entry.run), whole=whole):
            name = executions.get(execution, "")
            if name in own:
                said.add(name)
                trial = own[name]
                if not _says_the_same(trial, ended, rules, guarded=trial.arm in guarded):
                    what = f"`{execution[1]}` ended otherwise than it was recorded"
                    raise _differs(what, campaign, entry.run)
            elif whole:
                raise _differs(f"`{execution[1]}` was never recorded", campaign, entry.run)
        if whole and own.keys() - said:
            missing = trials[min(own.keys() - said)].scenario
            raise _differs(f"`{missing}` is in no log", campaign, entry.run)


def _says_the_same(trial: Trial, ended: Ended, rules: ScoreRules, *, guarded: bool) -> bool:
    found = judged(Ended(ended.sample, trial.layers), rules, guarded=guarded)
    said = (found.outcome, found.judge, found.request, digest_of(without_latency(found.reply)))
    return said == (trial.outcome, trial.judge, trial.request, trial.response)


def _ended(folder: Path, *, whole: bool) -> Iterator[tuple[Execution, Ended]]:
    """Yield the samples in the logs of a run; of one that died, as far as they can be read."""
    for path in sorted(folder.glob("*.eval")):
        try:
            yield from _samples(path)
        except Problem:
            if whole:
                raise


def _samples(path: Path) -> Iterator[tuple[Execution, Ended]]:
    log = open_log(path)
    who = (log.header.eval.tags or [""])[0]
    for logged in log.samples():
        sample = logged.sample
        yield (who, str(sample.id), sample.epoch), Ended(sample, ())


def _digests(folder: Path) -> dict[str, Digest]:
    return {path.name: digest_file(path) for path in sorted(folder.glob("*.eval"))}


def _statement(campaign: OpenCampaign, run: str) -> Statement:
    attested = Attested(plan=campaign.plan_digest, at=campaign.now())
    return make_statement(_kind(run), _digests(logs_of(campaign, run)), attested)


def _kind(run: str) -> str:
    return f"inspect-logs-{run}"


def _check_seal(campaign: OpenCampaign, run: str) -> None:
    path = campaign.statement_path(_kind(run))
    if not path.exists():
        raise _differs("the statement about them is gone", campaign, run)
    keys = {campaign.signer.key_id: campaign.signer.public}
    sealed = open_envelope(path.read_bytes(), keys)
    if sealed.subjects != _digests(logs_of(campaign, run)):
        raise _differs("they are not those that were sealed", campaign, run)


def _differs(what: str, campaign: OpenCampaign, run: str) -> Exception:
    return tampered(
        "inspect-differs",
        f"the logs of {run} and the evidence do not agree: {what}",
        str(logs_of(campaign, run)),
    )
