"""Handshakes that wait, in lanes: whoever has asked least in the last hour is evaluated first (HS-14).

A flood from few or many addresses fills its own lanes and waits there; a member who asks for the first time overtakes
it. Over all lanes the work is evened out to a rate, so that nobody who holds the web side can match in bulk faster than
that. Addresses are in memory only, for the hour. When everything is full, the newest of the busiest lane is dropped.
Nobody is shown a difference: the page said the same long before.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Generic, TypeVar

LANES = 12
HOUR = 3600.0
MOST_CLIENTS = 200_000
T = TypeVar("T")


class Lanes(Generic[T]):
    """A bounded queue. most: how many may wait; rate: how many are given out in a second; now: a monotonic clock.

    A second's unused rate may be saved up, so that a quiet hour is not held against a busy moment.
    """

    def __init__(self, most: int, rate: float, now: Callable[[], float]) -> None:
        self.most, self.rate, self.now = most, rate, now
        self.lanes: list[deque[T]] = [deque() for _ in range(LANES)]
        self.asked: Counter[str] = Counter()
        self.hour = self.filled = now()
        self.room = max(rate, 1.0)
        self.lock = threading.Lock()

    def put(self, client: str, thing: T) -> bool:
        """Adds something of a client's; whether there was room for it, or it overtook something busier."""
        with self.lock:
            self._forget()
            lane = min(self.asked[client], len(self.lanes) - 1)
            self.asked[client] += 1
            if len(self) >= self.most:
                busiest = max(place for place, waiting in enumerate(self.lanes) if waiting)
                if busiest <= lane:
                    return False
                self.lanes[busiest].pop()
            self.lanes[lane].append(thing)
            return True

    def take(self) -> T | None:
        """Returns what is next, or None while nothing waits or the rate is used up."""
        with self.lock:
            now = self.now()
            self.room = min(self.room + (now - self.filled) * self.rate, max(self.rate, 1.0))
            self.filled = now
            if self.room < 1:
                return None
            for lane in self.lanes:
                if lane:
                    self.room -= 1
                    return lane.popleft()
            return None

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self.lanes))

    def _forget(self) -> None:
        if self.now() - self.hour >= HOUR or len(self.asked) >= MOST_CLIENTS:
            self.asked.clear()
            self.hour = self.now()
