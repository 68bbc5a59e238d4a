"""The identity of what was tested: the same weights answer differently in two engines."""

import msgspec

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.vocabulary import Sampling


class SubjectIdentity(Record, frozen=True, kw_only=True):
    """Everything that changes an answer; unknown parts are named in `unknown`, never guessed.

    Attributes:
        name: what people call the model.
        endpoint: how it was reached, without credentials or host names.
        weights: digest of the weights file, or an empty string.
        quantisation: for example `Q4_0`, or an empty string.
        engine: inference engine and version, or an empty string.
        template: digest of the chat template, or an empty string.
        system_prompt: digest of the product's system prompt.
        sampling: how answers are drawn.
        unknown: the parts that the target does not disclose (`weights`, `engine`, ...).
    """

    name: str
    endpoint: str
    weights: str
    quantisation: str
    engine: str
    template: str
    system_prompt: Digest
    sampling: Sampling
    unknown: tuple[str, ...] = ()

    @property
    def digest(self) -> Digest:
        """Digest of the identity."""
        return digest_of(self)


class SafeguardIdentity(Record, frozen=True, kw_only=True):
    """One layer of a stack: its name, kind, configuration and what it was built from."""

    name: str
    kind: str
    configuration: Digest
    card: dict[str, str] = msgspec.field(default_factory=dict)
    """What is known of its quality: figures as decimal strings, with sources, by label."""


class StackIdentity(Record, frozen=True, kw_only=True):
    """An ordered stack of safeguards; the empty stack is the identity."""

    layers: tuple[SafeguardIdentity, ...] = ()

    @property
    def digest(self) -> Digest:
        """Digest of the stack: the safeguard tested is the safeguard deployed when equal."""
        return digest_of(self)
