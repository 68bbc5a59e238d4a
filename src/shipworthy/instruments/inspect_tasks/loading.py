"""A task of Inspect before it runs: its samples by digest, its scorers, where it comes from."""

import importlib.metadata
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shipworthy.instruments.inspect_logs import Sample, request_of
from shipworthy.instruments.inspect_logs.untrusted_json import convert, digest_json
from shipworthy.instruments.inspect_tasks.settings import InspectOptions
from shipworthy.kernel import Digest, ExitCode, Location, Problem, did_you_mean, digest_bytes
from shipworthy.vocabulary import Request

TESTED: Final = "0.3.285"
"""The version of Inspect that tasks are run with."""

_SUFFIX: Final = ".py"


@dataclass(frozen=True, slots=True)
class TaskSample:
    """A sample of the dataset: what it asks, and the digest of all that the dataset fixes of it.

    `scenario` names what it is an occasion of: a value of its metadata, or its own id.
    """

    id: int | str
    scenario: str
    request: Request
    content: Digest


@dataclass(frozen=True, slots=True)
class LoadedTask:
    """What is known of a task before it runs.

    `samples` are the different ones, in the order of the dataset; `repeated` counts those that ask
    the same once more under another id, which are left out.
    """

    name: str
    program: str
    packages: Mapping[str, str]
    source: Digest
    samples: tuple[TaskSample, ...]
    repeated: int
    scorers: tuple[str, ...]


def inspect_version() -> str:
    """Return the version of Inspect that is installed.

    Raises:
        Problem: `extra-missing` (environment), also for a version whose hooks nobody tried: what
            they tell, and when, is what the evidence rests on.
    """
    try:
        version = importlib.metadata.version("inspect-ai")
    except importlib.metadata.PackageNotFoundError:
        raise Problem.of(
            "extra-missing",
            "tasks of Inspect are run with Inspect, which is not installed",
            help="install it beside Shipworthy: `pip install 'shipworthy[inspect-tasks]'`",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    if version != TESTED:
        raise Problem.of(
            "extra-missing",
            f"inspect-ai {version} is installed, and tasks are run with {TESTED}",
            help=f"`pip install 'inspect-ai=={TESTED}'`",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return version


def load_task(options: InspectOptions, folder: Path, place: Location) -> LoadedTask:
    """Load the task once, to see what it would ask.

    Raises:
        Problem: `extra-missing`; `inspect-task` for a task that cannot be loaded, or has no sample
            or no scorer; `inspect-scorer` for rules about a scorer that it does not have.
    """
    version = inspect_version()
    task = made_task(options, folder, place, {})
    samples = tuple(_samples(task, options.scenario_by, place))
    different = {one.content: one for one in reversed(samples)}.values()
    scorers = tuple(_scorers(task))
    loaded = LoadedTask(
        name=task.name,
        program=f"inspect_ai {version}",
        packages=dict(sorted(_packages(options.task))),
        source=_source(options.task, folder),
        samples=tuple(reversed(different)),
        repeated=len(samples) - len(different),
        scorers=scorers,
    )
    if not samples or not scorers:
        lacking = "no scorer" if samples else "no sample"
        raise _cannot(f"it has {lacking}", place, "name a task that has samples and scores them")
    _check_scorers(options, loaded, place)
    return loaded


def made_task(
    options: InspectOptions, folder: Path, place: Location, further: Mapping[str, Any]
) -> Any:
    """Return a new task of Inspect; `further` are arguments beside its own.

    Raises:
        Problem: `inspect-task`.
    """
    arguments = {**options.task_args, **further}
    file = _file(options.task, folder)
    _check_there(options.task, file, place)
    try:
        tasks = _created(options.task, file, arguments)
    except Exception as error:
        raise _cannot(f"{type(error).__name__}: {_first_line(error)}", place, _AS_ALONE) from error
    if len(tasks) != 1:
        raise _cannot(
            f"the file defines {len(tasks)} tasks", place, "name one of them: `FILE.py@TASK`"
        )
    known = _parameters(tasks[0])
    for argument in arguments:
        if known is not None and argument not in known:
            raise _cannot(
                f"it takes no argument `{argument}`", place, did_you_mean(argument, known)
            )
    for number, sample in enumerate(tasks[0].dataset, start=1):
        if sample.id is None:
            sample.id = number
    return tasks[0]


def _check_there(task: str, file: Path | None, place: Location) -> None:
    from inspect_ai._util.registry import registry_lookup

    if file is None and registry_lookup("task", task) is None:
        raise _cannot(
            f"no installed package has a task `{task}`",
            place,
            "write PACKAGE/TASK of an installed package, or the path of a file",
        )
    if file is not None and not file.is_file():
        raise _cannot("there is no such file", place, "the path is relative to the assessment")


def _created(task: str, file: Path | None, arguments: Mapping[str, Any]) -> Sequence[Any]:
    from inspect_ai._eval.loader import create_tasks, load_task_spec

    name = task.partition("@")[2]
    if file is None or name:
        found: Sequence[Any] = load_task_spec(f"{file}@{name}" if file else task, arguments)
        return found
    every: Sequence[Any] = create_tasks([file.name], arguments, file.parent)
    return every


def _parameters(task: Any) -> Sequence[str] | None:
    """Return the arguments that a task takes; nothing where it takes any.

    Inspect itself drops an argument that a task does not take.
    """
    from inspect_ai._util.registry import registry_info, registry_lookup

    made = registry_lookup("task", registry_info(task).name)
    parameters = inspect.signature(made).parameters.values() if made else ()
    if not made or any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return None
    return [one.name for one in parameters]


_AS_ALONE: Final = "see to it that `inspect eval` runs it first"


def _file(task: str, folder: Path) -> Path | None:
    """Return the file of a task; nothing for a task of an installed package."""
    path = task.partition("@")[0]
    return (folder / path).resolve() if path.endswith(_SUFFIX) else None


def _source(task: str, folder: Path) -> Digest:
    file = _file(task, folder)
    return digest_bytes(file.read_bytes()) if file else ""


def _packages(task: str) -> Iterator[tuple[str, str]]:
    """Yield the package of a task and those that register something with Inspect."""
    named = {task.partition("/")[0]} if "/" in task and _SUFFIX not in task else set()
    named |= {one.module.partition(".")[0] for one in _entry_points()}
    known = importlib.metadata.packages_distributions()
    for module in named:
        for distribution in known.get(module, ()):
            yield distribution, importlib.metadata.version(distribution)


def _entry_points() -> Iterator[importlib.metadata.EntryPoint]:
    yield from importlib.metadata.entry_points(group="inspect_ai")


def sample_contents(task: Any) -> dict[int | str, Digest]:
    """Return the digest of all that the dataset fixes of each sample, before anything runs."""
    return {sample.id: _content(_plain(sample)) for sample in task.dataset}


def _samples(task: Any, scenario_by: str, place: Location) -> Iterator[TaskSample]:
    for sample in task.dataset:
        plain = _plain(sample)
        known = {"": sample.id, **(plain["metadata"] or {})}
        if scenario_by not in known:
            raise _cannot(
                f"sample `{sample.id}` has no metadata `{scenario_by}`",
                place,
                f"`scenario_by`: {did_you_mean(scenario_by, [name for name in known if name])}",
            )
        document = {"id": sample.id, "epoch": 1, "input": plain["input"]}
        asked = request_of(convert(document, Sample, task.name))
        yield TaskSample(sample.id, str(known[scenario_by]), asked, _content(plain))


def _plain(sample: Any) -> dict[str, Any]:
    """Return a sample as JSON; what cannot be written down is named by its type."""
    from pydantic_core import to_jsonable_python

    plain: dict[str, Any] = to_jsonable_python(sample, fallback=lambda one: type(one).__name__)
    asked = plain["input"]
    if isinstance(asked, list):
        # ids of turns are drawn anew each time
        plain["input"] = [{k: v for k, v in turn.items() if k != "id"} for turn in asked]
    return plain


def _content(plain: Mapping[str, Any]) -> Digest:
    return digest_json({key: value for key, value in plain.items() if key != "id"})


def _scorers(task: Any) -> Iterator[str]:
    from inspect_ai.scorer._scorer import unique_scorer_name

    found: list[str] = []
    for scorer in task.scorer or ():
        found.append(unique_scorer_name(scorer, found))
    yield from found


def _check_scorers(options: InspectOptions, task: LoadedTask, place: Location) -> None:
    for rule in options.rules.all:
        if not scorer_named(rule.name, task.scorers):
            raise Problem.of(
                "inspect-scorer",
                f"task `{task.name}` has no scorer `{rule.name}`",
                location=place,
                help=did_you_mean(rule.name, task.scorers),
            )


def scorer_named(name: str, scorers: tuple[str, ...]) -> str:
    """Return the scorer that a rule is about, or an empty string; the longest name that fits."""
    fitting = [one for one in scorers if name == one or name.startswith(f"{one}.")]
    return max(fitting, key=len, default="")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]


def _cannot(what: str, place: Location, right: str) -> Problem:
    return Problem.of("inspect-task", f"cannot load the task: {what}", location=place, help=right)
