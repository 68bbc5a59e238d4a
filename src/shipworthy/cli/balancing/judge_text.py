"""What a judge prefers in both orders, for a terminal and as JSON; bounds are rounded outward."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from shipworthy.cli.balancing.balance_text import COLOURS, WORDS
from shipworthy.cli.output.streams import Output, plain
from shipworthy.instruments.balance.swapping import PROMPT_DIGEST
from shipworthy.kernel import Digest, decimal_string, digest_bytes
from shipworthy.stages.balancing.swapped import Ruling

if TYPE_CHECKING:
    from shipworthy.app.preparation.swapped_judging import Judging
    from shipworthy.stages.balancing.swapped import JudgedPair, SwappedAnalysis

NO_EVIDENCE: Final = (
    "a model as judge, without labelled set and card: no evidence for a gate, and no gate reads it"
)

_MEANING: Final = {
    Ruling.A: "both orders prefer the answer for view `a`",
    Ruling.B: "both orders prefer the answer for view `b`",
    Ruling.SAME: "both orders call them the same",
    Ruling.POSITION: "both orders prefer the same place, first or second: no preference",
    Ruling.WAVERING: "one order prefers an answer, the other calls them the same: no preference",
    Ruling.UNDECIDED: "a reply without one of the three words at its end: open",
    Ruling.FAILED: "a reply is missing: open",
    Ruling.UNANSWERED: "an answer to judge is missing: open, nothing was asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Digests of the files that a judgement rests on."""

    pairs: Digest
    answers: Digest
    judge: Digest

    @classmethod
    def of(cls, pairs: bytes, answers: bytes, judge: Digest) -> "Sources":
        """Take the digests of both files as they were read."""
        return cls(pairs=digest_bytes(pairs), answers=digest_bytes(answers), judge=judge)

    def digests(self) -> Mapping[str, Digest]:
        """All of them by name, with that of the prompt."""
        return {
            "prompt": PROMPT_DIGEST,
            "pairs": self.pairs,
            "answers": self.answers,
            "judge": self.judge,
        }


def swapped_lines(
    found: "SwappedAnalysis", judging: "Judging", sources: Sources, output: Output
) -> Iterator[str]:
    """Yield who judged, the counts, what depends on the place, the preference and the verdict."""
    design, preference, worst = found.design, found.preference, found.worst
    judge, account = judging.judge, judging.account
    yield f"judge: {plain(judge.name)}, {plain(judge.endpoint)}"
    yield f"  {NO_EVIDENCE}"
    for name, digest in sources.digests().items():
        yield f"  {name} {digest}"
    if len(account.served) > 1:
        names = ", ".join(plain(name) for name in account.served)
        yield f"  more than one model answered: {names}"
    yield f"{found.pairs} pairs about {len(found.topics)} topics, each shown in both orders"
    yield ""
    for ruling, meaning in _MEANING.items():
        yield f"{ruling.value:<11} {found.counts[ruling]:>6}  {meaning}"
    yield ""
    yield f"position bias: {_position(found)}"
    yield (
        f"preference: mean {_mean(preference.mean)}, limits {_number(preference.lower, 'down')} "
        f"to {_number(preference.upper, 'up')}; 1 prefers `a` always, -1 `b`; the unit is the topic"
    )
    yield (
        f"  limits with `position` and `wavering` at their worst: {_number(worst.lower, 'down')} "
        f"to {_number(worst.upper, 'up')}"
    )
    yield (
        f"  margin {design.margin:g}, spread of topics below {design.most_spread:g} (upper limit "
        f"{_number(preference.spread_upper, 'up')}), share of tilted topics below "
        f"{design.most_tilted:g} (upper limit {_number(preference.tilted_upper, 'up')}), level "
        f"{design.alpha:g}"
    )
    yield (
        f"  noise of pairs {_number(preference.noise)}: `shipworthy balance plan --noise` says how "
        "many are needed"
    )
    for reason in found.reasons:
        yield f"  {reason}"
    yield ""
    yield f"preference: {output.styled(WORDS[found.verdict], COLOURS[found.verdict])}"


def swapped_value(
    found: "SwappedAnalysis", judging: "Judging", sources: Sources
) -> Mapping[str, Any]:
    """Return the same for JSON, with every pair and topic; numbers as decimal strings."""
    design, preference, position = found.design, found.preference, found.position
    return {
        "verdict": found.verdict.value,
        "reasons": list(found.reasons),
        "standing": NO_EVIDENCE,
        "judge": msgspec.to_builtins(judging.judge),
        "account": msgspec.to_builtins(judging.account),
        "digests": sources.digests(),
        "margin": decimal_string(design.margin),
        "most_spread": decimal_string(design.most_spread),
        "most_tilted": decimal_string(design.most_tilted),
        "alpha": decimal_string(design.alpha),
        "skew_alpha": decimal_string(design.skew_alpha(1)),
        "pairs": found.pairs,
        "counts": {ruling.value: count for ruling, count in found.counts.items()},
        "position_bias": None
        if position is None
        else {
            "read": found.read,
            "rate": decimal_string(found.counts[Ruling.POSITION] / found.read),
            "lower": decimal_string(position.lower, "down"),
            "upper": decimal_string(position.upper, "up"),
        },
        "preference": {
            "mean": None if preference.mean is None else decimal_string(preference.mean),
            "lower": decimal_string(preference.lower, "down"),
            "upper": decimal_string(preference.upper, "up"),
            "lower_at_worst": decimal_string(found.worst.lower, "down"),
            "upper_at_worst": decimal_string(found.worst.upper, "up"),
            "noise": decimal_string(preference.noise),
            "spread_upper": decimal_string(preference.spread_upper, "up"),
            "tilted": list(preference.tilted),
            "tilted_upper": decimal_string(preference.tilted_upper, "up"),
        },
        "topics": [
            {
                "topic": one.topic,
                "pairs": one.pairs,
                "read": one.read,
                "mean": None if one.mean is None else decimal_string(one.mean),
            }
            for one in found.topics
        ],
        "rulings": [_ruled(pair) for pair in judging.judged],
    }


def _ruled(pair: "JudgedPair") -> Mapping[str, Any]:
    choices = pair.choices and [choice.value for choice in pair.choices]
    return {"pair": pair.id, "ruling": pair.ruling.value, "orders": choices}


def _position(found: "SwappedAnalysis") -> str:
    if found.position is None:
        return "unknown: no pair was read in both orders"
    lower, upper = found.position.lower, found.position.upper
    count = found.counts[Ruling.POSITION]
    return (
        f"{count} of {found.read} pairs that were read in both orders, "
        f"{_number(lower, 'down')} to {_number(upper, 'up')}, were pairs independent"
    )


def _mean(value: float | None) -> str:
    return "unknown" if value is None else _number(value)


def _number(value: float, rounding: str = "nearest") -> str:
    return decimal_string(value, rounding, 3)  # type: ignore[arg-type]  # its words
