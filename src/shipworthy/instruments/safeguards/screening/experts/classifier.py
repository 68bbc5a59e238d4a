"""An expert on this machine: any ONNX classifier of texts, with its tokenizer."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from shipworthy.instruments.safeguards.options import OnError, proportion
from shipworthy.instruments.safeguards.protocol import Opinion
from shipworthy.kernel import (
    Digest,
    ExitCode,
    Location,
    Problem,
    Record,
    digest_file,
    digest_of,
    system_reason,
)

INSTALL: Final = "python -m pip install 'shipworthy[onnx]'"
_INPUTS: Final = frozenset({"input_ids", "attention_mask", "token_type_ids"})


class ClassifierOptions(Record, frozen=True, kw_only=True):
    """An ONNX model whose first output is one row of logits.

    Attributes:
        model: the ONNX file, relative to the file that names it.
        tokenizer: its `tokenizer.json`, relative likewise.
        harmful: position of the harmful class among the logits. A single logit is the log odds of
            harm, and then this is 0.
        tokens: longest input; a longer exchange is read in pieces, and the highest score counts.
        withhold_at: score from which it is harmful, a decimal string.
        deadline_ms: milliseconds after which no answer counts as a failure.
        asked: `request-and-answer`: about the request before the model is, and about the exchange
            once there is an answer. `answer`: once, about the exchange; the model is asked first,
            and what crossed in the request counts then.
        on_error: what a failure of the expert means; the layer's own where nothing is said.
    """

    model: str
    tokenizer: str
    harmful: int = 1
    tokens: int = 512
    withhold_at: str = "0.5"
    deadline_ms: int = 10_000
    asked: Literal["request-and-answer", "answer"] = "request-and-answer"
    on_error: OnError | None = None

    def __post_init__(self) -> None:
        if not 8 <= self.tokens <= 1_000_000:
            raise ValueError("`tokens` must be from 8 to 1000000")
        if not 1 <= self.deadline_ms <= 600_000:
            raise ValueError("`deadline_ms` must be from 1 to 600000")
        if self.harmful < 0:
            raise ValueError("`harmful` is a position, from 0")
        proportion(self.withhold_at, "withhold_at")


@dataclass(frozen=True, slots=True)
class Classifier:
    """Runs the model in a thread, so that the loop that serves traffic never waits for it."""

    options: ClassifierOptions
    identity: Digest
    session: Any = field(repr=False)
    tokenizer: Any = field(repr=False)

    @property
    def deadline_s(self) -> float:
        """Seconds for one question."""
        return self.options.deadline_ms / 1000

    async def ask(self, question: str) -> Opinion:
        """Score an exchange by its most harmful piece."""
        return await asyncio.to_thread(self.score, question)

    def score(self, text: str) -> Opinion:
        """Score a text.

        Raises:
            ValueError: the text has no tokens, or the model's output is not one row with the
                harmful class.
        """
        ids: Sequence[int] = self.tokenizer.encode(text).ids
        if not ids:
            raise ValueError("the tokenizer finds nothing to read")
        size = self.options.tokens
        # Half a piece overlaps, so that no short passage is cut in two in every piece.
        pieces = [ids[at : at + size] for at in range(0, max(len(ids) - size // 2, 1), size // 2)]
        return Opinion(max(self._score(piece) for piece in pieces), f"{len(pieces)} pieces")

    def _score(self, ids: Sequence[int]) -> float:
        import numpy as np

        given = {
            "input_ids": np.array([ids], np.int64),
            "attention_mask": np.ones((1, len(ids)), np.int64),
            "token_type_ids": np.zeros((1, len(ids)), np.int64),
        }
        names = [one.name for one in self.session.get_inputs()]
        logits = self.session.run(None, {name: given[name] for name in names})[0]
        row = [float(value) for value in np.asarray(logits).reshape(-1)]
        if self.options.harmful >= len(row) or not all(map(math.isfinite, row)):
            raise ValueError("the output is not one row of finite logits with the harmful class")
        if len(row) == 1:
            return 0.5 * (1.0 + math.tanh(0.5 * row[0]))
        top = max(row)
        weights = [math.exp(value - top) for value in row]
        return weights[self.options.harmful] / sum(weights)


def open_classifier(options: ClassifierOptions) -> Classifier:
    """Load the model and its tokenizer.

    Raises:
        Problem: `package-missing`, or `screen-classifier` for files that are none of these.
    """
    try:
        import onnxruntime
        import tokenizers
    except ImportError:
        raise Problem.of(
            "package-missing",
            "a classifier as expert needs onnxruntime and tokenizers",
            help=INSTALL,
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    parts = {
        name: _file_digest(path)
        for name, path in (("model", options.model), ("tokenizer", options.tokenizer))
    }
    try:
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            options.model, settings, providers=["CPUExecutionProvider"]
        )
        tokenizer = tokenizers.Tokenizer.from_file(options.tokenizer)
    except Exception as error:  # noqa: BLE001 - both packages raise types of their own
        raise Problem.of(
            "screen-classifier",
            f"the classifier cannot be loaded: {type(error).__name__}: {error}",
            location=Location(options.model),
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    unknown = sorted({one.name for one in session.get_inputs()} - _INPUTS)
    if unknown:
        raise Problem.of(
            "screen-classifier",
            f"the classifier asks for an input `{unknown[0]}`",
            location=Location(options.model),
            help=f"its inputs should be among {', '.join(sorted(_INPUTS))}",
        )
    decides = {
        **parts,
        "harmful": options.harmful,
        "tokens": options.tokens,
        "withhold at": options.withhold_at,
        "deadline": options.deadline_ms,
        "on error": options.on_error,
        "asked": options.asked,
        "runtime": onnxruntime.__version__,
    }
    return Classifier(options, digest_of(decides), session, tokenizer)


def _file_digest(path: str) -> Digest:
    try:
        return digest_file(Path(path))
    except OSError as error:
        raise Problem.of(
            "screen-classifier", system_reason(error), location=Location(path)
        ) from None
