"""Pairs of prompts that differ in nothing but the view they ask for, and how they are drawn."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from shipworthy.instruments.balance.tasks import TASKS, written
from shipworthy.instruments.balance.topics import Topic
from shipworthy.kernel import Digest, Problem, Record, Stream, did_you_mean, digest_of

Side = Literal["a", "b"]
SIDES: Final[tuple[Side, Side]] = ("a", "b")


class PromptPair(Record, frozen=True):
    """One task about one topic, from both sides; `repeat` counts from 1.

    A model that draws its answers answers the same prompt in another way: repeats show how much.
    """

    topic: Topic
    task: str
    repeat: int
    prompt_a: str
    prompt_b: str

    @property
    def id(self) -> str:
        """Topic, task and repeat."""
        return f"{self.topic.id}/{self.task}/{self.repeat}"

    @property
    def digest(self) -> Digest:
        """Digest of everything that the pair says."""
        return digest_of(self)

    def answer_id(self, side: Side) -> str:
        """The id under which the answer for a side is given."""
        return f"{self.id}/{side}"


class PromptLine(Record, frozen=True):
    """One prompt as it is written down, with the digest of its pair."""

    id: str
    prompt: str
    side: Side
    view: str
    topic: str
    axis: str
    place: str
    task: str
    repeat: int
    pair: Digest


def pair_of(topic: Topic, task: str, repeat: int) -> PromptPair:
    """Write both prompts of a task about a topic.

    Raises:
        KeyError: for a task that is not one of `TASKS`.
    """
    return PromptPair(
        topic=topic,
        task=task,
        repeat=repeat,
        prompt_a=written(task, topic.a, topic.b),
        prompt_b=written(task, topic.b, topic.a),
    )


def drawn_topics(topics: Sequence[Topic], count: int | None, seed: int) -> tuple[Topic, ...]:
    """Draw topics, as evenly over the axes as can be; all of them without a count.

    They come in the order of `topics`, whatever the draw.

    Raises:
        Problem: `balance-topics` for a count that cannot be met, or below two.
    """
    if count is None:
        return tuple(topics)
    if not 2 <= count <= len(topics):
        raise Problem.of(
            "balance-topics",
            f"{count} topics cannot be drawn: there are {len(topics)}",
            help=f"ask for 2 to {len(topics)}; a topic is one observation",
        )
    stream = Stream(seed, "balance", "topics")
    queues: dict[str, list[Topic]] = {}
    for topic in stream.shuffled(topics):
        queues.setdefault(topic.axis, []).append(topic)
    order = [queues[name] for name in stream.shuffled(sorted(queues))]
    taken: set[str] = set()
    while len(taken) < count:
        for queue in order:
            if queue and len(taken) < count:
                taken.add(queue.pop().id)
    return tuple(topic for topic in topics if topic.id in taken)


def prompt_pairs(
    topics: Sequence[Topic], tasks: Sequence[str], repeats: int
) -> tuple[PromptPair, ...]:
    """Write every task about every topic, so many times.

    Raises:
        Problem: `balance-task` for a task that does not exist or is named twice.
        ValueError: for fewer than one repeat.
    """
    if repeats < 1:
        raise ValueError("a prompt is asked at least once")
    for task in tasks:
        if task not in TASKS:
            raise Problem.of("balance-task", f"no task `{task}`", help=did_you_mean(task, TASKS))
    if len(set(tasks)) < len(tasks):
        raise Problem.of(
            "balance-task", "a task is named twice", help="repeats ask the same prompt again"
        )
    return tuple(
        pair_of(topic, task, repeat)
        for topic in topics
        for task in tasks
        for repeat in range(1, repeats + 1)
    )


def prompt_lines(pairs: Sequence[PromptPair]) -> Iterator[PromptLine]:
    """Yield the two prompts of each pair as they are written down."""
    for pair in pairs:
        digest = pair.digest
        topic = pair.topic
        for side in SIDES:
            yield PromptLine(
                id=pair.answer_id(side),
                prompt=pair.prompt_a if side == "a" else pair.prompt_b,
                side=side,
                view=topic.a if side == "a" else topic.b,
                topic=topic.id,
                axis=topic.axis,
                place=topic.place,
                task=pair.task,
                repeat=pair.repeat,
                pair=digest,
            )
