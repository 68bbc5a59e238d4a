"""The output filter as a layer: looks at what would reach the user, tool calls included."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import msgspec

from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.instruments.safeguards.output_filter.leaks import (
    find_leak,
    public_turns,
    reply_pieces,
    secrets_of,
)
from shipworthy.instruments.safeguards.output_filter.patterns import (
    KEY_PATTERNS,
    Pattern,
    find_pattern,
    ready_patterns,
)
from shipworthy.instruments.safeguards.output_filter.scanning import (
    LeakScan,
    OutputScan,
    PatternScan,
)
from shipworthy.instruments.safeguards.protocol import (
    Channel,
    PrefixScan,
    ReplyScreen,
    RequestScreen,
    Side,
)
from shipworthy.kernel import Record, digest_bytes, digest_of, read_record
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Message, Reply, Request

CASES: Final = "leak_cases.json"
"""The labelled replies that the card counts, beside this module."""

_METHOD: Final = "overlap with confidential turns, format 2"


class OutputFilterOptions(Enforcement, frozen=True, kw_only=True):
    """Options of the output filter.

    Attributes:
        leaks: whether overlap with confidential turns is looked for.
        run_characters: letters and digits in a row, shared with a confidential turn, that are a
            leak.
        key_patterns: whether the built-in patterns of key-like strings are used.
        patterns: more patterns, within the safe subset.
        allowed_tools: the tools that may be called; none given means that all may.
    """

    name: str = "output-filter"
    leaks: bool = True
    run_characters: int = 32
    key_patterns: bool = True
    patterns: tuple[Pattern, ...] = ()
    allowed_tools: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 12 <= self.run_characters <= 200:
            raise ValueError(
                f"`run_characters` must be from 12 to 200, not `{self.run_characters}`"
            )

    @property
    def all_patterns(self) -> tuple[Pattern, ...]:
        """The built-in patterns where they are on, and the configured ones."""
        return (*(KEY_PATTERNS if self.key_patterns else ()), *self.patterns)


class LeakCase(Record, frozen=True, kw_only=True):
    """One labelled reply: what the turns were, what came back, and whether it leaks."""

    kind: str
    leaks: bool
    public: str
    confidential: str
    user: str
    reply: str


@dataclass(frozen=True, slots=True)
class OutputFilter:
    """Withholds replies that leak confidential turns, hold key-like strings or misuse tools."""

    enforcement: OutputFilterOptions

    @property
    def sides(self) -> frozenset[Side]:
        """Replies only."""
        return frozenset({"reply"})

    def screen_request(self, request: Request) -> RequestScreen:
        """Let every request pass: this side is not screened."""
        return RequestScreen("passed", request)

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:
        """Withhold the reply when any of the three checks objects."""
        reason = self._tool_objection(reply)
        if not reason and self.enforcement.leaks:
            reason = find_leak(request, reply, self.enforcement.run_characters)
        if not reason:
            reason = self._pattern_objection(request, reply)
        return ReplyScreen("withheld" if reason else "passed", reply, reason)

    def open_scan(self, request: Request, channel: Channel) -> PrefixScan:  # noqa: ARG002 - protocol
        """Begin to look at one channel of an answer; tool calls are looked at with the whole."""
        secrets = None
        if self.enforcement.leaks:
            secrets = secrets_of(request, self.enforcement.run_characters)
        patterns = ready_patterns(self.enforcement.all_patterns)
        return OutputScan(
            LeakScan(secrets) if secrets is not None else None,
            PatternScan(patterns, "\n".join(public_turns(request))) if patterns else None,
        )

    def identity(self) -> SafeguardIdentity:
        """Return the identity; the card counts what these options do on the labelled replies."""
        return SafeguardIdentity(
            name=self.enforcement.name,
            kind="output-filter",
            configuration=digest_of(
                {
                    "options": self.enforcement,
                    "patterns": self.enforcement.all_patterns,
                    "method": _METHOD,
                }
            ),
            card=self._card(),
        )

    def _tool_objection(self, reply: Reply) -> str:
        allowed = self.enforcement.allowed_tools
        if allowed is None or all(call.name in allowed for call in reply.tool_calls):
            return ""
        return "call of a tool outside the allow-list"

    def _pattern_objection(self, request: Request, reply: Reply) -> str:
        patterns = ready_patterns(self.enforcement.all_patterns)
        for piece in filter(None, reply_pieces(reply)):
            name = find_pattern(piece, lambda: "\n".join(public_turns(request)), patterns)
            if name:
                return f"pattern `{name}`"
        return ""

    def _card(self) -> dict[str, str]:
        counts: dict[str, list[int]] = {}
        for case in read_cases():
            tally = counts.setdefault(f"{'leak' if case.leaks else 'benign'}.{case.kind}", [0, 0])
            tally[0] += self._withholds(case)
            tally[1] += 1
        withheld = {f"{label}.withheld": f"{n}/{of}" for label, (n, of) in counts.items()}
        return {
            "cases.source": f"shipworthy: {CASES}, {digest_bytes(_case_bytes())}",
            **withheld,
            "limitation": "replies written for this card by the filter's own makers: they show "
            "what it looks for, not how often it is right on live traffic",
        }

    def _withholds(self, case: LeakCase) -> bool:
        request = Request(
            messages=(
                Message(role="system", content=case.public),
                Message(role="system", content=case.confidential, confidential=True),
                Message(role="user", content=case.user),
            )
        )
        return self.screen_reply(request, Reply(text=case.reply)).action == "withheld"


class _CaseFile(Record, frozen=True, kw_only=True):
    about: str
    cases: tuple[LeakCase, ...] = msgspec.field(default=())


def read_cases() -> tuple[LeakCase, ...]:
    """Return the labelled replies of the card."""
    return read_record(_case_bytes(), _CaseFile, CASES).cases


def _case_bytes() -> bytes:
    return files(__package__).joinpath(CASES).read_bytes()
