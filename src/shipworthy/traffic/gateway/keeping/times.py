"""Times of records that never run backwards, however the machine's clock is set."""

import time
from collections.abc import Callable
from typing import Final

_PACE: Final = 0.5
"""How fast the clock goes while it is ahead of the machine's."""

_JUMP_S: Final = 1.0


class SteadyClock:
    """Milliseconds since 1970 UTC, in order, and seconds that no setting of the clock changes.

    Where the machine's clock was put forward, this one follows at once; where it was put back, this
    one goes at half pace until the two agree, so that a later exchange never looks earlier. Limits
    and deadlines use `seconds` alone.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = monotonic
        self._wall = wall
        self._shown = self._last_wall = wall()
        self._at = monotonic()
        self.jumps = 0
        """How often the machine's clock was found to have been set by a second or more."""

    def now_ms(self) -> int:
        """Return the time for a record."""
        at, wall = self.seconds(), self._wall()
        passed = at - self._at
        if abs(wall - self._last_wall - passed) >= _JUMP_S:
            self.jumps += 1
        if wall >= self._shown:
            self._shown = wall
        else:
            self._shown += passed * _PACE
        self._at, self._last_wall = at, wall
        return int(self._shown * 1000)
