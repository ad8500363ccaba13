"""How many files may be on their way at once: one for each person, few in all. Each lies in memory until it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hub.web import stepping
from hub.web.context import Asked
from hub.web.problems import Stopped
from hub.web.texts import _


class Slots:
    """Places for files on their way, of one process. most: count, >= 1."""

    def __init__(self, most: int) -> None:
        self._most, self._held, self._lock = most, set[str](), threading.Lock()

    @contextmanager
    def held_by(self, person: str) -> Iterator[None]:
        """Holds a place until the file is kept or refused. Raises Stopped where there is none."""
        with self._lock:
            if person in self._held:
                raise Stopped(429, _("You are sending a file already. Wait until it is through."), "web.sending")
            if len(self._held) >= self._most:
                raise Stopped(503, _("Many files are being sent now. Nothing was changed. Try again in a minute."))
            self._held.add(person)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(person)


def sender(asked: Asked) -> str:
    """Returns who wants to send a file, before any of it is read. Raises Stopped for a visitor."""
    stepping.look_who(asked)
    if asked.actor.person is None:
        raise Stopped(403, _("Sign in first, then send your file."), "web.sign_in")
    return asked.actor.person
