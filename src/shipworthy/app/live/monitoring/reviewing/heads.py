"""What a review may not take back: its seed, its draws, and what readers answered.

Who may choose a seed when exchanges are known, take draws back and draw anew, or change an answer
after the finding was seen, chooses what the finding says. So the state of the monitor keeps the
seed from its first evaluation on, and at each look how long every file was and how it ended.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.reviewing.work import ReviewWork
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.evidence import tampered
from shipworthy.kernel import Digest, ExitCode, Location, Problem

_DRAWS: Final = "draws"

_Heads = dict[str, tuple[int, str]]
"""By file: how many lines it had, and the digest of the last."""


def keep_heads(state: MonitorState, works: Iterable[ReviewWork]) -> None:
    """Check that reviews only grew since the last look, and keep how far they are now.

    Raises:
        Problem: `review-seed` (integrity) for another seed than that with which the monitor began;
            `review-altered` (integrity) when draws or answers that were there are gone or changed.
    """
    for work in works:
        _keep_seed(state, work)
        name = f"review-heads:{work.section.domain}"
        known = msgspec.json.decode(state.read_about(name) or b"{}", type=_Heads)
        lines = {_DRAWS: work.folder.draw_digests()}
        for reader in work.folder.readers:
            lines[f"reader {reader}"] = [one.digest for one in work.folder.labels(reader)]
        for what, (count, last) in known.items():
            found = lines.get(what, [])
            if len(found) < count or found[count - 1] != last:
                raise tampered(
                    "review-altered",
                    f"the {count} lines of {what} that were there are gone, or others",
                    str(work.folder.path),
                )
        heads = {what: _head(found) for what, found in lines.items() if found}
        if heads != known:
            state.write_about(name, msgspec.json.encode(heads).decode())


def _head(lines: Sequence[Digest]) -> tuple[int, str]:
    return len(lines), lines[-1]


def _keep_seed(state: MonitorState, work: ReviewWork) -> None:
    name, seed = f"review-seed:{work.section.domain}", str(work.section.seed)
    known = state.read_about(name)
    if known and known != seed:
        raise Problem.of(
            "review-seed",
            f"the seed of the review of `{work.section.domain}` was {known} when the monitor began",
            location=Location(str(work.folder.path)),
            help="put the seed back; a fresh review begins with a fresh `state`",
            exit_code=ExitCode.INTEGRITY,
        )
    if not known:
        state.write_about(name, seed)
