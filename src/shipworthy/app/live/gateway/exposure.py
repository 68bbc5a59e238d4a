"""Is what the campaign kept in public by the deployed policy? One stack can be told two things."""

from collections.abc import Iterator

from shipworthy.app.live.gateway.stacks import TestedStack
from shipworthy.evidence.segments import read_records
from shipworthy.records.live.deployments import Deployment
from shipworthy.stages.evaluating import Transcript


def made_public(deployment: Deployment, tested: TestedStack) -> int | None:
    """Count the system turns, confidential in the campaign, that the deployed policy makes public.

    A turn is public where it stands in a text that is, since such a text is no secret as a whole.
    None where the policy makes turns public and what was said in the campaign is not here.

    Raises:
        Problem: what is wrong with a file of transcripts.
    """
    policy = deployment.policy
    if policy.system_turns == "confidential" and not policy.public_turns:
        return 0
    transcripts = list(tested.folder.transcripts.glob("run-*.jsonl"))
    if not transcripts:
        return None
    said = (one for path in transcripts for one in read_records(path, Transcript))
    secrets = set(_secrets(said))
    if policy.system_turns == "public":
        return len(secrets)
    return sum(any(secret in text for text in policy.public_turns) for secret in secrets)


def _secrets(said: Iterator[Transcript]) -> Iterator[str]:
    for one in said:
        for turn in one.request.messages:
            if turn.confidential and (text := turn.content.strip()):
                yield text
