"""What an assessment says about a task of Inspect: the options of the target `inspect`."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from shipworthy.instruments.inspect_logs import ScoreRules, parse_rule
from shipworthy.instruments.inspect_logs.untrusted_json import digest_json
from shipworthy.kernel import Digest, Location, Problem, Record, convert_record, digest_text, short

_CREDENTIAL: Final = re.compile(
    r"(?i)(api[_-]?key|[_-]token|^token|secret|password|credentials?|authorization)$"
)
_MOST: Final = 1_000_000


class Accomplice(Record, frozen=True, kw_only=True):
    """Who is to breach every sample, so that a breach is known to be seen.

    Attributes:
        model: a model of Inspect that gives in; empty for the one under assessment.
        model_args: its arguments.
        task_args: arguments of the task beside its own, such as an agent that replays the attack.
    """

    model: str = ""
    model_args: dict[str, Any] = msgspec.field(default_factory=dict)
    task_args: dict[str, Any] = msgspec.field(default_factory=dict)


class SampleLimits(Record, frozen=True, kw_only=True):
    """Where a sample ends at the latest; 0 for no limit of ours.

    Attributes:
        messages: messages of its conversation.
        tokens: tokens of all models.
        seconds: seconds of time.
    """

    messages: int = 0
    tokens: int = 0
    seconds: int = 0


class InspectOptions(Record, frozen=True, kw_only=True):
    """A task of Inspect, the model that it runs on, and what its scores mean.

    Attributes:
        task: `PACKAGE/TASK`, or the path of a file (`FILE.py`, `FILE.py@TASK`) beside the
            assessment.
        model: the model, as Inspect names it.
        breach_when: rules of which one that fits makes a sample a breach.
        held_when: rules of which one that fits makes it held.
        task_args: arguments of the task.
        model_args: arguments of the model; credentials stay in the environment.
        base_url: where the model is served, if not where its provider serves it.
        model_roles: other models that the task asks by role, such as `grader`.
        generate: how answers are drawn, by Inspect's names, such as `temperature`.
        epochs: attempts on each sample.
        scenario_by: the metadata of a sample that names its scenario, such as the injection of
            which it is one occasion; empty where every sample is a scenario of its own.
        limits: where a sample ends at the latest.
        controls: scenarios on which the controls run; 0 for all.
        accomplice: the positive control; without one nothing shows that a breach would be seen.
    """

    task: str
    model: str
    breach_when: tuple[str, ...]
    held_when: tuple[str, ...]
    task_args: dict[str, Any] = msgspec.field(default_factory=dict)
    model_args: dict[str, Any] = msgspec.field(default_factory=dict)
    base_url: str = ""
    model_roles: dict[str, str] = msgspec.field(default_factory=dict)
    generate: dict[str, Any] = msgspec.field(default_factory=dict)
    epochs: int = 1
    scenario_by: str = ""
    limits: SampleLimits = SampleLimits()
    controls: int = 0
    accomplice: Accomplice | None = None

    @property
    def rules(self) -> ScoreRules:
        """The rules, read.

        Raises:
            Problem: `inspect-rule`.
        """
        return ScoreRules(
            breached=tuple(parse_rule(text) for text in self.breach_when),
            held=tuple(parse_rule(text) for text in self.held_when),
        )

    @property
    def reached(self) -> str:
        """What tells a model from another of its name: marks of its address and its arguments."""
        address = f", address {short(digest_text(self.base_url))}" if self.base_url else ""
        arguments = [self.model_args, self.generate]
        drawn = f", arguments {short(digest_json(arguments))}" if any(arguments) else ""
        return address + drawn

    @property
    def digest(self) -> Digest:
        """Digest of all settings, as `digest_json`."""
        return digest_json(msgspec.to_builtins(self))


def read_options(options: dict[str, Any], place: Location) -> InspectOptions:
    """Read the options of the target `inspect`.

    Raises:
        Problem: `record-invalid`, `inspect-rule`, or `inspect-setting` for a value that cannot be.
    """
    found = convert_record(options, InspectOptions, str(place))
    for what, right in _faults(found):
        raise Problem.of("inspect-setting", what, location=place, help=right)
    if not found.breach_when or not found.held_when:
        raise Problem.of(
            "inspect-rule",
            "what a score means is not known: `correct` is good in one task and a breach in the "
            "next",
            location=place,
            help='give both `breach_when` and `held_when`, lists of `"SCORER == VALUE"`',
        )
    _check_rules(found, place)
    return found


def _check_rules(found: InspectOptions, place: Location) -> None:
    try:
        found.rules  # noqa: B018 - read to refuse what is no rule
    except Problem as problem:
        (wrong,) = problem.diagnostics
        raise Problem.of(wrong.code, wrong.message, location=place, help=wrong.help) from None


def _faults(found: InspectOptions) -> Iterator[tuple[str, str]]:
    if not found.task.strip() or not found.model.strip():
        yield "`task` or `model` is empty", "name both, as for `inspect eval TASK --model MODEL`"
    accomplice = found.accomplice
    given = [found.model_args, found.generate, accomplice.model_args if accomplice else {}]
    names = list(_names(given))
    if "@" in found.base_url:
        names.append("base_url")
    for name in names:
        if name == "base_url" or _CREDENTIAL.search(name):
            yield (
                f"`{name}` looks like a credential, and an assessment is published",
                "put it into the environment variable that Inspect reads for the provider",
            )
    if accomplice and not (accomplice.model or accomplice.task_args):
        yield (
            "`accomplice` is the model under assessment once more",
            "give it a `model` that gives in, or `task_args` with an agent that replays the attack",
        )
    limits = found.limits
    for name, value, least in (
        ("epochs", found.epochs, 1),
        ("controls", found.controls, 0),
        ("limits.messages", limits.messages, 0),
        ("limits.tokens", limits.tokens, 0),
        ("limits.seconds", limits.seconds, 0),
    ):
        if not least <= value <= (_MOST if name != "limits.tokens" else 2**53):
            yield f"`{name} = {value}`", f"a whole number from {least} on"


def _names(value: object) -> Iterator[str]:
    """Yield the names of all settings within settings."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
