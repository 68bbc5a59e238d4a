"""How a deployment is asked to confirm it: the table `[confirmation]` of a deployment file."""

from typing import Annotated, Literal

from msgspec import Meta

from shipworthy.kernel import Record
from shipworthy.records.live.confirmations import DriftName


class ConfirmationSection(Record, frozen=True, kw_only=True):
    """How replays are sent, and what is to be shown.

    Attributes:
        routes: ways in, as `chat`, `chat.stream`, `messages.stream.tools`; by default every way
            that the served wire formats have.
        passes: on how many routes each scenario is sent, 0 for all.
        margin: largest rise of a rate that still counts as not worse, a decimal string above 0 and
            below 1.
        alpha: error of all claims together, a decimal string above 0 and below 0.5.
        prompt: `sent`: confirm sends the product's system turn, as its program does. `deployment`:
            the deployment adds it.
        identity: address that answers `/-/identity`; by default that of `admin`. What cannot be
            asked stays unknown.
        key_variable: environment variable with the key of an ordinary user.
        more_keys: environment variables with the keys of further ordinary users, among whom
            requests are dealt: one account that sends every probe is known by it.
        user_agent: what the product's own clients call themselves; by default the HTTP library.
        per_minute: most requests a minute; they start at drawn times, this many on average.
        concurrent: most requests at once.
        timeout_seconds: longest wait for one answer.
        filler: file with ordinary messages, one a line, relative to this file; by default some
            that come with the program.
        fillers_per_hundred: ordinary messages among a hundred replays.
        accept_unknown: parts of the configuration that may stay unknown: `model`, `system-prompt`,
            `stack`, `policy`, `sampling`, `answers`. `stack` accepts `policy` too, which is a part
            of it. A person decides that, and the record says so.
        read_log: whether the deployment's log says what its layers did; only where its files are on
            this machine.
        expires_days: days for which a confirmation counts.
    """

    routes: tuple[str, ...] = ()
    passes: Annotated[int, Meta(ge=0, le=64)] = 0
    margin: str = "0.10"
    alpha: str = "0.05"
    prompt: Literal["sent", "deployment"] = "sent"
    identity: str = ""
    key_variable: str = ""
    more_keys: tuple[str, ...] = ()
    user_agent: str = ""
    per_minute: Annotated[int, Meta(ge=1, le=600_000)] = 120
    concurrent: Annotated[int, Meta(ge=1, le=256)] = 4
    timeout_seconds: Annotated[int, Meta(ge=1, le=3600)] = 120
    filler: str = ""
    fillers_per_hundred: Annotated[int, Meta(ge=0, le=1000)] = 50
    accept_unknown: tuple[DriftName, ...] = ()
    read_log: bool = True
    expires_days: Annotated[int, Meta(ge=1, le=365)] = 30
