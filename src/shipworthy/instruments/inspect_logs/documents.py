"""The parts of an Inspect log, version 2, that an import reads; the rest is covered by digests."""

from typing import Any, Literal

import msgspec

VERSION = 2
"""The version of the format that is read and written."""

Status = Literal["started", "success", "cancelled", "error"]
SampleId = int | str


class Dataset(msgspec.Struct, frozen=True):
    """What was to be run."""

    name: str | None = None
    samples: int | None = None
    sample_ids: list[SampleId] | None = None


class Config(msgspec.Struct, frozen=True):
    """How it was to be run."""

    epochs: int | None = None


class Spec(msgspec.Struct, frozen=True):
    """What a log says about its evaluation before it starts."""

    task: str
    model: str
    created: str = ""
    eval_id: str = ""
    tags: list[str] | None = None
    task_args: dict[str, Any] = {}
    dataset: Dataset = Dataset()
    config: Config = Config()
    packages: dict[str, Any] = {}
    metadata: dict[str, Any] | None = None


class Header(msgspec.Struct, frozen=True):
    """A log without its samples; one that died early has no status of its own."""

    version: int
    eval: Spec
    status: Status = "started"


class Message(msgspec.Struct, frozen=True):
    """A turn; `content` is text or a list of parts with a `type`."""

    role: str
    content: str | list[dict[str, Any]] = ""
    tool_calls: list[dict[str, Any]] | None = None


class Choice(msgspec.Struct, frozen=True):
    """An answer and why it ended."""

    message: Message
    stop_reason: str = "unknown"


class TokenUsage(msgspec.Struct, frozen=True):
    """Tokens as the provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0


class Output(msgspec.Struct, frozen=True):
    """The last answer of the model."""

    choices: list[Choice] = []
    error: str | None = None


class GivenScore(msgspec.Struct, frozen=True):
    """What a scorer said. A value of NaN says nothing; `reason` says why."""

    value: Any
    reason: str | None = None
    metadata: dict[str, Any] | None = None
    history: list[Any] = []


class Limit(msgspec.Struct, frozen=True):
    """The limit that ended a sample."""

    type: str


class Sample(msgspec.Struct, frozen=True):
    """One sample in one epoch."""

    id: SampleId
    epoch: int
    input: str | list[Message]
    messages: list[Message] = []
    output: Output = Output()
    scores: dict[str, GivenScore] | None = None
    metadata: dict[str, Any] | None = None
    model_usage: dict[str, TokenUsage] | None = None
    working_time: float | None = None
    error: Any = None
    limit: Limit | None = None
    invalidation: Any = None
    attachments: dict[str, str] | None = None
