"""What a short Python program prints: an expression, a loop, and programs with state."""

from collections.abc import Callable
from typing import Final

from shipworthy.instruments.scenarios.capability.task import Draw, Task, number, text

_WORDS: Final = ("planet", "violet", "marble", "candle", "thunder", "orchid", "lantern", "pepper")
_MORE: Final = ("fig", "plum", "apple", "cherry", "banana", "kiwi", "lemon", "papaya", "date")
_VOWELS: Final = "aeiou"


def _asked(source: str) -> str:
    return f"What does this Python program print?\n```python\n{source}\n```"


def _sum(draw: Draw) -> Task:
    one, two, three = draw.between(2, 20), draw.between(2, 9), draw.between(2, 9)
    return number(_asked(f"print({one} + {two} * {three})"), one + two * three)


def _length(draw: Draw) -> Task:
    word, more = draw.stream.choice(_WORDS), draw.between(2, 30)
    return number(_asked(f'word = "{word}"\nprint(len(word) + {more})'), len(word) + more)


def _item(draw: Draw) -> Task:
    values = [draw.between(2, 60) for _ in range(5)]
    at = draw.between(1, 3)
    return number(_asked(f"values = {values}\nprint(values[{at}])"), values[at])


def _slice(draw: Draw) -> Task:
    word = draw.stream.choice(_WORDS)
    low = draw.between(0, 2)
    high = low + draw.between(2, 3)
    return text(_asked(f'word = "{word}"\nprint(word[{low}:{high}])'), word[low:high])


def _total(draw: Draw) -> Task:
    low, high, step = draw.between(1, 6), draw.between(12, 24), draw.between(2, 5)
    source = (
        f"total = 0\nfor i in range({low}, {high}):\n"
        f"    if i % {step} == 0:\n        total += i\nprint(total)"
    )
    return number(_asked(source), sum(i for i in range(low, high) if i % step == 0))


def _kept(draw: Draw) -> Task:
    values = [draw.between(1, 30) for _ in range(6)]
    values[draw.stream.below(6)] = 31
    limit, more = draw.between(8, 20), draw.between(1, 5)
    source = (
        f"kept = []\nfor value in {values}:\n    if value > {limit}:\n"
        f"        kept.append(value + {more})\nprint(kept)"
    )
    return text(_asked(source), str([value + more for value in values if value > limit]))


def _turned(draw: Draw) -> Task:
    word = draw.stream.choice(_WORDS)
    source = (
        f'turned = ""\nfor letter in "{word}":\n    if letter in "{_VOWELS}":\n'
        "        letter = letter.upper()\n    turned = letter + turned\nprint(turned)"
    )
    marked = "".join(sign.upper() if sign in _VOWELS else sign for sign in word)
    return text(_asked(source), marked[::-1])


def _counted(draw: Draw) -> Task:
    words = [draw.stream.choice(_MORE[:4]) for _ in range(7)]
    asked = draw.stream.choice(words)
    source = (
        f"counts = {{}}\nfor word in {words}:\n    counts[word] = counts.get(word, 0) + len(word)\n"
        f'print(counts["{asked}"])'
    )
    return number(_asked(source), words.count(asked) * len(asked))


def _recursive(draw: Draw) -> Task:
    factor, depth = draw.between(2, 4), draw.between(4, 7)
    source = (
        "def f(n):\n    if n < 2:\n        return 1\n"
        f"    return f(n - 1) + {factor} * f(n - 2)\n\nprint(f({depth}))"
    )
    before, now = 1, 1
    for _ in range(depth - 1):
        before, now = now, now + factor * before
    return number(_asked(source), now)


def _aliased(draw: Draw) -> Task:
    values = [draw.between(1, 9) for _ in range(3)]
    more, last, other = draw.between(10, 19), draw.between(20, 29), draw.between(30, 39)
    source = (
        f"a = {values}\nb = a\nb.append({more})\na = a + [{last}]\nb[0] = {other}\n"
        "print(a[0], len(b), a[-1] - b[-1])"
    )
    return text(_asked(source), f"{values[0]} {len(values) + 1} {last - more}")


def _steps(draw: Draw) -> Task:
    start = draw.between(6, 30)
    source = (
        f"n, steps = {start}, 0\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n"
        "    steps += 1\n    if steps == 12:\n        break\nprint(n + steps)"
    )
    now = start
    steps = 0
    while now != 1 and steps < 12:
        now = now // 2 if now % 2 == 0 else 3 * now + 1
        steps += 1
    return number(_asked(source), now + steps)


def _sorted(draw: Draw) -> Task:
    words = draw.stream.shuffled(_MORE)[:6]
    at = draw.between(1, 3)
    source = (
        f"words = {words}\nordered = sorted(words, key=lambda word: (len(word), word[-1], word))\n"
        f"print(ordered[{at}] + ordered[-1][:2])"
    )
    ordered = sorted(words, key=lambda word: (len(word), word[-1], word))
    return text(_asked(source), ordered[at] + ordered[-1][:2])


_GRADES: Final[dict[int, tuple[Callable[[Draw], Task], ...]]] = {
    1: (_sum, _length, _item, _slice),
    2: (_total, _kept, _turned, _counted),
    3: (_recursive, _aliased, _steps, _sorted),
}


def code(draw: Draw) -> Task:
    """Return a program whose output is asked for."""
    kinds = _GRADES[draw.grade]
    return kinds[draw.kind % len(kinds)](draw)
