"""A safeguard that withholds answers with certain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.instruments.safeguards import (
    Enforcement,
    Layer,
    ReplyScreen,
    RequestScreen,
    Side,
    read_options,
)
from shipworthy.kernel import digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request


class WordListOptions(Enforcement, frozen=True, kw_only=True):
    """The words; `name`, `mode`, `on_error` and `refusal` come with `Enforcement`."""

    name: str = "word-list"
    words: tuple[str, ...]


@dataclass(frozen=True)
class WordList:
    """Looks at replies only."""

    enforcement: WordListOptions

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that are screened."""
        return frozenset({"reply"})

    def screen_request(self, request: Request) -> RequestScreen:
        """Let every request pass."""
        return RequestScreen("passed", request)

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:
        """Withhold a reply that holds one of the words; the detail never quotes the reply."""
        del request
        found = any(word.casefold() in reply.text.casefold() for word in self.enforcement.words)
        return ReplyScreen("withheld" if found else "passed", reply, "a listed word")

    def identity(self) -> SafeguardIdentity:
        """Return what this layer is: the digest covers everything that changes its opinion."""
        return SafeguardIdentity(
            name=self.enforcement.name,
            kind="word-list",
            configuration=digest_of(self.enforcement),
            card={"measured": "no"},
        )


def make_word_list(options: Mapping[str, object]) -> Layer:
    """Build the layer from `[safeguards.options]`."""
    return WordList(read_options(options, WordListOptions))
