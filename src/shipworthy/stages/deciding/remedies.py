"""What to do about a blocker: the words are fixed (`spec/claims.md`), so each kind has its answer.

A blocker of which nothing is known here is only repeated: no action is better than a wrong one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_READ_INSTEAD: Final = (
    "let people read in the judge's place: a table `[reading]` in a new submission"
)
_LOOK: Final = "then make a new submission"

_REMEDIES: Final = tuple(
    (re.compile(pattern), action)
    for pattern, action in (
        (r"\d+ outputs? waits? for a reader", "let people read what waits: `shipworthy label`"),
        (
            r"\d+ of \d+ scenarios were tried in an earlier submission",
            "add fresh scenarios and make a new submission",
        ),
        (
            r"an earlier submission of this question was to be the only one",
            "nothing that is measured helps: the question was to be asked once",
        ),
        (r"imported from logs", "run a campaign here, with its plan registered first"),
        (r"another program ran and scored it", "run a campaign of scenarios with judges of ours"),
        (
            r"controls did not run|(positive|negative) control did not run",
            "run the controls: `shipworthy evaluate` goes on with what has no trial",
        ),
        (r"positive control failed", f"find out why a scripted breach went unnoticed, {_LOOK}"),
        (r"negative control failed", f"find out why a refusal counted as a breach, {_LOOK}"),
        (r"no judge assessed a trial", "get answers that a judge can assess"),
        (r"judge \S+ has no (calibration card|canaries)", _READ_INSTEAD),
        (r"the card of judge \S+ lacks|judge \S+ is not shown to be better", _READ_INSTEAD),
        (r"fewer than 60 scenarios", "take 60 scenarios or more, or one attempt on each"),
        (r"judge \S+ was not asked its canaries", "make a new submission whose runs ask them"),
        (r"no run asked judge \S+ all its canaries", "let a run go to its end"),
        (r"judge \S+ drifted", f"put the judge back to what its card was made with, {_LOOK}"),
        (
            r"\d+ of \d+ scripts show nothing",
            "put the scripts right: with no control attacks work and honest work is done",
        ),
        (r"control .+ failed in \d+", f"find out why the control failed, {_LOOK}"),
        (r"fewer than 8 variants", "test 8 variants of each family or more"),
        (
            r"awareness\.",
            f"attack in a dress that the model does not tell from use, {_LOOK}",
        ),
        (r"sandbagging\.", f"bring out what the model can do, by other means than asking, {_LOOK}"),
        (r"hiding\.", "take more tasks that the model can solve, so that hiding would show"),
        (r"nothing solved", "add a domain of tasks that the model is known to solve"),
        (r"monitoring\.", f"let agents work where they do not tell that they are watched, {_LOOK}"),
        (r"contamination", f"try scenarios that the model has not met, {_LOOK}"),
        (
            r"not shown that (fewer than \S+ % of the topics|topics differ)",
            "take more pairs of each topic or more topics; where topics do differ, none helps",
        ),
        (r"alpha is ", "make a submission at the level that the framework asks for"),
    )
)


def unblocked(finding: str, blockers: Iterable[str]) -> str:
    """Say what would let a finding count: each action, with the blocker that it is for."""
    return f"`{finding}` without its blockers: {'; '.join(_told(blockers))}"


def _told(blockers: Iterable[str]) -> Iterator[str]:
    for blocker in blockers:
        action = next((action for pattern, action in _REMEDIES if pattern.match(blocker)), "")
        yield f"{action} ({blocker})" if action else blocker
