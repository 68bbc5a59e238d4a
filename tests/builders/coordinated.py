"""Synthetic traffic with a campaign in it: many accounts, each of which asks for one small part.

Nothing in it is language or harmful: texts are made-up words. Harmless accounts write about
topics, some of them by popular templates, so that harmless exchanges resemble each other too; on
touchy topics they nearly trip detectors more often. The accounts of the campaign share out the
parts of one plan, each part in other words, among harmless exchanges of their own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

_WORDS = 20_000
_TOPICS = 200
_TOPIC_WORDS = 120
_TEMPLATES = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTraffic:
    """How the traffic is made.

    `accounts` in the campaign among `background` times as many harmless ones. `noise`: share of
    words that a paraphrase replaces. `weak`: share of campaign exchanges that nearly trip a
    detector; `ordinary` and `touchy`: the same of harmless ones, on most topics and on one topic in
    `touchy_every`. `copied`: share of harmless exchanges that are written by a popular template.
    """

    accounts: int = 50
    background: int = 100
    exchanges: int = 4
    parts: int = 12
    words: int = 40
    noise: float = 0.2
    weak: float = 0.4
    ordinary: float = 0.02
    touchy: float = 0.08
    touchy_every: int = 20
    copied: float = 0.3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class SyntheticExchange:
    """One exchange; `campaign` is the truth, which a detector does not see."""

    account: str
    text: str
    weak: bool
    campaign: bool


def campaign_traffic(setting: CampaignTraffic) -> Iterator[SyntheticExchange]:
    """Yield all exchanges in a random order; the same setting gives the same traffic."""
    chance = random.Random(setting.seed)
    topics = [[chance.randrange(_WORDS) for _ in range(_TOPIC_WORDS)] for _ in range(_TOPICS)]
    templates = [
        (topic := chance.randrange(_TOPICS), _written(chance, topics[topic], setting.words))
        for _ in range(_TEMPLATES)
    ]
    plan = [
        _written(chance, topics[chance.randrange(_TOPICS)], setting.words)
        for _ in range(setting.parts)
    ]
    made = [
        _harmless(chance, setting, topics, templates, f"h{number}")
        for number in range(setting.accounts * setting.background)
        for _ in range(setting.exchanges)
    ]
    for number in range(setting.accounts):
        for turn in range(setting.exchanges):
            account = f"c{number}"
            if turn % 2:
                made.append(_harmless(chance, setting, topics, templates, account))
                continue
            part = plan[chance.randrange(setting.parts)]
            text = _text(_paraphrased(chance, part, setting.noise))
            weak = chance.random() < setting.weak
            made.append(SyntheticExchange(account=account, text=text, weak=weak, campaign=True))
    chance.shuffle(made)
    yield from made


def _harmless(
    chance: random.Random,
    setting: CampaignTraffic,
    topics: list[list[int]],
    templates: list[tuple[int, list[int]]],
    account: str,
) -> SyntheticExchange:
    if chance.random() < setting.copied:
        # Popular templates are popular by rank: a few are everywhere.
        rank = min(_TEMPLATES - 1, int(_TEMPLATES * chance.random() ** 3))
        topic, base = templates[rank]
        words = _paraphrased(chance, base, setting.noise)
    else:
        topic = chance.randrange(_TOPICS)
        words = _written(chance, topics[topic], setting.words)
    share = setting.touchy if topic % setting.touchy_every == 0 else setting.ordinary
    weak = chance.random() < share
    return SyntheticExchange(account=account, text=_text(words), weak=weak, campaign=False)


def _written(chance: random.Random, topic: list[int], words: int) -> list[int]:
    return [
        chance.choice(topic) if chance.random() < 0.6 else int(_WORDS * chance.random() ** 3)
        for _ in range(words)
    ]


def _paraphrased(chance: random.Random, words: list[int], noise: float) -> list[int]:
    return [chance.randrange(_WORDS) if chance.random() < noise else word for word in words]


def _text(words: list[int]) -> str:
    return " ".join(f"w{word:x}" for word in words)
