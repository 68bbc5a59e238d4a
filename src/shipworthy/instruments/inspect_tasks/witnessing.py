"""How Inspect tells us that a sample ended, and asks whether the next is due.

Inspect swallows what a hook raises. So a fault is kept, nothing more is started after it, and
whoever runs the part raises it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from shipworthy.instruments.inspect_logs import Sample
from shipworthy.instruments.inspect_logs.untrusted_json import convert
from shipworthy.instruments.inspect_tasks.guarding import LayerRecord
from shipworthy.instruments.inspect_tasks.outcomes import Ended

SampleId = int | str

_UNREAD: Final = frozenset(
    {"events", "events_data", "timelines", "store", "metadata", "attachments", "target", "choices"}
)
"""Parts of a sample that ended which no outcome is read from; some cannot be written down."""

CACHE: Final = "INSPECT_CACHE_DIR"


@dataclass(slots=True)
class Watch:
    """One part of a run: who is told of samples, and what is due.

    `passed_over` returns why a sample is not to run in an epoch, or an empty string.
    """

    ended: Callable[[Ended], None]
    passed_over: Callable[[SampleId, int], str]
    cache: str
    record: LayerRecord = field(default_factory=LayerRecord)
    fault: BaseException | None = None

    def take(self, execution: str, sample: Any) -> None:
        """Hand on a sample that ended; a fault is kept."""
        if self.fault is not None:
            return
        try:
            plain = sample.model_dump(mode="json", exclude=set(_UNREAD))
            found = convert(plain, Sample, f"sample {sample.id}")
            self.ended(Ended(found, self.record.of(execution)))
        except Exception as error:  # noqa: BLE001 - raised again by whoever runs the part
            self.fault = error


class _Watched:
    """The part that runs now; one at a time in a process, as Inspect runs one evaluation."""

    now: Watch | None = None
    registered: bool = False


def watched(watch: Watch | None) -> None:
    """Tell `watch` of every sample from now on; nobody for None."""
    if not _Watched.registered:
        _register()
        _Watched.registered = True
    _Watched.now = watch


def _register() -> None:
    """Register the hooks: Inspect keeps them for the life of the process."""
    from inspect_ai.hooks import Hooks, hooks

    class Witness(Hooks):  # type: ignore[misc]  # Any, whether Inspect is installed or not
        def enabled(self) -> bool:
            return _Watched.now is not None

        async def on_task_start(self, data: Any) -> None:  # noqa: ARG002 - the names of Inspect
            if _Watched.now is not None:
                # an answer kept from the other arm would have met other layers
                os.environ[CACHE] = _Watched.now.cache

        async def on_sample_scoring(self, data: Any) -> None:
            if _Watched.now is not None:
                _Watched.now.record.scoring.add(data.sample_id)

        async def on_sample_end(self, data: Any) -> None:
            if _Watched.now is not None:
                _Watched.now.take(data.sample_id, data.sample)

    hooks(name="shipworthy", description="Writes each sample into the evidence as it ends.")(
        Witness
    )


def stopping(watch: Watch) -> Any:
    """Return what Inspect asks before it starts a sample."""
    from inspect_ai.util import EarlyStop

    class Stopping:
        async def start_task(self, task: Any, samples: Any, epochs: int) -> str:  # noqa: ARG002 - the protocol of Inspect
            return "shipworthy"

        async def schedule_sample(self, id: SampleId, epoch: int) -> Any:  # noqa: A002 - the protocol of Inspect
            reason = watch.passed_over(id, epoch)
            if watch.fault is not None:
                reason = "the evidence of an earlier sample could not be written"
            return EarlyStop(id=id, epoch=epoch, reason=reason) if reason else None

        async def complete_sample(self, id: SampleId, epoch: int, scores: Any) -> None:  # noqa: A002 - the protocol of Inspect
            """Learn nothing: samples are read where they are recorded."""

        async def complete_task(self) -> dict[str, Any]:
            return {}

    return Stopping()
