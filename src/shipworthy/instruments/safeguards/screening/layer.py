"""The screening layer: rules, then a probe, then an expert for the few that are worth asking about.

It judges the exchange: the answer beside the conversation that led to it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shipworthy.instruments.safeguards.options import Enforcement, OnError
from shipworthy.instruments.safeguards.protocol import (
    Action,
    Channel,
    Delegated,
    NoOpinion,
    Opinion,
    PrefixScan,
    ReplyScreen,
    RequestScreen,
    ScanFailed,
    Side,
)
from shipworthy.instruments.safeguards.screening.exchange import (
    Looked,
    conversation,
    pieces,
    question,
    scored_texts,
    seam,
)
from shipworthy.instruments.safeguards.screening.experts import Classifier, Judge
from shipworthy.instruments.safeguards.screening.options import ScreenOptions
from shipworthy.instruments.safeguards.screening.probe import (
    NOTHING,
    ProbeModel,
    ProbeScan,
    Score,
)
from shipworthy.instruments.safeguards.screening.rules import RuleScan, RuleSet, seen_bytes
from shipworthy.instruments.safeguards.screening.scans import ScreenScan
from shipworthy.kernel import decimal_string, digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request

_METHOD: Final = "screen, format 2"


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe that is ready: what it is, its function, and the score that crosses.

    A threshold of `NOTHING` is crossed by every exchange.
    """

    model: ProbeModel
    score: Score
    threshold: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the screen thinks of one side."""

    action: Action
    detail: str
    on_error: OnError | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The layer. Safe to share: nothing in it changes."""

    enforcement: ScreenOptions
    rules: RuleSet
    probe: Probe | None = None
    expert: Judge | Classifier | None = None
    _looked: Looked = field(init=False, repr=False, compare=False)
    _probed: Looked = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        options = self.enforcement
        scored = () if options.probe is None else options.probe.places
        object.__setattr__(self, "_looked", Looked(options.places))
        object.__setattr__(self, "_probed", Looked(scored))

    @property
    def sides(self) -> frozenset[Side]:
        """Both: the request alone, and then the exchange."""
        return _SIDES

    def screen_request(self, request: Request) -> RequestScreen | Delegated:
        """Judge a conversation before the model sees it."""
        said = conversation(request, self._looked)
        folded = seen_bytes("folded", said)
        try:
            hits = self.rules.request_hits(said, folded)
        except Exception as error:  # noqa: BLE001 - a matcher may fail in its own ways
            return _request_screen(request, self._failed(error))
        score = self._request_score(request, said, folded)
        if not hits and self._is_quiet(score):
            return RequestScreen("passed", request, _scored(score))
        found = self._find(hits, score)
        if self.expert is None or not self._asks(found, score):
            return _request_screen(request, found)
        if self._asks_once:
            return _request_screen(request, found)
        asked = question(request, None, self._looked)
        return Delegated(
            self.expert, asked, lambda said: _request_screen(request, self._settle(found, said))
        )

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen | Delegated:
        """Judge an answer beside its conversation."""
        said = pieces(reply)
        folded = [seen_bytes("folded", piece) for piece in said]
        try:
            hits = self.rules.reply_hits(said, lambda: self._conversation(request), folded)
        except Exception as error:  # noqa: BLE001 - a matcher may fail in its own ways
            return _reply_screen(reply, self._failed(error))
        score = self._reply_score(request, folded)
        if said and self._asks_once:
            score = max(score, self._request_score(request))
        if not hits and self._is_quiet(score):
            return ReplyScreen("passed", reply, _scored(score))
        found = self._find(hits, score)
        if self.expert is None or not (said and self._asks(found, score)):
            return _reply_screen(reply, found)
        asked = question(request, said, self._looked)
        return Delegated(
            self.expert, asked, lambda says: _reply_screen(reply, self._settle(found, says))
        )

    def open_scan(self, request: Request, channel: Channel) -> PrefixScan:  # noqa: ARG002 - protocol
        """Begin to look at one channel of an answer; `ScanFailed` where the matcher fails."""
        try:
            scan = RuleScan(self.rules, lambda: self._conversation(request))
        except Exception as error:  # noqa: BLE001 - a matcher may fail in its own ways
            raise self._scan_failed(error) from None
        options, probe = self.enforcement.probe, self.probe
        if options is None or probe is None:
            return ScreenScan(scan, None, self._scan_failed, holds=self.expert is not None)
        if options.action == "flag":
            return ScreenScan(scan, None, self._scan_failed, holds=False)
        left_open = self._asks_once and self._crosses(self._request_score(request))
        if options.hold == "reply" or probe.threshold == NOTHING or left_open:
            return ScreenScan(scan, None, self._scan_failed, holds=True)
        halts = self.expert is None
        windows = ProbeScan(probe.score, seam(request, self._probed), probe.threshold, halts=halts)
        return ScreenScan(scan, windows, self._scan_failed, holds=False)

    def identity(self) -> SafeguardIdentity:
        """Return the identity: rules, views, weights, threshold, expert and versions decide it."""
        options, probe = self.enforcement, self.probe
        enforcement = {name: getattr(options, name) for name in Enforcement.__struct_fields__}
        configuration = digest_of(
            {
                "method": _METHOD,
                "enforcement": enforcement,
                "places": self._looked.places,
                "rules": self.rules.rules,
                "matcher": self.rules.matcher_name,
                "characters": unicodedata.unidata_version,
                "probe": None if probe is None else [probe.model.digest, probe.threshold],
                "probe use": None if options.probe is None else options.probe.use,
                "probe places": self._probed.places,
                "expert": None if self.expert is None else self.expert.identity,
            }
        )
        return SafeguardIdentity(
            name=options.name, kind="screen", configuration=configuration, card=self._card()
        )

    def _conversation(self, request: Request) -> str:
        return conversation(request, self._looked)

    @property
    def _asks_once(self) -> bool:
        """Whether the expert hears of a request only beside its answer."""
        return self.expert is not None and self.expert.options.asked == "answer"

    def _request_score(self, request: Request, said: str = "", folded: bytes = b"") -> int:
        """Return the highest score of the places; `folded` is that view of `said`, if known."""
        if self.probe is None:
            return NOTHING
        score = NOTHING
        for text in scored_texts(request, self._probed):
            seen = folded if text == said else seen_bytes("folded", text)
            score = max(score, self.probe.score(seen, 0))
        return score

    def _reply_score(self, request: Request, folded: Sequence[bytes]) -> int:
        if self.probe is None or not folded:
            return NOTHING
        before, score = seam(request, self._probed), self.probe.score
        return max([score(before + piece, 0) for piece in folded])

    def _is_quiet(self, score: int) -> bool:
        """Whether nobody has to be asked when no rule says anything: most of all traffic."""
        if self.probe is None:
            return self.expert is None
        return score < self.probe.threshold

    def _crosses(self, score: int) -> bool:
        return self.probe is not None and score != NOTHING and score >= self.probe.threshold

    def _asks(self, found: Finding, score: int) -> bool:
        """Whether an exchange is worth the expert: what crossed, or all where there is no probe."""
        return found.action != "withheld" and (self.probe is None or self._crosses(score))

    def _find(self, hits: Sequence[int], score: int) -> Finding:
        """Return what rules and probe think, before any expert."""
        named = [f"rule `{self.rules.rules[hit].id}`" for hit in hits]
        if any(self.rules.rules[hit].action == "withhold" for hit in hits):
            return Finding("withheld", ", ".join(named))
        if score != NOTHING:
            named.append(_scored(score))
        action: Action = "flagged" if hits else "passed"
        if self.expert is None and self._crosses(score):
            action = self._sentence()
        return Finding(action, ", ".join(named))

    def _settle(self, found: Finding, said: Opinion | NoOpinion) -> Finding:
        assert self.expert is not None
        options = self.expert.options
        if isinstance(said, NoOpinion):
            why = ", ".join(filter(None, (said.detail, found.detail)))
            return Finding("errored", why, options.on_error)
        detail = ", ".join(
            filter(None, (found.detail, f"expert {decimal_string(said.score, places=3)}"))
        )
        if said.score < float(options.withhold_at):
            return Finding(found.action, detail)
        return Finding(self._sentence(), detail)

    def _sentence(self) -> Action:
        options = self.enforcement.probe
        return "flagged" if options is not None and options.action == "flag" else "withheld"

    def _failed(self, error: Exception) -> Finding:
        """Return what a failure of the matcher means: of all rules the strictest says."""
        own = self.enforcement.on_error
        means = {rule.on_error or own for rule in self.rules.rules}
        strictest = next(word for word in ("closed", "abort", "open") if word in means)
        return Finding("errored", f"rules: {type(error).__name__}", strictest)

    def _scan_failed(self, error: Exception) -> ScanFailed:
        found = self._failed(error)
        return ScanFailed(found.detail, found.on_error)

    def _card(self) -> dict[str, str]:
        rules = self.rules.rules
        card = {
            "rules": str(len(rules)),
            "rules.withhold": str(sum(rule.action == "withhold" for rule in rules)),
            "matcher": self.rules.matcher_name,
            "places": ", ".join(self._looked.places),
            "limitation": "rules find what they describe and nothing else; encodings, translations "
            "and letters that only look alike pass",
        }
        if self.probe is not None:
            model = self.probe.model
            card |= {f"probe.{name}": text for name, text in model.card.items()}
            card |= {f"probe.{name}": text for name, text in model.calibration.entries.items()}
            card["probe.digest"] = model.digest
        if self.expert is not None:
            card["expert"] = self.expert.identity
        return card


_SIDES: Final[frozenset[Side]] = frozenset({"request", "reply"})


def _scored(score: int) -> str:
    return "" if score == NOTHING else f"score {score}"


def _request_screen(request: Request, found: Finding) -> RequestScreen:
    return RequestScreen(found.action, request, found.detail, found.on_error)


def _reply_screen(reply: Reply, found: Finding) -> ReplyScreen:
    return ReplyScreen(found.action, reply, found.detail, found.on_error)
