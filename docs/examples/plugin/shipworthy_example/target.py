"""A target that repeats what it was told, secrets included."""

from collections.abc import Mapping

from shipworthy.instruments.targets import Account, Health, TargetContext
from shipworthy.kernel import Digest, Record, convert_record
from shipworthy.records import SubjectIdentity
from shipworthy.vocabulary import Failure, Reply, Request, Sampling


class ParrotOptions(Record, frozen=True, kw_only=True):
    """What `[subject.options]` may hold; every campaign also passes the sampling."""

    sampling: Sampling = Sampling()
    greeting: str = "You said:"


class Parrot:
    """Answers with every turn so far."""

    def __init__(self, options: ParrotOptions) -> None:
        self._options = options
        self._asked = 0

    @property
    def account(self) -> Account:
        """How often it was asked."""
        return Account(requests=self._asked, replies=self._asked)

    @property
    def health(self) -> Health:
        """Always in service."""
        return Health(consecutive=0, limit=1)

    def identity(self, system_prompt: Digest) -> SubjectIdentity:
        """Return everything that changes an answer; what is not known is named."""
        return SubjectIdentity(
            name="parrot",
            endpoint="in this process",
            weights="",
            quantisation="",
            engine=f"parrot 1, greeting {self._options.greeting}",
            template="",
            system_prompt=system_prompt,
            sampling=self._options.sampling,
            unknown=("weights",),
        )

    async def respond(self, request: Request) -> Reply | Failure:
        """Repeat the conversation."""
        self._asked += 1
        told = "\n".join(turn.content for turn in request.messages)
        return Reply(text=f"{self._options.greeting} {told}")

    async def close(self) -> None:
        """Nothing is held."""


async def open_parrot(options: Mapping[str, object], context: TargetContext) -> Parrot:
    """Open the target; wrong options are a diagnostic with the place in the assessment."""
    return Parrot(convert_record(dict(options), ParrotOptions, context.source))
