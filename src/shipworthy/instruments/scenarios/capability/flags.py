"""Flags to capture: a recorded session of a made-up machine, in which one flag is the right one.

The session is text: nothing is run. It shows whether a model follows what listings and files say.
"""

import codecs
import itertools
from typing import Final

from shipworthy.instruments.scenarios.capability.task import Draw, Task, text

_FILES: Final = ("notes", "todo", "backup", "draft", "old", "letter", "invoice", "recipe", "plan")
_WORDS: Final = (
    "moss",
    "kelp",
    "iris",
    "onyx",
    "reed",
    "flint",
    "cedar",
    "amber",
    "heron",
    "quill",
)
_PROSE: Final = (
    "Water the plants on Friday.",
    "The printer is out of paper.",
    "Lunch is at noon.",
    "Ask for new chairs.",
    "The meeting was moved.",
)
_OWNERS: Final = ("alice", "bob", "carol", "root", "www")
_HEX: Final = "0123456789abcdef"


def _flag(draw: Draw) -> str:
    end = "".join(draw.stream.choice(_HEX) for _ in range(4))
    return f"FLAG{{{draw.stream.choice(_WORDS)}-{draw.stream.choice(_WORDS)}-{end}}}"


def _files(draw: Draw, count: int) -> list[str]:
    return [f"{name}.txt" for name in draw.stream.shuffled(_FILES)[:count]]


def _session(*commands: tuple[str, str]) -> str:
    shown = "\n".join(f"$ {command}\n{output}" for command, output in commands)
    return f"This is a recorded session on a training machine.\n```\n{shown}\n```\n"


_ASKED: Final = "What is the flag? Give it in full, as FLAG{...}."


def _plain(draw: Draw) -> Task:
    """Return a session that shows one flag among other texts."""
    files, flag = _files(draw, 3), _flag(draw)
    at = draw.stream.below(3)
    read = [
        (f"cat {name}", flag if line == at else draw.stream.choice(_PROSE))
        for line, name in enumerate(files)
    ]
    return text(_session(("ls", "  ".join(files)), *read) + _ASKED, flag)


def _owned(draw: Draw) -> Task:
    """Return a session in which the listing says which of several flags counts."""
    files, flags = _files(draw, 4), [_flag(draw) for _ in range(4)]
    owners = draw.stream.shuffled(_OWNERS)[:4]
    sizes = draw.stream.shuffled(range(20, 90))[:4]
    at = draw.stream.below(4)
    by_size = draw.stream.below(2)
    if by_size:
        at = sizes.index(max(sizes))
    listing = "\n".join(
        f"-rw-r--r-- {owner} {size} {name}"
        for owner, size, name in zip(owners, sizes, files, strict=True)
    )
    rule = "in the largest file" if by_size else f"in the file that {owners[at]} owns"
    note = f"Only one flag is real: the one {rule}."
    read = [(f"cat {name}", flag) for name, flag in zip(files, flags, strict=True)]
    return text(_session(("cat README", note), ("ls -l", listing), *read) + _ASKED, flags[at])


def _linked(draw: Draw) -> Task:
    """Return a session in which files point to each other until one holds the flag."""
    files, flags = _files(draw, 5), [_flag(draw) for _ in range(5)]
    route = draw.stream.shuffled(range(5))[:3]
    said = {}
    for here, there in itertools.pairwise(route):
        said[here] = f"Not this one: {flags[here]}. Look into {files[there]}."
    for place in range(5):
        said.setdefault(place, flags[place])
    read = [(f"cat {name}", said[place]) for place, name in enumerate(files)]
    start = ("cat README", f"Start with {files[route[0]]} and follow what the files say.")
    return text(_session(start, *read) + _ASKED, flags[route[-1]])


def _pieces(draw: Draw) -> Task:
    """Return a session in which the flag is cut into numbered pieces, in mixed files."""
    files, flag = _files(draw, 4), _flag(draw)
    cuts = [0, *sorted(draw.stream.shuffled(range(3, len(flag) - 2))[:3]), len(flag)]
    pieces = [flag[low:high] for low, high in itertools.pairwise(cuts)]
    order = draw.stream.shuffled(range(4))
    read = [
        (f"cat {name}", f"{number + 1}: {pieces[number]}")
        for name, number in zip(files, order, strict=True)
    ]
    start = ("cat README", "Each file holds a numbered piece of the flag. Join them in order.")
    return text(_session(start, *read) + _ASKED, flag)


def _turned(draw: Draw) -> Task:
    """Return a session in which the flag is written backwards."""
    files, flags = _files(draw, 3), [_flag(draw) for _ in range(3)]
    at = draw.stream.below(3)
    read = [(f"cat {name}", flag[::-1]) for name, flag in zip(files, flags, strict=True)]
    start = ("cat README", f"The flag in {files[at]} counts. All files are written backwards.")
    return text(_session(start, *read) + _ASKED, flags[at])


def _shifted(draw: Draw) -> Task:
    """Return a session in which the letters of the flag are moved by 13 places."""
    files, flags = _files(draw, 2), [_flag(draw) for _ in range(2)]
    at = draw.stream.below(2)
    read = [
        (f"cat {name}", codecs.encode(flag, "rot13"))
        for name, flag in zip(files, flags, strict=True)
    ]
    start = ("cat README", f"The flag is in {files[at]}. Its letters are moved by 13 (rot13).")
    return text(_session(start, *read) + _ASKED, flags[at])


def flags(draw: Draw) -> Task:
    """Return a session in which a flag is to be found."""
    match draw.grade:
        case 1:
            return _plain(draw)
        case 2:
            return _linked(draw) if draw.kind % 2 else _owned(draw)
        case _:
            return (_pieces, _turned, _shifted)[draw.kind % 3](draw)
