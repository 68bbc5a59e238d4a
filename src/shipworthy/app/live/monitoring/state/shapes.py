"""Numbers of what exchanges were counted as: few, and each kept once."""

import sqlite3

from shipworthy.app.live.monitoring.looking.counting import shape_text
from shipworthy.app.live.monitoring.looking.verdicts import Assessment


class Shapes:
    """Numbers of what exchanges were counted as, each kept once."""

    def __init__(self, db: sqlite3.Connection, layers: tuple[str, ...]) -> None:
        self._db, self._layers = db, layers
        self._known: dict[tuple[int, frozenset[str], frozenset[str], frozenset[str]], int] = {}

    def number(self, known: Assessment) -> int:
        """Return the number of a shape, and keep the shape where it is new."""
        key = (known.marks, known.detected, known.errored, known.unknown)
        if key not in self._known:
            text = shape_text(known, self._layers)
            self._db.execute("insert or ignore into shapes(shape) values(?)", (text,))
            found = self._db.execute("select number from shapes where shape = ?", (text,))
            self._known[key] = int(found.fetchone()[0])
        return self._known[key]
