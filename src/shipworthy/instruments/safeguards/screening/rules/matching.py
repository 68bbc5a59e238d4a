"""Many rules in one pass over a text: RE2 sets, one for each side and view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Literal, Protocol

from shipworthy.instruments.safeguards.screening.rules.expressions import study
from shipworthy.instruments.safeguards.screening.rules.rule import Rule
from shipworthy.instruments.safeguards.screening.rules.views import VIEWS, View, seen_bytes
from shipworthy.kernel import ExitCode, Problem

INSTALL: Final = "python -m pip install 'shipworthy[screen]'"

Side = Literal["request", "reply"]

_MOST_REACHES: Final = 1024
_MEMORY: Final = 64 << 20
"""Bytes that one set may take for its automaton."""
CONTROL: Final = "\U0010fffe\U0010ffff\U0010fffe"
"""Looked for by every set beside the rules, and put behind every text. A set whose automaton did
not fit, or gave up on its way through a text, finds nothing and says nothing; it does not find this
either."""
_APART: Final = b"\xff"
"""No character: RE2 matches nothing that holds it, so no match goes on into the control."""


class MatcherBlindError(RuntimeError):
    """A set did not find its control behind a text: what it says of the text means nothing."""


class SetMatcher(Protocol):
    """Finds which of a fixed list of expressions occur in a text."""

    def match(self, data: bytes) -> Sequence[int]:
        """Return the positions of the expressions that occur, in any order.

        Raises:
            Exception: of whatever kind, where it cannot be known.
        """
        ...


class SetBuilder(Protocol):
    """Makes a matcher of expressions as RE2 writes them."""

    @property
    def name(self) -> str:
        """The matcher and its version: a part of what a layer is."""
        ...

    def build(self, expressions: Sequence[str]) -> SetMatcher:
        """Compile.

        Raises:
            Problem: an expression is refused, or the set does not work.
        """
        ...


class Re2Sets:
    """Sets of google-re2: linear time, no crashes, in this process."""

    @property
    def name(self) -> str:
        """The distribution and its version."""
        try:
            return f"google-re2 {version('google-re2')}"
        except PackageNotFoundError:
            raise _missing() from None

    def build(self, expressions: Sequence[str]) -> SetMatcher:
        """Compile, and try the set on its control."""
        re2 = _re2()
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        found = re2.Set.SearchSet(options)
        try:
            for expression in expressions:
                found.Add(expression)
            control = found.Add(CONTROL)
            found.Compile()
        except re2.error as error:
            raise Problem.of(
                "rules-too-many",
                f"the rules do not fit into one automaton: {error}",
                help="use fewer or narrower expressions, or several layers `screen`",
            ) from None
        behind = _APART + CONTROL.encode()
        in_control = frozenset(found.Match(behind) or ())
        if control not in in_control:
            raise Problem.of(
                "rules-too-many",
                "the automaton of the rules finds nothing, not even its control",
                help="use fewer or narrower expressions, or several layers `screen`",
            )
        return _Re2Set(found, control, behind, in_control - {control})


@dataclass(frozen=True, slots=True)
class _Re2Set:
    """`in_control` are expressions that match any few characters, even those of the control."""

    found: Any
    control: int
    behind: bytes
    in_control: frozenset[int]

    def match(self, data: bytes) -> Sequence[int]:
        hits: list[int] | None = self.found.Match(data + self.behind)
        if not hits or self.control not in hits:
            raise MatcherBlindError
        if len(hits) == 1:
            return ()
        if self.in_control:
            # The control has shown that the set gets through; now the text without it.
            hits = self.found.Match(data) or []
        return [hit for hit in hits if hit != self.control]


@dataclass(frozen=True, slots=True)
class Part:
    """One expression of one rule in one view, compiled alone.

    Attributes:
        rule: position of the rule.
        width: most characters of a match in the view, or None.
        looks_ahead: whether a match may depend on the character behind it.
        pattern: the expression as RE2 compiled it.
    """

    rule: int
    width: int | None
    looks_ahead: bool
    pattern: Any

    def surely_in(self, window: bytes, begin: int) -> bool:
        """Whether a match begins at byte `begin` or later and needs nothing that is yet to come."""
        if not self.looks_ahead:
            return self.pattern.search(window, begin) is not None
        return any(match.end() < len(window) for match in self.pattern.finditer(window, begin))


@dataclass(frozen=True, slots=True)
class ViewSet:
    """The expressions of one side in one view, together and each."""

    view: View
    parts: tuple[Part, ...]
    matcher: SetMatcher

    def hits(self, text: str) -> list[Part]:
        """Return what occurs in a text."""
        return [self.parts[hit] for hit in self.matcher.match(seen_bytes(self.view, text))]


class RuleSet:
    """Rules, compiled. Safe to share: nothing changes after it is built.

    Raises:
        Problem: `rules-duplicate`, `rules-expression`, `rules-example`, `rules-too-many`, or
            `package-missing`.
    """

    def __init__(self, rules: Sequence[Rule], builder: SetBuilder | None = None) -> None:
        self.rules: Final = tuple(rules)
        chosen = Re2Sets() if builder is None else builder
        self.matcher_name: Final = chosen.name
        _check_ids(self.rules)
        sides: dict[Side, tuple[ViewSet, ...]] = {}
        for side in ("request", "reply"):
            sides[side] = tuple(_view_sets(self.rules, side, chosen))
        self.sides: Final[Mapping[Side, tuple[ViewSet, ...]]] = sides
        stops = [
            (at, rule)
            for at, rule in enumerate(self.rules)
            if rule.reply and rule.action == "withhold"
        ]
        self._plain = frozenset(at for at, rule in stops if not rule.request)
        self._mixed = tuple(at for at, rule in stops if rule.request)
        self._reaches: dict[tuple[View, frozenset[int]], int | None] = {}
        _check_examples(self)

    def request_hits(self, text: str, folded: bytes | None = None) -> list[int]:
        """Return the positions of the rules of requests alone that a conversation matches.

        `folded` is that view of the text, where it was made already.
        """
        found = self._found("request", text, folded)
        return sorted(hit for hit in found if not self.rules[hit].reply) if found else []

    def reply_hits(
        self,
        pieces: Sequence[str],
        request: Callable[[], str],
        folded: Sequence[bytes] | None = None,
    ) -> list[int]:
        """Return the positions of the rules that an answer, or the exchange, matches.

        `request` gives the conversation, and is called only where a rule asks for it. `folded`
        are those views of the pieces, where they were made already.
        """
        found: set[int] = set()
        for at, piece in enumerate(pieces):
            found.update(self._found("reply", piece, None if folded is None else folded[at]))
        return sorted(hit for hit in found if self.applies(hit, request)) if found else []

    def applies(self, position: int, request: Callable[[], str]) -> bool:
        """Whether a rule looks at answers to this conversation: its request part is found there."""
        if not self.rules[position].request:
            return True
        text = request()
        return any(
            part.rule == position and part.pattern.search(seen_bytes(one.view, text)) is not None
            for one in self.sides["request"]
            for part in one.parts
        )

    def stopping(self, request: Callable[[], str]) -> frozenset[int]:
        """Return the rules that withhold answers to this conversation."""
        if not self._mixed:
            return self._plain
        asked = frozenset(self._found("request", request(), None))
        return self._plain.union(asked.intersection(self._mixed))

    def reach(self, one: "ViewSet", applying: frozenset[int]) -> int | None:
        """Return the widest match of these rules in a view: 0 for no rule, None for no limit."""
        key = (one.view, applying)
        if key not in self._reaches:
            widths = [part.width for part in one.parts if part.rule in applying]
            known = [width for width in widths if width is not None]
            if len(self._reaches) >= _MOST_REACHES:
                self._reaches.clear()
            self._reaches[key] = None if len(known) < len(widths) else max(known, default=0)
        return self._reaches[key]

    def _found(self, side: Side, text: str, folded: bytes | None) -> list[int]:
        found: list[int] = []
        for one in self.sides[side]:
            made = None if one.view != "folded" else folded
            hits = one.matcher.match(seen_bytes(one.view, text) if made is None else made)
            if hits:
                found += [one.parts[hit].rule for hit in hits]
        return found


def _view_sets(rules: Sequence[Rule], side: Side, builder: SetBuilder) -> list[ViewSet]:
    sets = []
    for view in VIEWS:
        parts, written = [], []
        for position, rule in enumerate(rules):
            expression = rule.request if side == "request" else rule.reply
            if expression and view in rule.views:
                cased = view == "raw" and not rule.ignore_case
                written.append(expression if cased else f"(?i:{expression})")
                parts.append(_part(position, rule, expression, written[-1]))
        if parts:
            sets.append(ViewSet(view, tuple(parts), builder.build(written)))
    return sets


def _part(position: int, rule: Rule, expression: str, written: str) -> Part:
    re2 = _re2()
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        pattern = re2.compile(written.encode(), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "refused"
        shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Problem.of(
            "rules-expression",
            f"rule `{rule.id}`: RE2 refuses the expression: {shown}",
            help="write it without what RE2 does not have",
        ) from None
    known = study(expression)
    return Part(position, known.width, known.looks_ahead, pattern)


def _check_ids(rules: Sequence[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise Problem.of(
                "rules-duplicate",
                f"two rules have the id `{rule.id}`",
                help="give one of them another `id`",
            )
        seen.add(rule.id)


def _check_examples(compiled: RuleSet) -> None:
    """A rule that does not match what its author says it matches is broken, not strict."""
    for position, rule in enumerate(compiled.rules):
        for number, example in enumerate(rule.examples, 1):
            parts = (
                part.pattern.search(seen_bytes(one.view, example))
                for sets in compiled.sides.values()
                for one in sets
                for part in one.parts
                if part.rule == position
            )
            if not any(parts):
                raise Problem.of(
                    "rules-example",
                    f"rule `{rule.id}` does not match its example {number}",
                    help="mend the expression, or look at the text in another of `views`",
                )


def _re2() -> Any:
    try:
        import re2
    except ImportError:
        raise _missing() from None
    return re2


def _missing() -> Problem:
    return Problem.of(
        "package-missing",
        "screening by rules needs google-re2",
        help=INSTALL,
        exit_code=ExitCode.ENVIRONMENT,
    )
