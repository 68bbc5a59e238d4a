"""One harmless request before a plan is registered: a wrong address must not cost a submission.

What is asked is the same for every campaign and has nothing of a scenario in it, and of the answer
nothing is kept but that there was one: it cannot show how a campaign would end.
"""

from typing import Final

from shipworthy.instruments.targets.openai.decoding import decode_models
from shipworthy.instruments.targets.openai.transport import HttpAnswer, Transport
from shipworthy.kernel import ExitCode, Location, Problem, did_you_mean
from shipworthy.vocabulary import Failure, Message, Request

PROBE: Final = Request(messages=(Message(role="user", content="Hello! Please say hello back."),))
"""What is asked."""

HELP: Final = (
    "check `base_url`, `model`, the key and the network; nothing was registered by this command. "
    "`probe = false` in `[subject.options]` goes without asking"
)


async def no_answer(
    transport: Transport, model: str, failure: Failure, *, seconds: float, source: str
) -> Problem:
    """Return why a harmless request had no usable answer; the list of models may tell."""
    listed = await transport.models(seconds)
    if isinstance(listed, HttpAnswer) and listed.status == 200:
        names = decode_models(listed.body)
        if names is not None and model not in names:
            return Problem.of(
                "model-unknown",
                f"the endpoint has no model `{model}`",
                location=Location(source),
                help=did_you_mean(model, names),
            )
    said = f": {failure.detail}" if failure.detail else ""
    return Problem.of(
        "target-unreachable",
        f"a harmless request had no usable answer ({failure.reason}{said})",
        location=Location(source),
        help=HELP,
        exit_code=ExitCode.ENVIRONMENT,
    )
