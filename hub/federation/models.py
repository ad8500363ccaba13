"""The public keys of sites that are entities of their own; fetched from them, and fetched again when asked."""

import sqlalchemy as sa

from hub.db import Moment, table

entities = table(
    "entities",
    sa.Column("link", sa.Text, primary_key=True),
    sa.Column("jwks", sa.JSON, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
    kind="private",
)
