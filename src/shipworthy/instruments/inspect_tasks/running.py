"""One part of a run: samples of a task, on one model or script, behind the layers of one arm."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from shipworthy.instruments.inspect_tasks.guarding import guard_model
from shipworthy.instruments.inspect_tasks.loading import made_task, sample_contents
from shipworthy.instruments.inspect_tasks.outcomes import Ended
from shipworthy.instruments.inspect_tasks.settings import InspectOptions
from shipworthy.instruments.inspect_tasks.witnessing import (
    CACHE,
    SampleId,
    Watch,
    stopping,
    watched,
)
from shipworthy.instruments.safeguards import Layer
from shipworthy.instruments.targets import refusing_reply
from shipworthy.kernel import Digest, ExitCode, Location, Problem

_LONGEST: Final = 200


class Script(Enum):
    """Who answers: the model under assessment, or a control."""

    MODEL = "model"
    ACCOMPLICE = "accomplice"
    REFUSER = "refuser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What runs in one go.

    Attributes:
        script: who answers.
        tags: tags of the log: the arm, or the control.
        layers: what stands around the model.
        samples: the samples in the order in which they start, with the digest of their content.
        epochs: how often each runs.
        passed_over: returns why a sample is not to run in an epoch, or an empty string.
        ended: called with each sample when it has ended.
        concurrency: samples, and requests, in flight.
    """

    script: Script
    tags: tuple[str, ...]
    layers: Sequence[Layer]
    samples: Mapping[SampleId, Digest]
    epochs: int
    passed_over: Callable[[SampleId, int], str]
    ended: Callable[[Ended], None]
    concurrency: int


@dataclass(frozen=True, slots=True)
class PartEnd:
    """How a part ended: `success`, `cancelled`, `error`; `why` is one line about an error."""

    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """The folder of the assessment, where its options stand, and where logs are written."""

    folder: Path
    place: Location
    logs: Path


def run_part(options: InspectOptions, part: Part, at: Workplace) -> PartEnd:
    """Run a part with Inspect, in this process.

    Raises:
        Problem: `inspect-task` for a task that is not what was loaded before; `inspect-model`
            (environment) for a model that cannot be reached; and what `part.ended` raises.
    """
    with tempfile.TemporaryDirectory(prefix="shipworthy-") as cache, _cache(cache):
        watch = Watch(part.ended, part.passed_over, cache)
        task = _task(options, part, at)
        model = _model(options, part.script, at.place, part.concurrency)
        guard_model(model, part.layers, watch.record)
        task.early_stopping = stopping(watch)
        watched(watch)
        try:
            end = _evaluated(options, part, at, (task, model))
        finally:
            watched(None)
    if watch.fault is not None:
        raise watch.fault
    return end


@contextmanager
def _cache(folder: str) -> Iterator[None]:
    """Keep answers apart: what another arm, run or control was told is no answer here."""
    before = os.environ.get(CACHE)
    os.environ[CACHE] = folder
    try:
        yield
    finally:
        os.environ.pop(CACHE)
        if before is not None:
            os.environ[CACHE] = before


def _task(options: InspectOptions, part: Part, at: Workplace) -> Any:
    from inspect_ai.dataset import MemoryDataset

    accomplice = options.accomplice
    further = accomplice.task_args if accomplice and part.script is Script.ACCOMPLICE else {}
    task = made_task(options, at.folder, at.place, further)
    found = sample_contents(task)
    changed = [name for name, content in part.samples.items() if found.get(name) != content]
    if changed:
        raise Problem.of(
            "inspect-task",
            f"sample `{changed[0]}` is not the one that the plan registers",
            location=at.place,
            help="a task has to give the same samples each time, whatever `accomplice` changes",
        )
    samples = {sample.id: sample for sample in task.dataset}
    task.dataset = MemoryDataset(
        [samples[name] for name in part.samples],
        name=task.dataset.name,
        location=task.dataset.location,
    )
    task.model = None
    return task


def check_models(options: InspectOptions, place: Location) -> None:
    """Open the model, and that of the accomplice, without asking them anything.

    Raises:
        Problem: `inspect-model` (environment).
    """
    for script in (Script.MODEL, *((Script.ACCOMPLICE,) if options.accomplice else ())):
        _model(options, script, place, 1)


def _model(options: InspectOptions, script: Script, place: Location, concurrency: int) -> Any:
    from inspect_ai.model import GenerateConfig, get_model

    name, arguments = options.model, options.model_args
    own = True
    if script is Script.REFUSER:
        name, arguments, own = "mockllm/refuser", {"custom_outputs": _refusal}, False
    elif script is Script.ACCOMPLICE and options.accomplice and options.accomplice.model:
        name, arguments, own = options.accomplice.model, options.accomplice.model_args, False
    try:
        config = GenerateConfig(**{"max_connections": concurrency, **options.generate})
        return get_model(
            name,
            config=config,
            base_url=(options.base_url or None) if own else None,
            memoize=False,
            **arguments,
        )
    except Exception as error:
        raise Problem.of(
            "inspect-model",
            f"cannot reach model `{name}`: {_line(error)}",
            location=place,
            help="see to it that `inspect eval` reaches it: packages and credentials are its own",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error


def _refusal(messages: Any, tools: Any, tool_choice: Any, config: Any) -> Any:  # noqa: ARG001 - the protocol of Inspect
    from inspect_ai.model import ModelOutput, ModelUsage

    text = refusing_reply(len(messages[-1].text)).text
    output = ModelOutput.from_content("refuser", text)
    # without it, counting tokens would fetch a vocabulary
    output.usage = ModelUsage()
    return output


def _evaluated(
    options: InspectOptions, part: Part, at: Workplace, prepared: tuple[Any, Any]
) -> PartEnd:
    from inspect_ai import Epochs, eval  # noqa: A004 - the name of the function of Inspect

    task, model = prepared
    at.logs.mkdir(parents=True, exist_ok=True)
    limits = options.limits
    try:
        logs = eval(
            task,
            model=model,
            model_roles=dict(options.model_roles) or None,
            tags=list(part.tags),
            metadata={"arm": part.tags[0]},
            display="none",
            log_dir=str(at.logs),
            log_format="eval",
            log_samples=True,
            log_realtime=False,
            log_model_api=False,
            score_display=False,
            epochs=Epochs(part.epochs),
            fail_on_error=False,
            retry_on_error=0,
            max_samples=part.concurrency,
            message_limit=limits.messages or None,
            token_limit=limits.tokens or None,
            time_limit=limits.seconds or None,
        )
    except KeyboardInterrupt:
        return PartEnd("cancelled", "")
    except Exception as error:  # noqa: BLE001 - whatever a task raises, what was recorded stands
        return PartEnd("error", _line(error))
    if not logs:
        # what an interrupt leaves; the log on disk has the samples that it broke off
        return PartEnd("cancelled", "")
    (log,) = logs
    why = _line(log.error.message) if log.error else ""
    return PartEnd(log.status, why)


def _line(error: object) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:_LONGEST]
