"""Options of the screening layer."""

from typing import Final, Literal

from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.instruments.safeguards.output_filter.patterns import KEY_PATTERNS
from shipworthy.instruments.safeguards.screening.exchange import PLACES, Place
from shipworthy.instruments.safeguards.screening.experts import ClassifierOptions, JudgeOptions
from shipworthy.instruments.safeguards.screening.probe import Promise
from shipworthy.instruments.safeguards.screening.rules import Rule
from shipworthy.kernel import Record

KEY_RULES: Final = tuple(
    Rule(id=pattern.name, reply=pattern.expression, views=("raw",)) for pattern in KEY_PATTERNS
)
"""Key-like strings that no answer should hold."""


class ProbeOptions(Record, frozen=True, kw_only=True):
    """The learned stage of a screen.

    Attributes:
        model: file of a trained probe, relative to the file that names it; none means the
            built-in one, made on first use from the labelled texts that the input filter uses.
        promise: what the built-in one's threshold has to keep; a trained probe brings its own.
        unsupported: what to do where the data cannot support the promise: `refuse` to start, or
            `delegate-all` to the expert.
        action: `withhold` what crosses the threshold (or, with an expert, what the expert then
            finds harmful), or `flag` it.
        hold: for answers that arrive in pieces. `reply` holds them until their end; `window` lets
            leave what lies before the last full window of 256 bytes, and stops at one that
            crosses.
        places: what of a request is scored, within the `places` of the screen. The built-in probe
            knows user turns: most system prompts cross its threshold.
    """

    model: str = ""
    promise: Promise | None = None
    unsupported: Literal["refuse", "delegate-all"] = "refuse"
    action: Literal["withhold", "flag"] = "withhold"
    hold: Literal["reply", "window"] = "reply"
    places: tuple[Place, ...] = ("user",)

    def __post_init__(self) -> None:
        if self.model and self.promise is not None:
            raise ValueError("a trained probe brings its own `promise`: train it with another one")
        _check_places(self.places, "probe.places")

    @property
    def use(self) -> tuple[str, str]:
        """What is done with its scores, apart from where the probe comes from."""
        return self.action, self.hold


class ScreenOptions(Enforcement, frozen=True, kw_only=True):
    """Options of the screening layer.

    Attributes:
        places: what of a request rules look at and the expert is shown; by default everything
            that a client can write. Leave `system` out only where no client writes system turns,
            `tool-descriptions` only where none brings tools.
        rules: rules, written here.
        rule_files: TOML or YAML files with rules, relative to the file that names them.
        key_rules: whether the built-in rules for key-like strings in answers are used.
        matcher: `re2`, in this process; `hyperscan`, in a process of its own, finds the same.
        probe: the learned stage; none means rules alone.
        judge: an expert behind HTTP. With a probe it is asked about what crosses the threshold,
            without one about every exchange.
        classifier: an expert on this machine, instead of `judge`.
    """

    name: str = "screen"
    places: tuple[Place, ...] = PLACES
    rules: tuple[Rule, ...] = ()
    rule_files: tuple[str, ...] = ()
    key_rules: bool = True
    matcher: Literal["re2", "hyperscan"] = "re2"
    probe: ProbeOptions | None = None
    judge: JudgeOptions | None = None
    classifier: ClassifierOptions | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.judge is not None and self.classifier is not None:
            raise ValueError("a screen has one expert: `judge` or `classifier`")
        rules = self.rules or self.rule_files or self.key_rules
        if not (rules or self.probe or self.judge or self.classifier):
            raise ValueError("a screen needs rules, a probe or an expert")
        _check_places(self.places, "places")
        scored = () if self.probe is None else self.probe.places
        outside = next((place for place in scored if place not in self.places), None)
        if outside is not None:
            raise ValueError(f"`probe.places` names `{outside}`, which `places` leaves out")


def _check_places(places: tuple[Place, ...], name: str) -> None:
    if not places or len(set(places)) < len(places):
        raise ValueError(f"`{name}` needs at least one place, and each once")
