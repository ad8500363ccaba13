"""The type of a column that holds sealed bytes and nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from hub.sealing.box import looks_sealed


class Sealed(sa.types.TypeDecorator[bytes]):
    """Bytes of seal(). Refuses whatever was not sealed before the database is told of it."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Passes sealed bytes on. Raises TypeError for words, numbers and bytes of any other shape."""
        if value is not None and not (isinstance(value, bytes) and looks_sealed(value)):
            raise TypeError("this column holds what was sealed, and nothing else")
        return value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Returns the bytes, on both databases of the same type."""
        return None if value is None else bytes(value)
