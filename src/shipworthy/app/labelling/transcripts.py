"""The transcripts of single trials, word for word as they were judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from shipworthy.app.registration import OpenCampaign
from shipworthy.evidence import tampered
from shipworthy.kernel import Digest, digest_of
from shipworthy.records import Trial
from shipworthy.stages.evaluating import Transcript, without_latency


class _Named(msgspec.Struct):
    trial: str


def read_transcripts(campaign: OpenCampaign, trials: Iterable[Trial]) -> dict[str, Transcript]:
    """Return the transcripts of these trials by trial id, compared with the digests in the trials.

    Raises:
        Problem: integrity: `transcript-missing`, or `transcript-altered` when what was said is not
            what the trial was judged on.
    """
    runs: defaultdict[str, dict[str, Trial]] = defaultdict(dict)
    for trial in trials:
        runs[trial.run][trial.id] = trial
    found: dict[str, Transcript] = {}
    for run, wanted in sorted(runs.items()):
        path = campaign.folder.transcripts / f"{run}.jsonl"
        for number, line in _lines(campaign, run):
            trial_id = _trial_id(line)
            if trial_id not in wanted:
                continue
            transcript = _decoded(line)
            if transcript is None or _digests(transcript) != _sealed(wanted[trial_id]):
                raise tampered(
                    "transcript-altered",
                    f"what was said in trial `{trial_id}` is not what the trial was judged on",
                    str(path),
                    number,
                )
            found[trial_id] = transcript
        lost = sorted(wanted.keys() - found.keys())
        if lost:
            raise tampered(
                "transcript-missing",
                f"{len(lost)} trials have no transcript, the first is `{lost[0]}`",
                str(path),
            )
    return found


def _lines(campaign: OpenCampaign, run: str) -> Iterator[tuple[int, bytes]]:
    path = campaign.folder.transcripts / f"{run}.jsonl"
    if path.exists():
        with path.open("rb") as stream:
            yield from enumerate(stream, start=1)


def _trial_id(line: bytes) -> str:
    """Return the id on a line; a line that cannot be read belongs to no trial."""
    try:
        return msgspec.json.decode(line, type=_Named).trial
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _decoded(line: bytes) -> Transcript | None:
    try:
        return msgspec.json.decode(line, type=Transcript)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _digests(transcript: Transcript) -> tuple[Digest, Digest]:
    return digest_of(transcript.request), digest_of(without_latency(transcript.reply))


def _sealed(trial: Trial) -> tuple[Digest, Digest]:
    return trial.request, trial.response
