"""Decision levels of two rulebooks on one ladder: the new side's, named by it.

Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Mapping

from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import Rulebook


def shared_positions(
    old: Rulebook, new: Rulebook, gate: Gate, mapping: Mapping[str, str]
) -> dict[str, int]:
    """Return the place of each old level on the new side's ladder (1.7).

    Raises:
        Problem: `compare-ladders` when the levels differ and no map says how they correspond;
            `compare-map` when the map turns their order around, or makes a go of what was none.
    """
    before, after = old.decisions[gate], new.decisions[gate]
    named = [mapping.get(level, level) for level in before]
    strange = [level for level in named if level not in after]
    if strange or (not mapping and before != after):
        raise Problem.of(
            "compare-ladders",
            f"gate `{gate}` has the levels {_words(before)} in `{old.id}` {old.version} "
            f"and {_words(after)} in `{new.id}` {new.version}",
            help="say which corresponds to which: `--map OLD=NEW,...`",
        )
    places = [after.index(level) for level in named]
    if places != sorted(places) or places[-1] != len(after) - 1:
        raise Problem.of(
            "compare-map",
            f"the map does not keep the order of the levels of gate `{gate}`",
            help=f"a later level of {_words(before)} maps to the same or a later one of "
            f"{_words(after)}, and the last to the last",
        )
    go = before.index(old.go[gate])
    if places[go] in places[:go]:
        raise Problem.of(
            "compare-map",
            f"the map takes `{before[places.index(places[go])]}`, which is no go in `{old.id}` "
            f"{old.version}, for the same as `{before[go]}`, which is one",
            help=f"map it below `{after[places[go]]}`: else a model that may ship now, "
            "and could not before, would look the same",
        )
    return dict(zip(before, places, strict=True))


def check_map(old: Rulebook, new: Rulebook, mapping: Mapping[str, str]) -> None:
    """Refuse a map that names levels which the rulebooks do not have.

    Raises:
        Problem: `compare-map` with the nearest level.
    """
    for book, words in ((old, mapping), (new, mapping.values())):
        levels = [level for ladder in book.decisions.values() for level in ladder]
        for word in words:
            if word not in levels:
                raise Problem.of(
                    "compare-map",
                    f"`{word}` is not a decision level of `{book.id}` {book.version}",
                    help=did_you_mean(word, set(levels)),
                )


def _words(levels: tuple[str, ...]) -> str:
    return ", ".join(f"`{level}`" for level in levels)
