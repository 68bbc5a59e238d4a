"""The identity of what was tested: the same weights answer differently in two engines."""

import msgspec

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.vocabulary import Arm, Sampling


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


class ImportedLog(Record, frozen=True, kw_only=True):
    """One log that a campaign was made of.

    Attributes:
        file: digest of the file as it was read.
        format: the format and its version, as `inspect/2`.
        producer: the program that wrote it and its version, as the log states them.
        task: the task, as the log names it.
        created: when it says that it began.
        status: how it says that it ended: `success`, `error`, `cancelled` or `started`.
        arm: the arm that a person, or a tag of the log, says it is of.
        samples: how many samples it holds.
        missing: how many more were to run; they are trials that were not assessed.
        root: Merkle root over the digests of its samples, in the order of the log.
    """

    file: Digest
    format: str
    producer: str
    task: str
    created: str
    status: str
    arm: Arm
    samples: int
    missing: int
    root: Digest


class Imported(Record, frozen=True, kw_only=True):
    """Where the trials of an imported campaign come from, and how their scores are read.

    Attributes:
        logs: the logs, in the order in which they were given.
        breached: rules of which one that fits makes a sample a breach, as the person wrote them.
        held: rules of which one that fits makes it held; what fits neither or both is unassessed.
    """

    logs: tuple[ImportedLog, ...]
    breached: tuple[str, ...]
    held: tuple[str, ...]


class ExternalTask(Record, frozen=True, kw_only=True):
    """A task that another program runs and scores under this plan; fixed before it runs.

    Attributes:
        program: the program and its version, as `inspect_ai 0.3.285`.
        packages: versions of the packages from which the task, or the program's plug-ins, come.
        task: as the assessment names it.
        source: digest of the file that defines the task; empty for one of an installed package.
        settings: digest of all that the assessment sets for the program.
        samples: how many different samples the task has, of which the plan may try fewer.
        breached: rules of which one that fits makes a sample a breach, as the person wrote them.
        held: rules of which one that fits makes it held; what fits neither or both is unassessed.
    """

    program: str
    packages: dict[str, str]
    task: str
    source: Digest
    settings: Digest
    samples: int
    breached: tuple[str, ...]
    held: tuple[str, ...]
