"""Options of the model that is served on this machine."""

from typing import Annotated, Literal

from msgspec import Meta

from shipworthy.kernel import Record
from shipworthy.vocabulary import Sampling

Tier = Literal["smollm2-135m", "qwen2.5-coder-1.5b"]


class LocalOptions(Record, frozen=True, kw_only=True):
    """Which model is served, and how.

    Attributes:
        tier: `smollm2-135m` (93 MB, answers in a third of a second) or `qwen2.5-coder-1.5b`
            (1.1 GB, ten times slower, far more capable).
        quantisation: `Q4_0` re-quantises once and runs fastest; `Q8_0` re-quantises once and
            keeps the quality of the shipped file; `as-shipped` serves that file, slowly. Only
            `smollm2-135m` has the choice.
        sampling: how answers are drawn.
        slots: conversations generated together.
        threads: threads of the engine; 0 takes all cores but one, which the campaign needs.
            More threads than idle cores is worse than one thread: the engine's workers wait for
            each other by spinning.
        context_tokens: prompt and answer together, per slot; a longer prompt is an error.
        cache_mebibytes: memory for the computed prefixes of earlier prompts.
        deterministic: one slot and no prompt cache. With several slots, or with the cache, the
            engine computes answers in batches whose shape depends on what else is running, and
            floating point sums come out in another order: at temperature 0, with 8 slots, 30 of
            48 answers differed between two runs. With this option none of 24 differed, whatever
            the order and the thread count, at a third to a half of the speed.
        start_seconds: time for the server to come up.
        timeout_seconds: time for one answer.
        tools: see `OpenAIOptions`.
    """

    tier: Tier = "smollm2-135m"
    quantisation: Literal["Q4_0", "Q8_0", "as-shipped"] = "Q4_0"
    sampling: Sampling = Sampling()
    slots: Annotated[int, Meta(ge=1, le=64)] = 8
    threads: Annotated[int, Meta(ge=0, le=256)] = 0
    context_tokens: Annotated[int, Meta(ge=128, le=32_768)] = 2048
    cache_mebibytes: Annotated[int, Meta(ge=0, le=65_536)] = 512
    deterministic: bool = False
    start_seconds: Annotated[int, Meta(ge=1, le=3600)] = 120
    timeout_seconds: Annotated[int, Meta(ge=1, le=3600)] = 300
    tools: Literal["text", "native"] = "text"

    @property
    def requantises(self) -> bool:
        """Whether another file than the shipped one is served."""
        return self.tier == "smollm2-135m" and self.quantisation != "as-shipped"

    @property
    def parallel(self) -> int:
        """Slots that are really used."""
        return 1 if self.deterministic else self.slots
