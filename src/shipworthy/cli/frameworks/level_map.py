"""`OLD=NEW,...`: which decision level of one framework stands for one of another."""

from shipworthy.kernel import Problem


def read_level_map(text: str) -> dict[str, str]:
    """Return the map that an option holds, old level to new.

    Raises:
        Problem: `compare-map` for a part without both names, or an old level named twice.
    """
    pairs: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        before, sign, after = (word.strip() for word in part.partition("="))
        if not (sign and before and after) or before in pairs:
            raise Problem.of(
                "compare-map",
                f"cannot read `{part}` in the map of decision levels",
                help="write `OLD=NEW,OLD=NEW`, each old level once",
            )
        pairs[before] = after
    return pairs
