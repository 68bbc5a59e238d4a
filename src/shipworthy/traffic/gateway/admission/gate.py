"""How many exchanges run at once, and how many more may wait."""

import asyncio
from collections import deque

from shipworthy.traffic.gateway.admission.limits import Denial


class Gate:
    """Lets so many in at once; further ones wait in order, and beyond a number are turned away."""

    def __init__(self, most: int, waiting: int, seconds: float) -> None:
        self._most = most
        self._waiting_most = waiting
        self._seconds = seconds
        self._queue: deque[asyncio.Future[None]] = deque()
        self.running = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def renew(self, most: int, waiting: int, seconds: float) -> None:
        """Take other limits; who is inside or waits keeps its place."""
        self._most, self._waiting_most, self._seconds = most, waiting, seconds
        self._admit()

    def try_enter(self) -> bool:
        """Let one in if there is room now and nobody waits."""
        if self._queue or (self._most and self.running >= self._most):
            return False
        self.running += 1
        return True

    async def enter(self) -> Denial | None:
        """Wait for room; say why there was none. Who is let in has to `leave`."""
        if self.try_enter():
            return None
        if len(self._queue) >= self._waiting_most:
            return Denial("too many exchanges wait", 1)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout(self._seconds):
                await place
        except TimeoutError:
            return self._give_up(place)
        except asyncio.CancelledError:
            self._give_up(place)
            raise
        return None

    def leave(self) -> None:
        """Make room."""
        self.running -= 1
        self._admit()

    def _give_up(self, place: "asyncio.Future[None]") -> Denial:
        if place in self._queue:
            self._queue.remove(place)
        elif place.done() and not place.cancelled():
            # Room was made in the moment in which the wait ended: it is the next one's.
            self.leave()
        return Denial("no room in time", 1)

    def _admit(self) -> None:
        while self._queue and (not self._most or self.running < self._most):
            place = self._queue.popleft()
            if not place.done():
                self.running += 1
                place.set_result(None)
