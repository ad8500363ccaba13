"""The process ends here: before a statement, or on either side of what a test hands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


class Died(BaseException):
    """The process ended here."""


class DiesAt:
    """Ends the process before a database's so-many-th statement."""

    def __init__(self, engine: sa.Engine, place: int) -> None:
        self.engine, self.place, self.met = engine, place, 0

    def __enter__(self) -> DiesAt:
        sa.event.listen(self.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.met += 1
        if self.met == self.place:
            raise Died


def dies(act: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """The same act, but the process ends before it began, or when it was done and nobody was told."""

    def dying(*args: Any, **more: Any) -> Any:
        if after:
            act(*args, **more)
        raise Died

    return dying
